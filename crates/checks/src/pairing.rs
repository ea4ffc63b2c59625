//! Which Regions form the pair, in which home roles, and which stacks and resources do the same work in both.
//!
//! The settings say it, or the stacks themselves suggest it; every conclusion keeps its reason.

mod candidate;
mod counterparts;
mod faults;
mod free;
mod home;
mod layers;
mod pairs;
mod words;

use std::collections::BTreeMap;

use topology::Home;

use self::layers::Layer;
use self::pairs::{Other, Pair};
use crate::design::Design;
use crate::stack::Stack;
use crate::value::Reference;

/// What belongs together in two Regions.
#[derive(Debug, Clone, Default)]
pub struct Pairing {
    regions: Option<[String; 2]>,
    layers: Vec<Layer>,
    counterparts: BTreeMap<Reference, Reference>,
    reasons: Vec<String>,
    others: Vec<Other>,
    faults: Vec<String>,
    roles_are_guessed: bool,
}

impl Pairing {
    /// The Regions and layers that the settings say, or that the stacks suggest; which Region has which home role is
    /// not asked yet.
    pub(crate) fn infer(design: &Design) -> Self {
        match pairs::found(design) {
            Err(reason) => {
                Self { reasons: vec![reason], faults: faults::of(design, None), ..Self::default() }
            }
            Ok(Pair { regions, layers, reason, others }) => {
                let stacks = design.stacks();
                let counterparts = layers.iter().flat_map(|layer| counterparts::of(stacks, layer));
                let others_told = others.iter().map(Other::told);
                Self {
                    counterparts: counterparts.collect(),
                    reasons: std::iter::once(reason).chain(others_told).collect(),
                    faults: faults::of(design, Some(&regions)),
                    regions: Some(regions),
                    layers,
                    others,
                    roles_are_guessed: true,
                }
            }
        }
    }

    /// The same with the home roles that the settings or the templates say. The design knows already which Regions are
    /// the pair.
    pub(crate) fn with_roles(&self, design: &Design) -> Self {
        let Some(regions) = &self.regions else { return self.clone() };
        let (primary, why) = home::primary(design, regions);
        let pairing = if primary == Some(1) { self.turned() } else { self.clone() };
        let mut reasons = pairing.reasons;
        reasons.push(why);
        Self { reasons, roles_are_guessed: primary.is_none(), ..pairing }
    }

    /// The same with the home roles exchanged.
    pub(crate) fn turned(&self) -> Self {
        let turned = self.clone();
        let exchanged = |[first, second]: [String; 2]| [second, first];
        Self {
            regions: turned.regions.map(exchanged),
            layers: turned.layers.into_iter().map(Layer::turned).collect(),
            ..turned
        }
    }

    /// The Region of a home role; `None` where there is no pair.
    #[must_use]
    pub fn region(&self, home: Home) -> Option<&str> {
        self.regions.as_ref().map(|[primary, standby]| match home {
            Home::Primary => primary.as_str(),
            Home::Standby => standby.as_str(),
        })
    }

    /// The home role of a Region; `None` outside of the pair.
    #[must_use]
    pub fn home(&self, region: &str) -> Option<Home> {
        Home::BOTH.into_iter().find(|home| self.region(*home) == Some(region))
    }

    /// The resource of the other Region that does the same work.
    pub(crate) fn counterpart(&self, resource: &Reference) -> Option<&Reference> {
        self.counterparts.get(resource)
    }

    /// The stack of the other Region that is the same layer, by place.
    #[must_use]
    pub fn other_stack(&self, stack: usize) -> Option<usize> {
        self.layers.iter().find_map(|layer| match layer.stacks {
            [primary, standby] if primary == stack => Some(standby),
            [primary, standby] if standby == stack => Some(primary),
            _ => None,
        })
    }

    /// Whether the home roles are a guess, because neither the settings nor the templates say them.
    #[must_use]
    pub fn roles_are_guessed(&self) -> bool {
        self.roles_are_guessed
    }

    /// What the settings say of Regions and stacks that are not there: a fragment for each, without the full stop.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Stacks that look like a part of another pair, by place, and what is told of each.
    pub(crate) fn not_judged(&self) -> impl Iterator<Item = (usize, String)> {
        self.others.iter().flat_map(|other| other.stacks.iter().map(|stack| (*stack, other.told())))
    }

    /// The pairing in words, one line for each conclusion with its reason.
    #[must_use]
    pub fn explained(&self, stacks: &[Stack]) -> Vec<String> {
        let mut lines = self.reasons.clone();
        for layer in &self.layers {
            let [primary, standby] = layer.stacks.map(|index| stacks[index].name.as_str());
            lines.push(format!("`{primary}` and `{standby}` are one layer: {}", layer.reason));
        }
        let is_paired =
            |stack: &&Stack| self.layers.iter().any(|layer| layer.stacks.contains(&stack.index));
        for stack in stacks.iter().filter(|stack| !is_paired(stack)) {
            let region = stack.region.as_deref().unwrap_or("an unknown Region");
            lines.push(format!("`{}` in {region} has no counterpart", stack.name));
        }
        lines
    }
}
