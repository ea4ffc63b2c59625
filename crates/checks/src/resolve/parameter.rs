//! The values of parameters: what a parent stack gives, or the default.

use serde_json::Value as Json;

use super::{Defaults, Scope, text};
use crate::value::Value;

impl Scope<'_> {
    /// The value of a parameter; `None` if the template has none of this name.
    pub(super) fn parameter(&self, name: &str) -> Option<Value> {
        let parameter = self.template.get("Parameters").and_then(|all| all.get(name))?;
        let kind = parameter.get("Type").and_then(Json::as_str).unwrap_or("String");
        if is_secret(parameter) {
            return Some(Value::unknown(format!("parameter `{name}` is secret")));
        }
        if kind.starts_with("AWS::SSM::Parameter") {
            return Some(Value::unknown(format!(
                "parameter `{name}` is read from SSM at deployment"
            )));
        }
        let default = || parameter.get("Default").filter(|_| self.takes_default(name)).map(default);
        let value = self.argument(name).or_else(default);
        let is_list = kind.starts_with("List<") || kind == "CommaDelimitedList";
        Some(match value {
            None => Value::unknown(format!("parameter `{name}` has no default")),
            Some(value) if is_list => text::listed(value),
            Some(value) => value,
        })
    }

    /// What the parent stack gives.
    fn argument(&self, name: &str) -> Option<Value> {
        match self.arguments {
            Value::Map(given) => given.get(name).cloned(),
            Value::Open(given, why) => {
                Some(given.get(name).cloned().unwrap_or_else(|| Value::Unknown(why.clone())))
            }
            Value::Unknown(why) => Some(Value::Unknown(why.clone())),
            _ => None,
        }
    }

    fn takes_default(&self, parameter: &str) -> bool {
        self.defaults == Defaults::Count || self.regional.contains(parameter)
    }
}

/// Whether a parameter's value must never be shown.
fn is_secret(parameter: &Json) -> bool {
    match parameter.get("NoEcho") {
        Some(Json::Bool(yes)) => *yes,
        Some(Json::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn default(default: &Json) -> Value {
    match default {
        Json::String(text) => text::literal(text),
        other => text::literal(&other.to_string()),
    }
}
