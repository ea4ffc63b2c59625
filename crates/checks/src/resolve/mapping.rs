//! `Fn::FindInMap`.

use serde_json::Value as Json;

use super::placeholder::is_exact;
use super::{Scope, text};
use crate::answer::Unknown;
use crate::value::Value;

impl Scope<'_> {
    pub(super) fn found_in_map(&self, argument: &Json) -> Value {
        let Some([map, first, second, options @ ..]) = argument.as_array().map(Vec::as_slice)
        else {
            return Value::unknown("`Fn::FindInMap` wants a map and two keys");
        };
        let keys = [map, first, second].map(|key| self.required(key));
        let [Value::Text(map), Value::Text(first), Value::Text(second)] = &keys else {
            return Value::Unknown(why_unknown(keys));
        };
        if ![map, first, second].into_iter().all(|key| is_exact(key)) {
            return Value::unknown("only a deployment knows a key of `Fn::FindInMap`");
        }
        let maps = self.template.get("Mappings");
        let found = maps.and_then(|maps| maps.get(map)?.get(first)?.get(second)).map(mapped);
        let default = || Some(self.required(options.first()?.get("DefaultValue")?));
        found.or_else(default).unwrap_or_else(|| {
            Value::unknown(format!("the mapping `{map}` has no `{first}` with `{second}`"))
        })
    }
}

fn why_unknown(keys: [Value; 3]) -> Unknown {
    let why = keys.into_iter().find_map(|key| match key {
        Value::Unknown(why) => Some(why),
        _ => None,
    });
    why.unwrap_or_else(|| Unknown("a key of `Fn::FindInMap` is not known".into()))
}

/// A value of a mapping, in which nothing is worked out.
fn mapped(json: &Json) -> Value {
    match json {
        Json::String(text) => text::literal(text),
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => Value::Number(number.clone()),
        Json::Array(items) => Value::List(items.iter().map(mapped).collect()),
        Json::Null | Json::Object(_) => Value::unknown("a mapping holds texts and lists only"),
    }
}
