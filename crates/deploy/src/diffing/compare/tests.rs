//! Templates beside each other, property by property.

use serde_json::json;

use super::*;
use crate::assembly::Template;
use crate::order::tests::stack;

fn create_only(_: &str, property: &str) -> Recreation {
    match property {
        "Name" => Recreation::Always,
        "Stream/Kind" => Recreation::Perhaps,
        _ => Recreation::Never,
    }
}

/// What would become of one resource, in a line.
fn compared(old: Json, new: Json) -> Option<String> {
    let template = |it: Json| {
        if it.is_null() { json!({"Resources": {}}) } else { json!({"Resources": {"It": it}}) }
    };
    let mut stack = stack("Stack", &[]);
    let json = template(new);
    stack.template = Template { text: json.to_string(), json, ..stack.template };
    let change = compare(&stack, &template(old), create_only).into_iter().next()?;
    let properties: Vec<String> =
        change.properties.iter().map(|it| format!("{} {:?}", it.name, it.recreation)).collect();
    Some(format!(
        "{:?} {:?} {}: {}",
        change.action,
        change.replacement,
        change.is_kept,
        properties.join(", ")
    ))
}

#[test]
fn tells_what_becomes_of_a_resource() {
    let table = |properties: Json| json!({"Type": "T", "UpdateReplacePolicy": "Retain", "DeletionPolicy": "Retain", "Properties": properties});
    let rows = [
        (Json::Null, table(json!({})), Some("Add Never false: ")),
        (table(json!({})), Json::Null, Some("Remove Never true: ")),
        (table(json!({"A": 1})), table(json!({"A": 1})), None),
        (table(json!({"A": 1})), table(json!({"A": 2})), Some("Modify Never false: A Never")),
        (
            table(json!({"Name": "a"})),
            table(json!({"Name": "b", "B": 1})),
            Some("Modify Always true: B Never, Name Always"),
        ),
        (
            table(json!({"Stream": {"Kind": "a", "X": 1}})),
            table(json!({"Stream": {"Kind": "b", "X": 1}})),
            Some("Modify Perhaps true: Stream/Kind Perhaps"),
        ),
        (
            table(json!({"A": {"Ref": "B"}})),
            table(json!({"A": {"Ref": "C"}})),
            Some("Modify Never false: A Never"),
        ),
        (json!({"Type": "T"}), json!({"Type": "U"}), Some("Modify Always false: ")),
        (
            json!({"Type": "T"}),
            json!({"Type": "T", "DependsOn": "X"}),
            Some("Modify Never false: DependsOn Never"),
        ),
        (
            json!({"Type": "T"}),
            json!({"Type": "T", "Properties": {"Name": "a"}}),
            Some("Modify Always false: Name Always"),
        ),
    ];
    for (old, new, wanted) in rows {
        assert_eq!(compared(old.clone(), new.clone()).as_deref(), wanted, "{old} {new}");
    }
}
