//! Stacks that are the same layer in two Regions: as the settings say, by name, by what they hold.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::{Candidate, candidates};
use super::free;
use crate::design::Design;

/// The share of equal resource types, in percent, from which two stacks of one name are a layer.
const SHAPE_WITH_NAME: usize = 25;

/// Two stacks that are the same layer, the first Region's first.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub(super) stacks: [usize; 2],
    pub(super) sign: Sign,
    pub(super) reason: String,
}

/// What says that two stacks are a layer, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// They have the same types of resources.
    Shape,
    /// They have the same resources.
    Ids,
    /// They hold members of one global database, or replicas of one table.
    Global,
    /// They have the same name but for roles and Regions.
    Name,
    /// The settings say so.
    Settings,
}

/// Layers by the two Regions that they are in, each in order of the alphabet.
pub(super) type ByRegions<'d> = BTreeMap<[&'d str; 2], Vec<Layer>>;

/// All layers of these Regions: those that the settings say, then by name; what neither says in any two Regions, by
/// what it holds.
pub(super) fn of<'d>(design: &'d Design, regions: &[&str]) -> ByRegions<'d> {
    let candidates = candidates(design, regions);
    let mut found = Found::default();
    for (one, other) in said(design, &candidates) {
        found.add([one, other], Sign::Settings, "the settings say so".to_owned());
    }
    for Named { pair, shape } in named(&candidates) {
        found.add(pair, Sign::Name, reason(pair[0], shape));
    }
    let taken: BTreeSet<usize> = found.taken.iter().map(|(stack, _)| *stack).collect();
    let open = candidates.iter().filter(|candidate| !taken.contains(&candidate.stack.index));
    for (pair, sign, reason) in free::matched(&open.collect::<Vec<_>>()) {
        found.add(pair, sign, reason);
    }
    for layers in found.layers.values_mut() {
        layers.sort_by_key(|layer| layer.stacks);
    }
    found.layers
}

/// Layers found so far.
#[derive(Default)]
struct Found<'d> {
    layers: ByRegions<'d>,
    /// Stacks, each with the Region in which it has its counterpart.
    taken: BTreeSet<(usize, &'d str)>,
}

impl<'d> Found<'d> {
    /// A layer more, unless one of the stacks already has its counterpart in the other's Region.
    fn add(&mut self, mut pair: [&Candidate<'d>; 2], sign: Sign, reason: String) {
        pair.sort_by_key(|candidate| candidate.region);
        let [one, other] = pair;
        let ways = [(one.stack.index, other.region), (other.stack.index, one.region)];
        if ways.iter().any(|way| self.taken.contains(way)) {
            return;
        }
        self.taken.extend(ways);
        let stacks = pair.map(|candidate| candidate.stack.index);
        let layers = self.layers.entry(pair.map(|candidate| candidate.region)).or_default();
        layers.push(Layer { stacks, sign, reason });
    }
}

fn said<'c, 'd>(
    design: &Design,
    candidates: &'c [Candidate<'d>],
) -> Vec<(&'c Candidate<'d>, &'c Candidate<'d>)> {
    let called = |name: &str| {
        let is_called = move |candidate: &&Candidate<'_>| {
            candidate.stack.name == name || candidate.stack.stack_name == name
        };
        candidates.iter().filter(is_called).collect::<Vec<_>>()
    };
    let layers = design.settings().layers.iter();
    let pairs = layers.flat_map(|(primary, standby)| {
        let standby = called(standby);
        let with_all = move |one| standby.clone().into_iter().map(move |other| (one, other));
        called(primary).into_iter().flat_map(with_all)
    });
    pairs.filter(|(one, other)| one.region != other.region).collect()
}

/// Two stacks of one name, and how alike their types are, in percent.
struct Named<'c, 'd> {
    pair: [&'c Candidate<'d>; 2],
    shape: usize,
}

/// Pairs of stacks with one name in different Regions, the most alike first.
fn named<'c, 'd>(candidates: &'c [Candidate<'d>]) -> Vec<Named<'c, 'd>> {
    let mut by_name: BTreeMap<&str, Vec<&Candidate<'d>>> = BTreeMap::new();
    for candidate in candidates {
        by_name.entry(&candidate.name).or_default().push(candidate);
    }
    let mut found = Vec::new();
    for same in by_name.values() {
        for (index, one) in same.iter().enumerate() {
            let others = same[index + 1..].iter().filter(|other| other.region != one.region);
            found.extend(others.filter_map(|other| alike([one, other])));
        }
    }
    found.sort_by_key(|named| {
        (std::cmp::Reverse(named.shape), named.pair.map(|candidate| candidate.stack.index))
    });
    found
}

fn alike<'c, 'd>(pair: [&'c Candidate<'d>; 2]) -> Option<Named<'c, 'd>> {
    let [one, other] = pair;
    let shape = one.shape_percent(other);
    let is_empty = one.kinds.is_empty() || other.kinds.is_empty();
    (shape >= SHAPE_WITH_NAME || is_empty).then_some(Named { pair, shape })
}

fn reason(one: &Candidate<'_>, shape: usize) -> String {
    let names = if one.name.is_empty() {
        "their names say only their Regions".to_owned()
    } else {
        format!("both are `{}`", one.name)
    };
    format!("{names}, and {shape} % of their resource types are the same")
}

impl Layer {
    /// The same layer with the other Region's stack first.
    pub(super) fn turned(self) -> Self {
        let [first, second] = self.stacks;
        Self { stacks: [second, first], ..self }
    }
}
