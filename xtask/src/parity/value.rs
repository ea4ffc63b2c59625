//! Reading a property out of a template, and showing it.

use serde_json::{Value, json};

/// What a page shows for a property that is not there.
const ABSENT: &str = "–";

/// The value at the end of a path such as `KeySchema/0/AttributeName`, null where there is none.
///
/// A step is a name, an index, the `Key` of a tag, `*` for every element that has one, or `#` for how
/// many there are. A condition on the way counts as met; a text on the way is read as JSON.
pub(crate) fn read(value: &Value, path: &str) -> Value {
    if path.is_empty() {
        return value.clone();
    }
    let (step, rest) = path.split_once('/').unwrap_or((path, ""));
    let value = &opened(value);
    match (step, value) {
        ("*", _) => {
            let values = children(value).into_iter().map(|child| read(child, rest));
            values.filter(|value| !is_absent(value)).collect()
        }
        ("#", Value::Array(list)) => json!(list.len()),
        (_, Value::Array(list)) => {
            element(list, step).map_or(Value::Null, |element| read(element, rest))
        }
        _ => value.get(step).map_or(Value::Null, |child| read(child, rest)),
    }
}

/// Whether there is no value, or none among many.
pub(crate) fn is_absent(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn opened(value: &Value) -> Value {
    if let Some(met) = value.pointer("/Fn::If/1") {
        return met.clone();
    }
    match plain(value) {
        Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
        _ => value.clone(),
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => Vec::new(),
    }
}

fn element<'a>(list: &'a [Value], step: &str) -> Option<&'a Value> {
    match step.parse::<usize>() {
        Ok(index) => list.get(index),
        Err(_) => list.iter().find(|tag| tag["Key"] == step)?.get("Value"),
    }
}

/// The value with its intrinsic functions as text, so that two ways to write the same are equal.
pub(crate) fn plain(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => match map.iter().next().filter(|_| map.len() == 1) {
            Some((function, argument)) => intrinsic(function, argument)
                .map_or_else(|| json!({ function: plain(argument) }), Value::String),
            None => map.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        },
        _ => value.clone(),
    }
}

fn intrinsic(function: &str, argument: &Value) -> Option<String> {
    match function {
        "Ref" | "Fn::ImportValue" => Some(format!("${{{}}}", argument.as_str()?)),
        "Fn::Sub" => argument.as_str().map(str::to_owned),
        "Fn::GetAtt" => Some(format!("${{{}.{}}}", argument[0].as_str()?, argument[1].as_str()?)),
        "Fn::Join" => {
            let parts: Vec<String> = argument[1].as_array()?.iter().map(text).collect();
            Some(parts.join(argument[0].as_str()?))
        }
        _ => None,
    }
}

fn text(value: &Value) -> String {
    match plain(value) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Values as Markdown, each but once, those of lists one by one.
pub(crate) fn shown(values: &[Value]) -> String {
    let mut words = Vec::new();
    values.iter().for_each(|value| collect(value, &mut words));
    if words.is_empty() { ABSENT.to_owned() } else { words.join(", ") }
}

fn collect(value: &Value, words: &mut Vec<String>) {
    let word = match value {
        Value::Array(list) => return list.iter().for_each(|value| collect(value, words)),
        Value::Null => ABSENT.to_owned(),
        value => format!("`{}`", text(value)),
    };
    if !words.contains(&word) {
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Expect) {
        let value = json!({
            "Retention": 7,
            "Name": {"Fn::Join": ["-", ["payment", {"Ref": "AWS::Region"}]]},
            "Service": {"Fn::Sub": "payment-${AWS::Region}"},
            "Replicas": [{"Region": "us-east-1"}, {"Region": "us-east-2"}, {"Region": "us-east-1"}],
            "Tags": [{"Key": "Project", "Value": "PaymentDR"}],
            "Body": "{\"widgets\":[{\"title\":\"One\"},{\"title\":\"Two\"}]}",
            "Replication": {"Fn::If": ["Peer", {"Minutes": 15}, {"Ref": "AWS::NoValue"}]},
        });
        expected.assert_eq(&shown(&[read(&value, path)]));
    }

    #[test]
    fn values_are_found() {
        check("Retention", expect!["`7`"]);
        check("Name", expect!["`payment-${AWS::Region}`"]);
        check("Service", expect!["`payment-${AWS::Region}`"]);
        check("Replicas/1/Region", expect!["`us-east-2`"]);
        check("Replicas/*/Region", expect!["`us-east-1`, `us-east-2`"]);
        check("Replicas/#", expect!["`3`"]);
        check("Tags/Project", expect!["`PaymentDR`"]);
        check("Body/widgets/*/title", expect!["`One`, `Two`"]);
        check("Replication/Minutes", expect!["`15`"]);
    }

    #[test]
    fn values_are_absent() {
        check("Nothing/Inside", expect!["–"]);
        check("Replicas/7/Region", expect!["–"]);
        check("Replicas/*/Tags/Project", expect!["–"]);
        check("Tags/Author", expect!["–"]);
        check("Nothing/*/Inside", expect!["–"]);
    }
}
