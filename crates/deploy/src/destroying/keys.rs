//! Keys, by which more is encrypted than what is removed with them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::There;
use super::named::{KEYS, Manner, Removal};
use crate::assembly::resources;
use crate::guard::Refusal;
use crate::stateful::is_kept;

/// Why keys are not deleted: what stays would be unreadable, and so would a final snapshot.
pub(super) fn locked_out(
    there: &BTreeMap<String, There>,
    removals: &BTreeMap<String, Vec<Removal>>,
) -> Vec<Refusal> {
    let keys =
        removals.values().flatten().filter(|removal| KEYS.contains(&removal.type_name.as_str()));
    let mut refusals = Vec::new();
    for key in keys {
        let exports = exports(&there[&key.stack].template, &key.logical_id);
        for one in there.values() {
            let stack = &one.seat.stack;
            let here = (stack.id == key.stack).then_some(key.logical_id.as_str());
            for (id, resource) in resources(&one.template) {
                let removal = removals[&stack.id].iter().find(|it| it.logical_id == id);
                let stays = match removal {
                    Some(removal) => removal.manner == Manner::Snapshotted,
                    None => is_kept(resource["DeletionPolicy"].as_str()),
                };
                if stays && here != Some(id) && mentions(resource, here, &exports) {
                    refusals.push(locked(key, stack.path(id), removal.is_some()));
                }
            }
        }
    }
    refusals
}

fn locked(key: &Removal, path: &str, is_snapshot: bool) -> Refusal {
    let (what, advice) = if is_snapshot {
        (format!("the final snapshot of `{path}`"), "leave the key, or `--without-final-snapshot`")
    } else {
        (format!("`{path}`, which stays,"), "leave the key, or name that too")
    };
    Refusal {
        stack: key.stack.clone(),
        path: key.path.clone(),
        why: format!("({}) is a key by which {what} is encrypted", key.type_name),
        advice: advice.to_owned(),
    }
}

/// The names under which a template exports something of a resource, as texts of JSON.
fn exports(template: &Json, id: &str) -> BTreeSet<String> {
    let outputs = template["Outputs"].as_object().into_iter().flatten();
    let of_it = outputs.filter(|(_, output)| refers(&output["Value"], id));
    of_it.map(|(_, output)| output["Export"]["Name"].to_string()).collect()
}

fn mentions(json: &Json, here: Option<&str>, exports: &BTreeSet<String>) -> bool {
    here.is_some_and(|id| refers(json, id)) || imports(json, exports)
}

/// Whether something refers to a resource of its own template.
fn refers(json: &Json, id: &str) -> bool {
    match json {
        Json::Object(entries) => entries.iter().any(|(name, value)| match name.as_str() {
            "Ref" => value == id,
            "Fn::GetAtt" => {
                value[0] == id || value.as_str().and_then(|it| it.split('.').next()) == Some(id)
            }
            "Fn::Sub" => {
                let text = value.to_string();
                ["}", "."].iter().any(|end| text.contains(&format!("${{{id}{end}")))
            }
            _ => refers(value, id),
        }),
        Json::Array(values) => values.iter().any(|value| refers(value, id)),
        _ => false,
    }
}

/// Whether something imports one of these.
fn imports(json: &Json, exports: &BTreeSet<String>) -> bool {
    match json {
        Json::Object(entries) => entries.iter().any(|(name, value)| {
            (name == "Fn::ImportValue" && exports.contains(&value.to_string()))
                || imports(value, exports)
        }),
        Json::Array(values) => values.iter().any(|value| imports(value, exports)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_refers_to_a_key_is_found_here_and_by_its_exports() {
        let key = json!({"Resources": {}, "Outputs": {
            "Arn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}, "Export": {"Name": "foundation:Key"}},
            "Other": {"Value": {"Fn::GetAtt": ["Keys", "Arn"]}, "Export": {"Name": "foundation:Keys"}},
        }});
        let exports = exports(&key, "Key");
        assert_eq!(exports, BTreeSet::from([r#""foundation:Key""#.to_owned()]));
        let table = [
            (json!({"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}), true, false),
            (json!({"KmsKeyId": {"Ref": "Key"}}), true, false),
            (json!({"KmsKeyId": {"Fn::GetAtt": "Key.Arn"}}), true, false),
            (json!({"Text": {"Fn::Sub": "a ${Key.Arn}"}}), true, false),
            (json!({"Text": {"Fn::Sub": "a ${Keys}"}}), false, false),
            (json!({"In": [{"KmsKeyId": {"Fn::ImportValue": "foundation:Key"}}]}), true, true),
            (json!({"KmsKeyId": {"Fn::ImportValue": "foundation:Keys"}}), false, false),
        ];
        for (resource, here, elsewhere) in table {
            let found = [Some("Key"), None].map(|it| mentions(&resource, it, &exports));
            assert_eq!(found, [here, elsewhere], "{resource}");
        }
    }
}
