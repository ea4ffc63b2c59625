//! What may be in a Region without the templates showing it.
//!
//! A rule about what is missing must not speak where it may be hidden.

use std::collections::{BTreeMap, BTreeSet};

use crate::place::{Place, Resource};
use crate::stack::{Declared, Stack};

/// The Regions in which something may be hidden; an empty name stands for every Region.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hidden {
    by_kind: BTreeMap<String, BTreeSet<String>>,
    everything: BTreeSet<String>,
}

impl Hidden {
    /// What these stacks may hide.
    pub(crate) fn of(stacks: &[Stack]) -> Self {
        let mut hidden = Self::default();
        for stack in stacks {
            hidden.add(stack);
        }
        hidden.everything =
            unexpanded(stacks).iter().map(|(place, _)| region(place.stack)).collect();
        hidden
    }

    fn add(&mut self, stack: &Stack) {
        let is_somewhere = stack.region.is_none();
        let doubtful =
            stack.resources.values().filter(|resource| is_somewhere || resource.doubt.is_some());
        for kind in doubtful.map(|resource| &resource.kind).chain(&stack.waiting) {
            self.by_kind.entry(kind.clone()).or_default().insert(region(stack));
        }
    }

    /// Whether something of this type may be hidden in a Region.
    pub(crate) fn may_hide(&self, kind: &str, region: &str) -> bool {
        let covers = |regions: &BTreeSet<String>| regions.contains(region) || regions.contains("");
        covers(&self.everything) || self.by_kind.get(kind).is_some_and(covers)
    }
}

/// What only a deployment expands, and why: macros, modules, and nested stacks whose templates are not here.
pub(crate) fn unexpanded(stacks: &[Stack]) -> Vec<(Place<'_>, String)> {
    let parents = stacks.iter().filter_map(|stack| stack.parent.as_ref());
    let here: BTreeSet<(&str, &str)> =
        parents.map(|parent| (parent.stack.as_str(), parent.resource.as_str())).collect();
    let mut found = Vec::new();
    for stack in stacks {
        if !stack.transforms.is_empty() {
            let why =
                format!("only a deployment runs the macros `{}`", stack.transforms.join("`, `"));
            found.push((stack.whole(), why));
        }
        for declared in stack.resources.values() {
            let is_here = here.contains(&(stack.name.as_str(), declared.id.as_str()));
            if let Some(why) = closed(declared, is_here) {
                found.push((Resource { stack, declared }.whole(), why.to_owned()));
            }
        }
    }
    found
}

/// Why nobody sees what a resource brings with it.
fn closed(declared: &Declared, is_here: bool) -> Option<&'static str> {
    match declared.kind.as_str() {
        "AWS::CloudFormation::Stack" if !is_here => {
            Some("the template of this nested stack is not here")
        }
        "AWS::CloudFormation::StackSet" => Some("the templates of a stack set are not read"),
        kind if kind.ends_with("::MODULE") => Some("only a deployment expands modules"),
        _ => None,
    }
}

fn region(stack: &Stack) -> String {
    stack.region.clone().unwrap_or_default()
}
