//! What would be done to a stack, as lines for people and as JSON.

use deploy::{Action, Change, Changes, Drift, Recreation, Replacement};
use serde_json::{Value, json};

/// A line for each resource, with what is lost first.
pub(crate) fn lines(changes: &Changes) -> Vec<String> {
    let Changes { stack, region, is_new, changes } = changes;
    if *is_new {
        return vec![format!("{stack} in {region}: new, with {} resources", changes.len())];
    }
    let mut sorted: Vec<&Change> = changes.iter().collect();
    sorted.sort_by_key(|change| (!change.is_destructive(), &change.path));
    let width = sorted.iter().map(|change| change.logical_id.len()).max().unwrap_or_default();
    let head = format!("{stack} in {region}: {} changes", changes.len());
    [head].into_iter().chain(sorted.into_iter().map(|change| line(change, width))).collect()
}

fn line(change: &Change, width: usize) -> String {
    let Change { logical_id, type_name, path, properties, .. } = change;
    let properties: Vec<String> = properties
        .iter()
        .map(|property| {
            let mark = match property.recreation {
                Recreation::Never => "",
                Recreation::Perhaps => " [may replace]",
                Recreation::Always => " [replaces]",
            };
            let drift = if property.is_drift { " [drift]" } else { "" };
            format!("{}{mark}{drift}", property.name)
        })
        .collect();
    let properties =
        if properties.is_empty() { String::new() } else { format!(": {}", properties.join(", ")) };
    let drift = match change.drift {
        Some(Drift::Modified) => " (changed outside CloudFormation)",
        Some(Drift::Deleted) => " (deleted outside CloudFormation)",
        Some(Drift::Unknown) => " (AWS cannot tell whether it was changed)",
        Some(Drift::None) | None => "",
    };
    format!("  {:<12} {logical_id:<width$}  {type_name}  {path}{drift}{properties}", word(change))
}

/// What is done, in a word; in capitals where something is lost.
fn word(change: &Change) -> &'static str {
    match (change.action, change.replacement) {
        (Action::Add, _) => "add",
        (Action::Import, _) => "import",
        (Action::Remove, _) if change.is_kept => "LET GO",
        (Action::Remove, _) => "DELETE",
        (_, Replacement::Always) => "REPLACE",
        (_, Replacement::Perhaps) => "MAY REPLACE",
        _ => "change",
    }
}

pub(crate) fn changes_json(changes: &Changes) -> Value {
    let entries: Vec<Value> = changes.changes.iter().map(change_json).collect();
    json!({"stack": changes.stack, "region": changes.region, "new": changes.is_new, "resources": entries})
}

pub(crate) fn change_json(change: &Change) -> Value {
    let replacement = match change.replacement {
        Replacement::Never => "no",
        Replacement::Perhaps => "perhaps",
        Replacement::Always => "yes",
    };
    let action = match change.action {
        Action::Add => "add",
        Action::Modify => "modify",
        Action::Remove => "remove",
        Action::Import => "import",
        Action::Other => "unknown",
    };
    let properties: Vec<Value> = change
        .properties
        .iter()
        .map(|property| {
            let create_only = match property.recreation {
                Recreation::Never => "no",
                Recreation::Perhaps => "perhaps",
                Recreation::Always => "yes",
            };
            json!({
                "name": property.name,
                "create_only": create_only,
                "drift": property.is_drift,
            })
        })
        .collect();
    let drift = change.drift.map(|drift| match drift {
        Drift::None => "none",
        Drift::Modified => "modified",
        Drift::Deleted => "deleted",
        Drift::Unknown => "unknown",
    });
    json!({
        "action": action,
        "logical_id": change.logical_id,
        "type": change.type_name,
        "path": change.path,
        "physical_id": change.physical_id,
        "replacement": replacement,
        "kept": change.is_kept,
        "drift": drift,
        "properties": properties,
    })
}
