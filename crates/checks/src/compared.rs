//! Parameters that a template's conditions compare with something: what is decided at deployment.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// A comparison of a parameter in a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The condition's name.
    pub condition: String,
    /// The parameter's name.
    pub parameter: String,
    /// What it is compared with: a text, or `AWS::Region`.
    pub with: String,
}

/// What stands for the Region of a stack.
const REGION: &str = "AWS::Region";

/// The parameters that are compared with the Region.
pub(crate) fn regional(compared: &[Compared]) -> BTreeSet<String> {
    let regional = compared.iter().filter(|one| one.with == REGION);
    regional.map(|one| one.parameter.clone()).collect()
}

/// Every comparison of a parameter in a template's conditions.
pub(crate) fn of(template: &Json) -> Vec<Compared> {
    let mut found = Vec::new();
    let conditions = template.get("Conditions").and_then(Json::as_object);
    for (condition, json) in conditions.into_iter().flatten() {
        collect(template, condition, json, &mut found);
    }
    found
}

fn collect(template: &Json, condition: &str, json: &Json, found: &mut Vec<Compared>) {
    match json {
        Json::Array(items) => {
            items.iter().for_each(|item| collect(template, condition, item, found));
        }
        Json::Object(entries) => {
            for (key, value) in entries {
                if let ("Fn::Equals", Some([left, right])) =
                    (key.as_str(), value.as_array().map(Vec::as_slice))
                {
                    for (one, other) in [(left, right), (right, left)] {
                        found.extend(compared(template, condition, one, other));
                    }
                }
                collect(template, condition, value, found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn compared(template: &Json, condition: &str, one: &Json, other: &Json) -> Option<Compared> {
    let parameter = one.get("Ref")?.as_str()?;
    template.get("Parameters")?.get(parameter)?;
    let region = || other.get("Ref")?.as_str().filter(|name| *name == REGION);
    let with = other.as_str().or_else(region)?;
    Some(Compared {
        condition: condition.to_owned(),
        parameter: parameter.to_owned(),
        with: with.to_owned(),
    })
}
