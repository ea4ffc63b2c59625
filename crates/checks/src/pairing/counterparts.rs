//! The resources of a layer that do the same work in both Regions.

use std::collections::{BTreeMap, BTreeSet};

use super::layers::Layer;
use super::words;
use crate::stack::{Declared, Stack};
use crate::value::Reference;

/// What two resources are compared by, with the Region of theirs; `None` for what is not compared so.
type Key<'k> = &'k dyn Fn(&Declared, &str) -> Option<String>;

/// The resources of a layer that do the same work, each way: first those of equal logical ids, then of equal ids
/// but for words of roles and Regions and the CDK's hash, then the only ones of their type.
pub(super) fn of(stacks: &[Stack], layer: &Layer) -> Vec<(Reference, Reference)> {
    let [left, right] = layer.stacks.map(|index| &stacks[index]);
    let mut open = [left, right].map(|stack| stack.resources.values().collect::<Vec<_>>());
    let regions = [left, right].map(|stack| stack.region.as_deref().unwrap_or_default());
    let single = singles([left, right]);
    let plain = |resource: &Declared, _: &str| Some(format!("{} {}", resource.kind, resource.id));
    let only = |resource: &Declared, _: &str| {
        single.contains(resource.kind.as_str()).then(|| resource.kind.clone())
    };
    let keys: [Key<'_>; 3] = [&plain, &neutral, &only];
    let mut found = Vec::new();
    for key in keys {
        let pairs = unique_pairs(&open, regions, key);
        for [one, other] in &pairs {
            found.push((reference(left, one), reference(right, other)));
            found.push((reference(right, other), reference(left, one)));
        }
        for (side, open) in open.iter_mut().enumerate() {
            let taken: BTreeSet<&str> = pairs.iter().map(|pair| pair[side].id.as_str()).collect();
            open.retain(|resource| !taken.contains(resource.id.as_str()));
        }
    }
    found
}

/// Types of which both stacks have exactly one resource.
fn singles<'s>(stacks: [&'s Stack; 2]) -> BTreeSet<&'s str> {
    let [left, right] = stacks.map(|stack| {
        let mut counts: BTreeMap<&'s str, usize> = BTreeMap::new();
        for resource in stack.resources.values() {
            *counts.entry(resource.kind.as_str()).or_default() += 1;
        }
        counts.retain(|_, count| *count == 1);
        counts
    });
    left.into_keys().filter(|kind| right.contains_key(kind)).collect()
}

fn neutral(resource: &Declared, region: &str) -> Option<String> {
    Some(format!("{} {}", resource.kind, words::neutral(without_hash(&resource.id), region)))
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
    key: Key<'_>,
) -> Vec<[&'s Declared; 2]> {
    let index = |side: usize| {
        let mut by_key: BTreeMap<String, Vec<&'s Declared>> = BTreeMap::new();
        for resource in &open[side] {
            if let Some(key) = key(resource, regions[side]) {
                by_key.entry(key).or_default().push(resource);
            }
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
