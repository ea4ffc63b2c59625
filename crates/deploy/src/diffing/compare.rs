//! Two templates, resource by resource and property by property.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::CreateOnly;
use crate::assembly::{Stack, resources};
use crate::changes::{Action, Change, PropertyChange, Recreation, Replacement};
use crate::stateful::is_kept;

/// What of a resource is compared besides its properties.
const ATTRIBUTES: [&str; 6] = [
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "UpdateReplacePolicy",
];

/// What of a template is compared besides its resources.
const SECTIONS: [&str; 8] = [
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Rules",
    "Transform",
];

/// What would become of the resources of the template that is there.
pub(crate) fn compare(stack: &Stack, there: &Json, create_only: CreateOnly) -> Vec<Change> {
    let wanted = &stack.template.json;
    let ids: BTreeSet<&str> = resources(there).chain(resources(wanted)).map(|(id, _)| id).collect();
    let changes = ids.into_iter().filter_map(|id| {
        let (old, new) = (there["Resources"].get(id), wanted["Resources"].get(id));
        match (old, new) {
            (None, Some(new)) => Some(Change::of(stack, id, Action::Add, new)),
            (Some(old), None) => {
                let is_kept = is_kept(old["DeletionPolicy"].as_str());
                Some(Change { is_kept, ..Change::of(stack, id, Action::Remove, old) })
            }
            (Some(old), Some(new)) => modified(stack, id, old, new, create_only),
            (None, None) => None,
        }
    });
    changes.collect()
}

/// The names of the other sections that differ.
pub(super) fn sections(there: &Json, wanted: &Json) -> Vec<String> {
    let differ = SECTIONS.iter().filter(|name| there[**name] != wanted[**name]);
    differ.map(|name| name.to_lowercase()).collect()
}

fn modified(
    stack: &Stack,
    id: &str,
    old: &Json,
    new: &Json,
    create_only: CreateOnly,
) -> Option<Change> {
    let type_name = new["Type"].as_str().unwrap_or_default();
    let mut paths = Vec::new();
    differing("", &old["Properties"], &new["Properties"], &mut paths);
    let mut properties: Vec<PropertyChange> = paths
        .into_iter()
        .map(|name| PropertyChange {
            recreation: create_only(type_name, &name),
            name,
            is_drift: false,
        })
        .collect();
    let attributes = ATTRIBUTES.iter().filter(|name| old[**name] != new[**name]);
    properties.extend(attributes.map(|name| PropertyChange {
        name: (*name).to_owned(),
        recreation: Recreation::Never,
        is_drift: false,
    }));
    let is_other = old["Type"] != new["Type"];
    if properties.is_empty() && !is_other {
        return None;
    }
    let most = properties.iter().map(|property| property.recreation).max();
    let replacement = match most {
        _ if is_other => Replacement::Always,
        Some(Recreation::Always) => Replacement::Always,
        Some(Recreation::Perhaps) => Replacement::Perhaps,
        _ => Replacement::Never,
    };
    let is_kept = replacement != Replacement::Never && new["UpdateReplacePolicy"] == "Retain";
    Some(Change { replacement, is_kept, properties, ..Change::of(stack, id, Action::Modify, new) })
}

/// The paths at which two values differ. A list is one value; so is what CloudFormation works out.
fn differing(path: &str, old: &Json, new: &Json, paths: &mut Vec<String>) {
    if old == new {
        return;
    }
    let empty = serde_json::Map::new();
    let objects = match (old, new) {
        (Json::Object(old), Json::Object(new)) => Some((old, new)),
        (Json::Null, Json::Object(new)) if path.is_empty() => Some((&empty, new)),
        (Json::Object(old), Json::Null) if path.is_empty() => Some((old, &empty)),
        _ => None,
    };
    let is_worked_out = |it: &serde_json::Map<String, Json>| {
        it.keys().any(|key| key == "Ref" || key.starts_with("Fn::"))
    };
    let Some((old, new)) = objects.filter(|(old, new)| !is_worked_out(old) && !is_worked_out(new))
    else {
        paths.push(path.to_owned());
        return;
    };
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        let deeper = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        let value =
            |of: &serde_json::Map<String, Json>| of.get(name).cloned().unwrap_or(Json::Null);
        differing(&deeper, &value(old), &value(new), paths);
    }
}

#[cfg(test)]
mod tests;
