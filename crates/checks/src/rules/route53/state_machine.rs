//! The states of a state machine, and which of them come before others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::Value;

/// A state machine whose definition can be read.
#[derive(Debug)]
pub(super) struct StateMachine<'d> {
    /// Where its definition stands.
    pub(super) place: Place<'d>,
    /// Its states by name; those inside of others are parts of them.
    pub(super) states: BTreeMap<String, Json>,
    first: String,
    /// The resources that its definition names, by what stands in it as `${…}`.
    named: BTreeMap<String, Resource<'d>>,
}

impl<'d> StateMachine<'d> {
    pub(super) fn of(design: &'d Design, machine: Resource<'d>) -> Option<Self> {
        let places = ["DefinitionString", "Definition"].map(|property| machine.at(property));
        let place = places.into_iter().find(|place| place.value().known().is_some())?;
        let value = place.value().known()?;
        let json = match value {
            Value::Map(_) | Value::Open(..) => as_json(value),
            // References stand in the text as `${Id}`, inside of strings, so that it is JSON still.
            text => serde_json::from_str(&text.shown()).ok()?,
        };
        let first = json.get("StartAt")?.as_str()?.to_owned();
        let states = json.get("States")?.as_object()?;
        let states = states.iter().map(|(name, state)| (name.clone(), state.clone())).collect();
        Some(Self { named: named(design, machine, value), place, states, first })
    }

    /// The functions of these templates that a state names.
    pub(super) fn functions(&self, state: &Json) -> Vec<Resource<'d>> {
        let text = state.to_string();
        let ids = text.split("${").skip(1).filter_map(|rest| rest.split(['.', '}']).next());
        let found = ids.filter_map(|id| self.named.get(id).copied());
        found.filter(|found| FUNCTIONS.contains(&found.kind())).collect()
    }

    /// The states from which one can be reached.
    pub(super) fn before(&self, target: &str) -> BTreeSet<String> {
        let mut leads: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, state) in &self.states {
            for next in nexts(state) {
                leads.entry(next).or_default().push(name);
            }
        }
        let mut found = BTreeSet::new();
        let mut open = vec![target];
        while let Some(name) = open.pop() {
            for from in leads.get(name).into_iter().flatten() {
                if found.insert((*from).to_owned()) && *from != self.first {
                    open.push(from);
                }
            }
        }
        found
    }
}

const FUNCTIONS: [&str; 2] = ["AWS::Lambda::Function", "AWS::Serverless::Function"];

/// What `${…}` in a definition means: resources by their id, and what the substitutions say.
fn named<'d>(
    design: &'d Design,
    machine: Resource<'d>,
    definition: &'d Value,
) -> BTreeMap<String, Resource<'d>> {
    let own = definition.references().into_iter();
    let own = own.filter_map(|to| Some((to.resource.clone(), design.resource(to)?)));
    let given = machine.at("DefinitionSubstitutions").entries().known().unwrap_or_default();
    let given = given.into_iter().filter_map(|(key, place)| {
        let to = place.value().known()?.references().into_iter().next()?;
        Some((key.to_owned(), design.resource(to)?))
    });
    own.chain(given).collect()
}

/// The states that a state may lead to: its next, its choices', its catches'.
fn nexts(state: &Json) -> Vec<&str> {
    let lists = ["Choices", "Catch"].iter().filter_map(|list| state.get(list)?.as_array());
    let inner = lists.flatten().filter_map(|branch| branch.get("Next")?.as_str());
    let own = ["Next", "Default"].iter().filter_map(|key| state.get(key)?.as_str());
    inner.chain(own).collect()
}

/// A definition that is written as an object.
fn as_json(value: &Value) -> Json {
    match value {
        Value::Map(entries) | Value::Open(entries, _) => {
            entries.iter().map(|(key, value)| (key.clone(), as_json(value))).collect()
        }
        Value::List(items) => items.iter().map(as_json).collect(),
        other => Json::String(other.shown()),
    }
}
