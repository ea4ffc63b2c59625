//! Conditions worked out in three values: true, false, unknown.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Scope;
use super::placeholder::{is_exact, same_text};
use crate::answer::Unknown;
use crate::value::Value;

/// How deep conditions may rest on each other; CloudFormation's own limit is not documented.
const DEPTH_MAX: usize = 100;

/// Whether each condition of a template holds, or why that is unknown.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Conditions(BTreeMap<String, Result<bool, Unknown>>);

impl Conditions {
    /// Works out every condition of the scope's template.
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        let declared = scope.template.get("Conditions").and_then(Json::as_object);
        let mut truth = Truth { scope, known: BTreeMap::new() };
        for name in declared.into_iter().flat_map(serde_json::Map::keys) {
            drop(truth.named(name, 0));
        }
        Self(truth.known)
    }

    /// Whether the condition of this name holds.
    pub(crate) fn get(&self, name: &str) -> Result<bool, Unknown> {
        match self.0.get(name) {
            Some(Ok(holds)) => Ok(*holds),
            Some(Err(why)) => Err(Unknown(format!("condition `{name}` is not known: {why}"))),
            None => Err(Unknown(format!("there is no condition `{name}`"))),
        }
    }
}

struct Truth<'s> {
    scope: &'s Scope<'s>,
    known: BTreeMap<String, Result<bool, Unknown>>,
}

impl Truth<'_> {
    fn named(&mut self, name: &str, depth: usize) -> Result<bool, Unknown> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let Some(expression) = self.scope.template.get("Conditions").and_then(|all| all.get(name))
        else {
            return Err(Unknown(format!("there is no condition `{name}`")));
        };
        if depth > DEPTH_MAX {
            return Err(Unknown(format!(
                "conditions rest on each other more than {DEPTH_MAX} deep"
            )));
        }
        // Whoever comes back to it while it is worked out has found a circle.
        let circle = Err(Unknown(format!("condition `{name}` rests on itself")));
        self.known.insert(name.to_owned(), circle);
        let holds = self.holds(expression, depth + 1);
        self.known.insert(name.to_owned(), holds.clone());
        holds
    }

    fn holds(&mut self, expression: &Json, depth: usize) -> Result<bool, Unknown> {
        let Some((name, argument)) =
            expression.as_object().and_then(|entries| entries.iter().next())
        else {
            return Err(Unknown("it is no condition function".into()));
        };
        match (name.as_str(), argument) {
            ("Condition", Json::String(name)) => self.named(name, depth),
            ("Fn::Equals", Json::Array(sides)) => self.equal(sides),
            ("Fn::Not", Json::Array(parts)) => match parts.as_slice() {
                [part] => self.holds(part, depth).map(|holds| !holds),
                _ => Err(Unknown("`Fn::Not` wants one condition".into())),
            },
            ("Fn::And", Json::Array(parts)) => self.decided_by(parts, false, depth),
            ("Fn::Or", Json::Array(parts)) => self.decided_by(parts, true, depth),
            (other, _) => Err(Unknown(format!("only a deployment works out `{other}`"))),
        }
    }

    /// `deciding` if any part is, its opposite if none is, unknown otherwise.
    fn decided_by(
        &mut self,
        parts: &[Json],
        deciding: bool,
        depth: usize,
    ) -> Result<bool, Unknown> {
        let mut unknown = None;
        for part in parts {
            match self.holds(part, depth) {
                Ok(holds) if holds == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(why) => unknown = Some(why),
            }
        }
        unknown.map_or(Ok(!deciding), Err)
    }

    fn equal(&self, sides: &[Json]) -> Result<bool, Unknown> {
        let [left, right] = sides else {
            return Err(Unknown("`Fn::Equals` wants two values".into()));
        };
        match (self.plain(left)?, self.plain(right)?) {
            (Value::Text(left), Value::Text(right)) => same_text(&left, &right)
                .ok_or_else(|| Unknown("only a deployment knows the account or the zone".into())),
            (left, right) if is_known(&left) && is_known(&right) => Ok(left == right),
            _ => Err(Unknown("only a deployment knows both sides of `Fn::Equals`".into())),
        }
    }

    /// A side of a comparison: numbers and booleans compare as texts.
    fn plain(&self, side: &Json) -> Result<Value, Unknown> {
        match self.scope.value(side) {
            Some(Value::Number(number)) => Ok(Value::Text(number.to_string())),
            Some(Value::Bool(yes)) => Ok(Value::Text(yes.to_string())),
            Some(Value::Unknown(why)) => Err(why),
            Some(value) => Ok(value),
            None => Err(Unknown("`AWS::NoValue` stands where a value must be".into())),
        }
    }
}

fn is_known(value: &Value) -> bool {
    match value {
        Value::Text(text) => is_exact(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::List(items) => items.iter().all(is_known),
        Value::Map(entries) => entries.values().all(is_known),
        Value::Pieces(_)
        | Value::Open(..)
        | Value::Reference(_)
        | Value::Either(_)
        | Value::Unset
        | Value::Unknown(_) => false,
    }
}
