//! The two Regions that belong together, as the settings say, or as their layers suggest.

use std::collections::BTreeSet;

use topology::Home;

use super::layers::{self, Layer, Sign};
use crate::design::Design;

/// Two Regions that belong together, in no order of roles.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) regions: [String; 2],
    pub(super) layers: Vec<Layer>,
    pub(super) reason: String,
    /// Regions that look like a pair too.
    pub(super) others: Vec<Other>,
}

/// Two Regions that look like a pair too, and are not judged as one.
#[derive(Debug, Clone)]
pub(super) struct Other {
    pub(super) regions: [String; 2],
    /// Their stacks that are not in the pair that is judged.
    pub(super) stacks: Vec<usize>,
}

impl Other {
    /// That they are not judged, and what to do.
    pub(super) fn told(&self) -> String {
        let [first, second] = &self.regions;
        format!("{first} and {second} look like another pair: check it by itself with `[regions]`")
    }
}

/// The pair of a design, or why there is none.
pub(super) fn found(design: &Design) -> Result<Pair, String> {
    let settings = design.settings();
    if let [Some(primary), Some(standby)] = Home::BOTH.map(|home| settings.region(home)) {
        return Ok(said([primary, standby], design));
    }
    let regions: BTreeSet<&str> =
        design.stacks().iter().filter_map(|stack| stack.region.as_deref()).collect();
    let regions: Vec<&str> = regions.into_iter().collect();
    let mut pairs: Vec<_> = layers::of(design, &regions).into_iter().collect();
    // The order of the alphabet stays among those that are equally strong.
    pairs.sort_by_key(|(_, layers)| std::cmp::Reverse(strength(layers)));
    let mut pairs = pairs.into_iter();
    let Some((pair, layers)) = pairs.next() else { return Err(no_pair(&regions)) };
    let others = pairs.filter(|(other, others)| {
        let is_apart = !other.iter().any(|region| pair.contains(region));
        is_apart || strength(others) == strength(&layers)
    });
    let others = others.map(|(other, others)| {
        let stacks = others.iter().flat_map(|layer| layer.stacks);
        let elsewhere = stacks.filter(|index| {
            let region = design.stacks()[*index].region.as_deref();
            region.is_some_and(|region| !pair.contains(&region))
        });
        Other { regions: other.map(str::to_owned), stacks: elsewhere.collect() }
    });
    let others = others.collect();
    let [first, second] = pair;
    let count = layers.len();
    let layered = if count == 1 { "1 layer is".to_owned() } else { format!("{count} layers are") };
    let reason = format!("{first} and {second} are the pair: {layered} in both");
    Ok(Pair { regions: pair.map(str::to_owned), layers, reason, others })
}

fn said(regions: [&str; 2], design: &Design) -> Pair {
    let [primary, standby] = regions;
    let mut layers: Vec<Layer> =
        layers::of(design, &regions).into_values().next().unwrap_or_default();
    if primary > standby {
        layers = layers.into_iter().map(Layer::turned).collect();
    }
    Pair {
        regions: regions.map(str::to_owned),
        layers,
        reason: format!("{primary} and {standby} are the pair: the settings say so"),
        others: Vec::new(),
    }
}

/// Layers by the surest signs, by all but the shape, and all.
fn strength(layers: &[Layer]) -> [usize; 3] {
    let from = |sign| layers.iter().filter(|layer| layer.sign >= sign).count();
    [from(Sign::Name), from(Sign::Ids), layers.len()]
}

fn no_pair(regions: &[&str]) -> String {
    match regions {
        [] => "there is no pair: the Region of no template is known".to_owned(),
        [one] => format!("there is no pair: everything is in {one}"),
        several => {
            format!("there is no pair: no two stacks of {} do the same work", several.join(", "))
        }
    }
}
