//! The document of the interface, as a judge of answers.

use std::sync::LazyLock;

use serde_json::Value;

use crate::client::Answer;

pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&service::openapi()).unwrap());

/// The operation behind a request line, if the document has one.
pub(crate) fn operation(line: &str) -> Option<&'static Value> {
    let (method, path) = line.split_once(' ').unwrap();
    let path = path.split('?').next().unwrap();
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let fits = |template: &str| {
        let (a, b): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let same = |(a, b): (&&str, &&str)| a == b || (*a == "{id}" && !b.is_empty());
        a.len() == b.len() && a.iter().zip(&b).all(same)
    };
    let exact = paths
        .get(path)
        .or_else(|| paths.iter().find(|(template, _)| fits(template)).map(|(_, methods)| methods));
    exact?.get(method.to_lowercase().as_str())
}

/// Follows a reference, if it is one.
pub(crate) fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(&reference[1..]).expect(reference),
        None => value,
    }
}

/// Headers that need no mention.
const OF_HTTP: [&str; 4] = ["content-length", "content-type", "date", "x-content-type-options"];

/// Asserts that the document says that this request may be answered like this.
#[track_caller]
pub(crate) fn assert_documented(line: &str, answer: &Answer) {
    // Without a name it was answered before there was a request, and has no document.
    let Some(operation) = operation(line).filter(|_| answer.header("x-request-id").is_some())
    else {
        assert!([200, 400, 404, 405, 431].contains(&answer.status), "{line} {answer:?}");
        return;
    };
    let response = &operation["responses"][answer.status.to_string()];
    assert!(response.is_object(), "{line}: {} is not documented", answer.status);
    for (name, header) in response["headers"].as_object().unwrap() {
        let is_there = answer.header(&name.to_lowercase()).is_some();
        assert!(is_there || resolve(header)["required"] == false, "{line}: no {name} {answer:?}");
    }
    let documented: Vec<String> =
        response["headers"].as_object().unwrap().keys().map(|name| name.to_lowercase()).collect();
    for (name, _) in &answer.headers {
        let is_known = OF_HTTP.contains(&name.as_str()) || documented.contains(name);
        assert!(is_known, "{line}: {name} is not documented for {}", answer.status);
    }
    let media = answer.header("content-type").unwrap();
    let content = &response["content"][media];
    assert!(content.is_object(), "{line}: {media} is not documented");
    let body = answer.json();
    assert_eq!(faults(&content["schema"], &body), Vec::<String>::new(), "{line} {answer:?}");
    if answer.status >= 400 {
        let code = answer.code();
        assert!(content["examples"][&code].is_object(), "{line}: {code} is not documented");
    }
}

/// What is wrong with a value, by this part of JSON Schema: everything that the document uses but
/// for `format` and `pattern`.
pub(crate) fn faults(schema: &'static Value, value: &Value) -> Vec<String> {
    let schema = resolve(schema);
    let mut faults = Vec::new();
    for (keyword, limit) in schema.as_object().unwrap() {
        let holds = holds(keyword, limit, value);
        if !holds {
            faults.push(format!("{keyword} {limit}: {value}"));
        }
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let known = &schema["properties"][name];
        match (known.is_object(), &schema["additionalProperties"]) {
            (true, _) => faults.extend(self::faults(known, value)),
            (false, other @ Value::Object(_)) => faults.extend(self::faults(other, value)),
            // The schemas of answers let fields be added later; there are none yet.
            (false, _) if schema["properties"].is_object() => faults.push(format!("field {name}")),
            (false, _) => {}
        }
        if schema["propertyNames"].is_object() {
            faults.extend(self::faults(&schema["propertyNames"], &name.as_str().into()));
        }
    }
    for item in value.as_array().into_iter().flatten() {
        faults.extend(self::faults(&schema["items"], item));
    }
    faults
}

fn holds(keyword: &str, limit: &Value, value: &Value) -> bool {
    let at_most = |size: usize| limit.as_u64().unwrap() >= size as u64;
    let is_type = |name: &Value| match name.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        name => panic!("{name}"),
    };
    match (keyword, value) {
        ("type", _) => match limit.as_array() {
            Some(names) => names.iter().any(is_type),
            None => is_type(limit),
        },
        ("enum", _) => limit.as_array().unwrap().contains(value),
        ("const", _) => limit == value,
        ("required", Value::Object(fields)) => {
            limit.as_array().unwrap().iter().all(|name| fields.contains_key(name.as_str().unwrap()))
        }
        ("minimum", Value::Number(_)) => value.as_i64() >= limit.as_i64(),
        ("maximum", Value::Number(_)) => value.as_i64() <= limit.as_i64(),
        ("minLength", Value::String(text)) => limit.as_u64() <= Some(text.chars().count() as u64),
        ("maxLength", Value::String(text)) => at_most(text.chars().count()),
        ("maxItems", Value::Array(items)) => at_most(items.len()),
        ("maxProperties", Value::Object(fields)) => at_most(fields.len()),
        _ => KEYWORDS.contains(&keyword),
    }
}

/// Keywords that say nothing about a value of another type, or are looked at elsewhere.
const KEYWORDS: [&str; 14] = [
    "additionalProperties",
    "description",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minLength",
    "minimum",
    "pattern",
    "properties",
    "propertyNames",
    "required",
];
