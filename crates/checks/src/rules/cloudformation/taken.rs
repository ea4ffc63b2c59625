//! Where stacks take values from other stacks, and which stack those are of.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::place::{Place, Resource};
use crate::stack::Stack;
use crate::uses::{Taken, Use};
use crate::value::Value;

/// The type of the resource by which the CDK reads values of other Regions.
pub(super) const READER: &str = "Custom::CrossRegionExportReader";

/// Where a value is taken.
pub(super) fn place<'d>(stack: &'d Stack, used: &Use) -> Place<'d> {
    let resource = stack.resources.get(&used.id).filter(|_| used.section == "Resources");
    match resource.map(|declared| Resource { stack, declared }) {
        Some(resource) if used.path.is_empty() => resource.whole(),
        Some(resource) => resource.at(&used.path),
        None => {
            let mut place = stack.whole();
            let keys = [used.section.as_str(), &used.id, &used.path];
            place.path =
                keys.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>().join(".");
            place
        }
    }
}

/// A value that the CDK's reader brings from another Region.
pub(super) struct Read<'d> {
    /// The reading resource.
    pub(super) reader: Resource<'d>,
    /// The name under which the value crosses, such as
    /// `/cdk/exports/Consumer/Produceruseast1RefTable0B133A93`.
    pub(super) name: &'d str,
}

impl Read<'_> {
    /// The end of the name: producer's stack, its Region without dashes, and what it is.
    fn origin(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Whether the value comes from this Region.
    pub(super) fn is_from(&self, region: &str) -> bool {
        self.origin().contains(&region.replace('-', ""))
    }
}

/// How the names of values begin that come from a stack.
fn beginnings(stack: &Stack) -> [String; 2] {
    let region = stack.region.as_deref().unwrap_or_default().replace('-', "");
    [&stack.name, stack.known_name().unwrap_or(&stack.name)].map(|name| format!("{name}{region}"))
}

/// Every value that the CDK's readers bring from other Regions.
pub(super) fn reads(design: &Design) -> Vec<Read<'_>> {
    let mut found = Vec::new();
    for reader in design.of(READER) {
        let names = reader.at("ReaderProps.imports").entries().known().unwrap_or_default();
        found.extend(names.into_iter().map(|(name, _)| Read { reader, name }));
    }
    found
}

/// The stacks that each stack waits for when all are deployed, by their places: those that an assembly names, and
/// those of which it takes values.
pub(super) fn waits(design: &Design) -> Vec<Vec<usize>> {
    let stacks = design.stacks();
    let by_name = names(stacks);
    let by_id: BTreeMap<&str, usize> =
        stacks.iter().map(|stack| (stack.name.as_str(), stack.index)).collect();
    let exporters = exporters(stacks);
    let mut waits: Vec<Vec<usize>> = stacks
        .iter()
        .map(|stack| {
            let said =
                stack.dependencies.iter().filter_map(|name| by_id.get(name.as_str()).copied());
            let taken =
                stack.uses.iter().filter_map(|used| source(stack, used, &by_name, &exporters));
            said.chain(taken).collect()
        })
        .collect();
    let beginnings: Vec<_> = stacks.iter().map(beginnings).collect();
    for read in reads(design) {
        let is_from =
            |names: &[String; 2]| names.iter().any(|name| read.origin().starts_with(name));
        waits[read.reader.stack.index].extend(beginnings.iter().position(is_from));
    }
    for (index, of) in waits.iter_mut().enumerate() {
        of.sort_unstable();
        of.dedup();
        of.retain(|other| *other != index);
    }
    waits
}

type Names<'d> = BTreeMap<(&'d str, &'d str), usize>;

fn names(stacks: &[Stack]) -> Names<'_> {
    let mut found = Names::new();
    for stack in stacks {
        if let (Some(region), Some(name)) = (&stack.region, stack.known_name()) {
            found.insert((region, name), stack.index);
        }
    }
    found
}

fn exporters(stacks: &[Stack]) -> Names<'_> {
    let mut found = Names::new();
    for stack in stacks {
        for output in stack.outputs.values() {
            if let (Some(region), Some(Value::Text(name))) = (&stack.region, &output.export) {
                found.insert((region, name), stack.index);
            }
        }
    }
    found
}

/// The stack of which a value is taken, where it is one of the design.
fn source(stack: &Stack, used: &Use, names: &Names<'_>, exporters: &Names<'_>) -> Option<usize> {
    let own = stack.region.as_deref();
    match &used.taken {
        Taken::Export(Value::Text(name)) => exporters.get(&(own?, name.as_str())).copied(),
        Taken::Output { stack: Value::Text(name), region: None, .. } => {
            names.get(&(own?, name.as_str())).copied()
        }
        Taken::Output { stack: Value::Text(name), region: Some(Value::Text(region)), .. } => {
            names.get(&(region.as_str(), name.as_str())).copied()
        }
        Taken::Export(_) | Taken::Output { .. } => None,
    }
}
