//! Whether the policies of a resource keep it when its stack goes or when it is replaced.

use crate::answer::{Answer, Unknown};
use crate::place::Resource;
use crate::value::Value;

/// How the policies let a resource go, in words; absent if both keep it.
pub(super) fn lets_go(resource: Resource<'_>) -> Answer<String> {
    let declared = resource.declared;
    let policies = [
        ("DeletionPolicy", &declared.deletion_policy),
        ("UpdateReplacePolicy", &declared.update_replace_policy),
    ];
    let mut found = Vec::new();
    for (name, policy) in policies {
        match policy {
            None | Some(Value::Null) => {
                found.push(format!("there is no `{name}` (the default is `Delete`)"))
            }
            Some(Value::Text(text)) if text == "Delete" => {
                found.push(format!("`{name}` is `Delete`"))
            }
            Some(Value::Text(_)) => {}
            Some(Value::Unknown(why)) => return Answer::Unknown(why.clone()),
            Some(other) => {
                return Answer::Unknown(Unknown(format!("`{name}` is {}", other.shown())));
            }
        }
    }
    if found.is_empty() { Answer::Absent } else { Answer::Known(found.join(" and ")) }
}

/// The change that keeps it.
pub(super) const KEEP: &str =
    "set `DeletionPolicy: RetainExceptOnCreate` and `UpdateReplacePolicy: Retain`";
