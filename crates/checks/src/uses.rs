//! What a template takes from other stacks, and in which position: values lose that when they are worked out.

use serde_json::{Map, Value as Json};

use crate::resolve::Scope;
use crate::value::Value;

/// A value that a template takes from another stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// What is taken.
    pub taken: Taken,
    /// The template's section, such as `Resources` or `Outputs`.
    pub section: String,
    /// The logical id in the section.
    pub id: String,
    /// Keys and positions below it; below its properties for a resource.
    pub path: String,
    /// The functions around it, the outermost first, such as `Fn::Join`.
    pub within: Vec<String>,
}

/// What is taken from another stack.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// `Fn::ImportValue`: an export by its name.
    Export(Value),
    /// `Fn::GetStackOutput`: an output of a named stack.
    Output {
        /// The stack's name.
        stack: Value,
        /// The output's logical id.
        output: Value,
        /// The stack's Region; `None` where it is the template's own.
        region: Option<Value>,
    },
}

/// Sections in which values may be taken.
const SECTIONS: [&str; 4] = ["Conditions", "Outputs", "Resources", "Rules"];

/// Everything that the scope's template takes from other stacks; `created` says which resources it has.
pub(crate) fn of(scope: &Scope<'_>, created: impl Fn(&str) -> bool) -> Vec<Use> {
    let mut found = Vec::new();
    for section in SECTIONS {
        let entries = scope.template.get(section).and_then(Json::as_object);
        for (id, json) in entries.into_iter().flatten() {
            if section == "Resources" && !created(id) {
                continue;
            }
            let part = if section == "Resources" { json.get("Properties") } else { Some(json) };
            let mut walk = Walk { scope, section, id, within: Vec::new(), found: &mut found };
            if let Some(part) = part {
                walk.value(part, "");
            }
        }
    }
    found
}

struct Walk<'w> {
    scope: &'w Scope<'w>,
    section: &'w str,
    id: &'w str,
    within: Vec<String>,
    found: &'w mut Vec<Use>,
}

impl Walk<'_> {
    fn value(&mut self, json: &Json, path: &str) {
        match json {
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &format!("{path}[{index}]"));
                }
            }
            Json::Object(entries) => self.object(entries, path),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    fn object(&mut self, entries: &Map<String, Json>, path: &str) {
        if let Some((name, argument)) = function(entries) {
            return self.function(name, argument, path);
        }
        for (key, value) in entries {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            self.value(value, &path);
        }
    }

    fn function(&mut self, name: &str, argument: &Json, path: &str) {
        match name {
            "Fn::ImportValue" => self.take(Taken::Export(self.required(argument)), path),
            "Fn::GetStackOutput" => {
                let part = |key: &str| argument.get(key).map(|part| self.required(part));
                let named = |key: &str| {
                    part(key).unwrap_or_else(|| Value::unknown(format!("`{key}` is not there")))
                };
                let (stack, output) = (named("StackName"), named("OutputName"));
                self.take(Taken::Output { stack, output, region: part("Region") }, path);
            }
            _ => {}
        }
        self.within.push(name.to_owned());
        for part in self.parts(name, argument) {
            self.inside(part, path);
        }
        self.within.pop();
    }

    /// The parts of a function's argument that count: of a choice whose condition is known, one branch.
    fn parts<'j>(&self, name: &str, argument: &'j Json) -> Vec<&'j Json> {
        match (name, argument.as_array().map(Vec::as_slice)) {
            ("Fn::If", Some([Json::String(condition), then, otherwise])) => {
                match self.scope.conditions.get(condition) {
                    Ok(true) => vec![then],
                    Ok(false) => vec![otherwise],
                    Err(_) => vec![then, otherwise],
                }
            }
            _ => vec![argument],
        }
    }

    /// What stands inside a function has the place of the function.
    fn inside(&mut self, json: &Json, path: &str) {
        match json {
            Json::Array(items) => items.iter().for_each(|item| self.inside(item, path)),
            Json::Object(entries) => match function(entries) {
                Some((name, argument)) => self.function(name, argument, path),
                None => entries.values().for_each(|value| self.inside(value, path)),
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    fn required(&self, json: &Json) -> Value {
        self.scope.value(json).unwrap_or(Value::Unset)
    }

    fn take(&mut self, taken: Taken, path: &str) {
        self.found.push(Use {
            taken,
            section: self.section.to_owned(),
            id: self.id.to_owned(),
            path: path.to_owned(),
            within: self.within.clone(),
        });
    }
}

/// The function that an object is, with its argument.
fn function(entries: &Map<String, Json>) -> Option<(&String, &Json)> {
    let only = if entries.len() == 1 { entries.iter().next() } else { None };
    only.filter(|(name, _)| name.starts_with("Fn::"))
}
