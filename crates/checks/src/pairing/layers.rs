//! Stacks that are the same layer in two Regions, and the resources in them that do the same work.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::settings::Settings;
use crate::stack::{Declared, Stack};
use crate::value::Reference;

/// Shares of equal resource types, in percent, from which two stacks are a layer.
const SHAPE_WITH_NAME: u32 = 25;
const SHAPE_ALONE: u32 = 90;
/// Resources from which a shape alone says something.
const RESOURCES_MIN: usize = 4;

/// Two stacks that are the same layer, the first Region's first.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) stacks: [usize; 2],
    pub(super) reason: String,
}

/// The layers of two Regions: those that the settings say, then the most alike.
pub(super) fn matched(stacks: &[Stack], regions: [&str; 2], settings: &Settings) -> Vec<Layer> {
    let [first, second] = regions.map(|region| of_region(stacks, region));
    let mut layers = said(&first, &second, settings);
    let mut likely: Vec<(u32, usize, usize, String)> = Vec::new();
    for left in &first {
        for right in &second {
            if let Some((score, reason)) = alike(left, right) {
                likely.push((score, left.stack.index, right.stack.index, reason));
            }
        }
    }
    likely.sort_by(|left, right| {
        right.0.cmp(&left.0).then((left.1, left.2).cmp(&(right.1, right.2)))
    });
    let mut taken: BTreeSet<usize> = layers.iter().flat_map(|layer| layer.stacks).collect();
    for (_, left, right, reason) in likely {
        if !taken.contains(&left) && !taken.contains(&right) {
            taken.extend([left, right]);
            layers.push(Layer { stacks: [left, right], reason });
        }
    }
    layers.sort_by_key(|layer| layer.stacks);
    layers
}

/// A stack with what it is compared by.
struct Candidate<'s> {
    stack: &'s Stack,
    name: String,
    shape: BTreeMap<&'s str, u32>,
}

fn of_region<'s>(stacks: &'s [Stack], region: &str) -> Vec<Candidate<'s>> {
    let here = stacks.iter().filter(|stack| stack.region.as_deref() == Some(region));
    here.map(|stack| {
        let mut shape = BTreeMap::new();
        for resource in stack.resources.values() {
            *shape.entry(resource.kind.as_str()).or_insert(0) += 1;
        }
        Candidate { stack, name: words::neutral(&stack.name, region), shape }
    })
    .collect()
}

fn said(first: &[Candidate<'_>], second: &[Candidate<'_>], settings: &Settings) -> Vec<Layer> {
    let find = |candidates: &[Candidate<'_>], name: &str| {
        let named = |candidate: &&Candidate<'_>| {
            [&candidate.stack.name, &candidate.stack.stack_name].contains(&&name.to_owned())
        };
        candidates.iter().find(named).map(|candidate| candidate.stack.index)
    };
    let both = |left: &str, right: &str| Some([find(first, left)?, find(second, right)?]);
    let layers = settings.layers.iter().filter_map(|(left, right)| {
        let turned = || both(right, left);
        Some(Layer {
            stacks: both(left, right).or_else(turned)?,
            reason: "the settings say so".to_owned(),
        })
    });
    layers.collect()
}

/// How alike two stacks are, and why, where they are enough.
fn alike(left: &Candidate<'_>, right: &Candidate<'_>) -> Option<(u32, String)> {
    let shape = shared_percent(&left.shape, &right.shape);
    let resources = left.stack.resources.len().min(right.stack.resources.len());
    if left.name == right.name && (shape >= SHAPE_WITH_NAME || resources == 0) {
        let reason = if left.name.is_empty() {
            format!(
                "their names say only their Regions, and {shape} % of their resource types are the same"
            )
        } else {
            format!("both are `{}`, and {shape} % of their resource types are the same", left.name)
        };
        return Some((100 + shape, reason));
    }
    let enough = shape >= SHAPE_ALONE && resources >= RESOURCES_MIN;
    enough.then(|| (shape, format!("{shape} % of their resource types are the same")))
}

/// How much of two shapes is the same, in percent.
fn shared_percent(left: &BTreeMap<&str, u32>, right: &BTreeMap<&str, u32>) -> u32 {
    let kinds: BTreeSet<&str> = left.keys().chain(right.keys()).copied().collect();
    let of = |shape: &BTreeMap<&str, u32>, kind| shape.get(kind).copied().unwrap_or_default();
    let (mut shared, mut total) = (0, 0);
    for kind in kinds {
        shared += of(left, kind).min(of(right, kind));
        total += of(left, kind).max(of(right, kind));
    }
    (shared * 100).checked_div(total).unwrap_or_default()
}

/// The resources of a layer that do the same work, each way: first those of equal logical ids, then of equal ids
/// but for words of roles and Regions and the CDK's hash, then the only ones left of their type.
pub(super) fn counterparts(stacks: &[Stack], layer: &Layer) -> Vec<(Reference, Reference)> {
    let [left, right] = layer.stacks.map(|index| &stacks[index]);
    let mut open = [left, right].map(|stack| stack.resources.values().collect::<Vec<_>>());
    let mut found = Vec::new();
    let only = |resource: &Declared, _: &str| resource.kind.clone();
    let plain = |resource: &Declared, _: &str| format!("{} {}", resource.kind, resource.id);
    for key in [plain, neutral, only] {
        let regions = [left, right].map(|stack| stack.region.as_deref().unwrap_or_default());
        for [one, other] in unique_pairs(&open, regions, key) {
            found.push((reference(left, one), reference(right, other)));
            found.push((reference(right, other), reference(left, one)));
            open[0].retain(|resource| resource.id != one.id);
            open[1].retain(|resource| resource.id != other.id);
        }
    }
    found
}

fn neutral(resource: &Declared, region: &str) -> String {
    format!("{} {}", resource.kind, words::neutral(without_hash(&resource.id), region))
}

/// A logical id without the eight hexadecimal digits that the CDK appends.
fn without_hash(id: &str) -> &str {
    match id.len().checked_sub(8).and_then(|at| id.split_at_checked(at)) {
        Some((name, hash))
            if hash.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)) =>
        {
            name
        }
        _ => id,
    }
}

/// Pairs of resources whose key stands once on each side.
fn unique_pairs<'s>(
    open: &[Vec<&'s Declared>; 2],
    regions: [&str; 2],
    key: fn(&Declared, &str) -> String,
) -> Vec<[&'s Declared; 2]> {
    let index = |side: usize| {
        let mut by_key: BTreeMap<String, Vec<&'s Declared>> = BTreeMap::new();
        for resource in &open[side] {
            by_key.entry(key(resource, regions[side])).or_default().push(resource);
        }
        by_key
    };
    let right = index(1);
    let pairs = index(0).into_iter().filter_map(|(key, left)| {
        match (left.as_slice(), right.get(&key)?.as_slice()) {
            ([one], [other]) => Some([*one, *other]),
            _ => None,
        }
    });
    pairs.collect()
}

fn reference(stack: &Stack, resource: &Declared) -> Reference {
    Reference { stack: stack.index, resource: resource.id.clone(), attribute: None }
}
