//! Findings that say the same of many places, as one.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::{Finding, Spot};

/// What is said of one or more places.
pub(super) struct Fold<'r> {
    /// The first of the findings, which says what all of them say.
    pub(super) first: &'r Finding,
    /// The places, in order.
    pub(super) spots: Vec<&'r Spot>,
    /// Other places that have part in it, each once, in order.
    pub(super) related: Vec<&'r Spot>,
}

/// The findings with those that say the same as one, in the order of the first of each.
pub(super) fn folds(findings: &[Finding]) -> Vec<Fold<'_>> {
    let mut folds: Vec<Fold<'_>> = Vec::new();
    let mut places = BTreeMap::new();
    for finding in findings {
        let said = (finding.rule, &finding.found, &finding.change, &finding.note);
        let place = *places.entry(said).or_insert_with(|| {
            folds.push(Fold { first: finding, spots: Vec::new(), related: Vec::new() });
            folds.len() - 1
        });
        let fold = &mut folds[place];
        fold.spots.push(&finding.spot);
        fold.related.extend(&finding.related);
    }
    for fold in &mut folds {
        fold.related.sort();
        fold.related.dedup();
        let spots: BTreeSet<&Spot> = fold.spots.iter().copied().collect();
        fold.related.retain(|spot| !spots.contains(spot));
    }
    folds
}
