//! What each property rests on that is decided at deployment: parameters, by themselves or by conditions, and values
//! that are looked up. Values lose that when they are worked out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::answer::Unknown;
use crate::place::Resource;

/// How deep conditions are followed into each other.
const DEPTH_MAX: usize = 100;

/// Something that is decided at deployment, and what rests on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The logical id of the resource.
    pub resource: String,
    /// Its property of the first level; `Condition` if the resource itself rests on it.
    pub property: String,
    /// The parameter's name, or the name of what is looked up, such as `/payments/active-region`.
    pub name: String,
}

/// Why a property, or whether the resource is there at all (`Condition`), is decided at deployment, if it is. One
/// template is often used in both Regions, with a parameter that says what is different.
pub(crate) fn decided(resource: Resource<'_>, property: &str) -> Option<Unknown> {
    let first = Input {
        resource: resource.id().to_owned(),
        property: property.to_owned(),
        name: String::new(),
    };
    let input = resource.stack.inputs.range(&first..).next()?;
    if input.resource != first.resource || input.property != first.property {
        return None;
    }
    Some(Unknown(format!("`{}` decides it at deployment", input.name)))
}

/// Everything that the resources of a template rest on.
pub(crate) fn of(template: &Json) -> BTreeSet<Input> {
    let inputs = Inputs::new(template);
    let mut found = BTreeSet::new();
    for (id, resource) in section(template, "Resources") {
        let condition = resource.get("Condition").and_then(Json::as_str);
        let decided = condition.and_then(|name| inputs.conditions.get(name));
        let mut add = |property: &str, names: &BTreeSet<String>| {
            found.extend(names.iter().map(|name| Input {
                resource: id.clone(),
                property: property.to_owned(),
                name: name.clone(),
            }));
        };
        add("Condition", decided.unwrap_or(&BTreeSet::new()));
        for (property, json) in section(resource, "Properties") {
            let mut names = BTreeSet::new();
            inputs.collect(json, &mut names);
            add(property, &names);
        }
    }
    found
}

struct Inputs<'t> {
    template: &'t Json,
    /// The names that each condition rests on.
    conditions: BTreeMap<String, BTreeSet<String>>,
}

impl<'t> Inputs<'t> {
    fn new(template: &'t Json) -> Self {
        let mut inputs = Self { template, conditions: BTreeMap::new() };
        for (name, _) in section(template, "Conditions") {
            inputs.condition(name, 0);
        }
        inputs
    }

    /// Works out what a condition rests on; one that rests on itself adds nothing the second time.
    fn condition(&mut self, name: &str, depth: usize) {
        let Some(json) = self.template.get("Conditions").and_then(|all| all.get(name)) else {
            return;
        };
        if depth > DEPTH_MAX || self.conditions.contains_key(name) {
            return;
        }
        self.conditions.insert(name.to_owned(), BTreeSet::new());
        let mut others = BTreeSet::new();
        named_conditions(json, &mut others);
        for other in others {
            self.condition(other, depth + 1);
        }
        let mut names = BTreeSet::new();
        self.collect(json, &mut names);
        self.conditions.insert(name.to_owned(), names);
    }

    fn collect(&self, json: &Json, names: &mut BTreeSet<String>) {
        match json {
            Json::String(text) => names.extend(lookups(text)),
            Json::Array(items) => items.iter().for_each(|item| self.collect(item, names)),
            Json::Object(entries) => {
                for (key, value) in entries {
                    self.entry(key, value, names);
                    self.collect(value, names);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    fn entry(&self, key: &str, value: &Json, names: &mut BTreeSet<String>) {
        let first = value.as_array().and_then(|items| items.first()).unwrap_or(value);
        let Some(text) = first.as_str() else { return };
        match key {
            "Ref" => self.parameter(text, names),
            "Fn::Sub" => places(text).for_each(|name| self.parameter(name, names)),
            "Fn::If" | "Condition" => {
                names.extend(self.conditions.get(text).into_iter().flatten().cloned());
            }
            _ => {}
        }
    }

    /// Adds a parameter, and what it is read from where it is read from SSM.
    fn parameter(&self, name: &str, names: &mut BTreeSet<String>) {
        let Some(parameter) = self.template.get("Parameters").and_then(|all| all.get(name)) else {
            return;
        };
        names.insert(name.to_owned());
        let kind = parameter.get("Type").and_then(Json::as_str).unwrap_or_default();
        if kind.starts_with("AWS::SSM::Parameter")
            && let Some(path) = parameter.get("Default").and_then(Json::as_str)
        {
            names.insert(path.to_owned());
        }
    }
}

fn section<'j>(json: &'j Json, name: &str) -> impl Iterator<Item = (&'j String, &'j Json)> {
    json.get(name).and_then(Json::as_object).into_iter().flatten()
}

/// The conditions that a condition names.
fn named_conditions<'j>(json: &'j Json, names: &mut BTreeSet<&'j str>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| named_conditions(item, names)),
        Json::Object(entries) => {
            names.extend(entries.get("Condition").and_then(Json::as_str));
            entries.values().for_each(|value| named_conditions(value, names));
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The names in the `${…}` of a text.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.trim()))
}

/// The names that a text looks up in SSM, as in `{{resolve:ssm:/payments/active-region}}`.
fn lookups(text: &str) -> impl Iterator<Item = String> {
    text.split("{{resolve:ssm:")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("}}")?.0.to_owned()))
}
