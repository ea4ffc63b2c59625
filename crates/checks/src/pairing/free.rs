//! Layers among stacks that no name and no settings bring together: by what they hold.
//!
//! A stack is matched only where one other is more like it than all the rest, and the other way round.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::layers::Sign;

/// The share of equal resource types, in percent, from which two stacks are a layer.
const SHAPE: usize = 90;
/// The share of equal resources, in percent, from which two stacks are a layer.
const IDS: usize = 60;
/// Resources from which a share says something.
const RESOURCES_MIN: usize = 4;

/// Two stacks that are a layer, what says so, and in words.
type Match<'c, 'd> = ([&'c Candidate<'d>; 2], Sign, String);

/// How alike two stacks are: by what, and how much in percent.
type Likeness = (Sign, usize);

/// The matches among these stacks in different Regions.
pub(super) fn matched<'c, 'd>(candidates: &[&'c Candidate<'d>]) -> Vec<Match<'c, 'd>> {
    let groups = groups(candidates);
    let mut best: Vec<Best> = vec![Best::default(); groups.len()];
    for (one, left) in groups.iter().enumerate() {
        // They are sorted by size, and what differs much in size is not alike; a global database is, whatever the size.
        for (other, right) in groups.iter().enumerate().skip(one + 1) {
            let is_near = right[0].ids.len() * IDS <= left[0].ids.len() * 100;
            if !is_near && left[0].globals.is_empty() {
                break;
            }
            if let Some(likeness) = likeness(left[0], right[0]) {
                best[one].take(likeness, other, right.len());
                best[other].take(likeness, one, left.len());
            }
        }
    }
    let mutual = best.iter().enumerate().filter_map(|(one, found)| {
        let (likeness, other) = found.only()?;
        let back = best[other].only()?;
        (one < other && back.1 == one).then(|| {
            let pair = [groups[one][0], groups[other][0]];
            (pair, likeness.0, reason(pair, likeness))
        })
    });
    mutual.collect()
}

/// The stacks that cannot be told apart by what they hold, together; sorted by how many resources they have.
fn groups<'c, 'd>(candidates: &[&'c Candidate<'d>]) -> Vec<Vec<&'c Candidate<'d>>> {
    let mut groups: BTreeMap<_, Vec<&'c Candidate<'d>>> = BTreeMap::new();
    for candidate in candidates {
        let same = (
            candidate.ids.len(),
            candidate.region,
            &candidate.stage,
            &candidate.globals,
            &candidate.ids,
        );
        groups.entry(same).or_default().push(*candidate);
    }
    groups.into_values().collect()
}

/// The most alike group, and how many stacks are as much alike.
#[derive(Debug, Clone, Default)]
struct Best {
    found: Option<(Likeness, usize)>,
    stacks: usize,
}

impl Best {
    fn take(&mut self, likeness: Likeness, group: usize, stacks: usize) {
        match self.found.map_or(Ordering::Greater, |(before, _)| likeness.cmp(&before)) {
            Ordering::Greater => *self = Self { found: Some((likeness, group)), stacks },
            Ordering::Equal => self.stacks += stacks,
            Ordering::Less => {}
        }
    }

    /// What is most alike, where it is one stack only.
    fn only(&self) -> Option<(Likeness, usize)> {
        self.found.filter(|_| self.stacks == 1)
    }
}

fn likeness(left: &Candidate<'_>, right: &Candidate<'_>) -> Option<Likeness> {
    let is_other_stage = left.stage.is_some() && right.stage.is_some() && left.stage != right.stage;
    if left.region == right.region || is_other_stage {
        return None;
    }
    let shape = left.shape_percent(right);
    if !left.globals.is_disjoint(&right.globals) {
        return Some((Sign::Global, shape));
    }
    let ids = left.same_ids(right);
    let share = ids_percent(ids, [left, right]);
    if ids >= RESOURCES_MIN && share >= IDS {
        return Some((Sign::Ids, share));
    }
    let resources = left.kinds.len().min(right.kinds.len());
    (resources >= RESOURCES_MIN && shape >= SHAPE).then_some((Sign::Shape, shape))
}

fn ids_percent(same: usize, pair: [&Candidate<'_>; 2]) -> usize {
    let [left, right] = pair.map(|candidate| candidate.ids.len());
    (same * 100).checked_div(left.max(right)).unwrap_or_default()
}

fn reason(pair: [&Candidate<'_>; 2], (sign, percent): Likeness) -> String {
    let [left, right] = pair;
    match (sign, left.globals.intersection(&right.globals).next()) {
        (Sign::Global, Some(shared)) => format!("both {shared}"),
        (Sign::Ids, _) => format!("{percent} % of their resources have the same logical ids"),
        _ => format!("{percent} % of their resource types are the same"),
    }
}
