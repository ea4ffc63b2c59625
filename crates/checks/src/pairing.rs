//! Which Regions form the pair, in which home roles, and which stacks and resources do the same work in both.
//!
//! The settings say it, or the stacks themselves suggest it; every conclusion keeps its reason.

mod home;
mod layers;
mod words;

use std::collections::BTreeMap;

use topology::Home;

use self::layers::Layer;
use crate::settings::Settings;
use crate::stack::Stack;
use crate::value::Reference;

/// What belongs together in two Regions.
#[derive(Debug, Default)]
pub struct Pairing {
    regions: Option<[String; 2]>,
    layers: Vec<Layer>,
    counterparts: BTreeMap<Reference, Reference>,
    reasons: Vec<String>,
    roles_are_guessed: bool,
}

impl Pairing {
    /// The pairing that the settings say, or that the stacks suggest.
    pub(crate) fn infer(stacks: &[Stack], settings: &Settings) -> Self {
        let mut reasons = Vec::new();
        let Some((regions, layers)) = pair(stacks, settings, &mut reasons) else {
            return Self { reasons, ..Self::default() };
        };
        let told = home::primary(stacks, &regions, settings, &mut reasons);
        let primary = told.unwrap_or(0);
        let (regions, layers) =
            if primary == 0 { (regions, layers) } else { exchanged(regions, layers) };
        let counterparts =
            layers.iter().flat_map(|layer| layers::counterparts(stacks, layer)).collect();
        Self {
            regions: Some(regions),
            layers,
            counterparts,
            reasons,
            roles_are_guessed: told.is_none(),
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

/// The two Regions that belong together, in no order of roles, and their layers.
fn pair(
    stacks: &[Stack],
    settings: &Settings,
    reasons: &mut Vec<String>,
) -> Option<([String; 2], Vec<Layer>)> {
    let said = Home::BOTH.map(|home| settings.region(home).map(str::to_owned));
    if let [Some(primary), Some(standby)] = said {
        reasons.push(format!("{primary} and {standby} are the pair: the settings say so"));
        let layers = layers::matched(stacks, [&primary, &standby], settings);
        return Some(([primary, standby], layers));
    }
    let mut regions: Vec<&str> =
        stacks.iter().filter_map(|stack| stack.region.as_deref()).collect();
    regions.sort_unstable();
    regions.dedup();
    let mut best: Option<([&str; 2], Vec<Layer>)> = None;
    for (index, first) in regions.iter().enumerate() {
        for second in &regions[index + 1..] {
            let layers = layers::matched(stacks, [first, second], settings);
            if layers.len() > best.as_ref().map_or(0, |(_, layers)| layers.len()) {
                best = Some(([first, second], layers));
            }
        }
    }
    let Some(([first, second], layers)) = best else {
        reasons.push(no_pair(&regions));
        return None;
    };
    let count = layers.len();
    let layered = if count == 1 { "1 layer is".to_owned() } else { format!("{count} layers are") };
    reasons.push(format!("{first} and {second} are the pair: {layered} in both"));
    Some(([first.to_owned(), second.to_owned()], layers))
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

fn exchanged([first, second]: [String; 2], layers: Vec<Layer>) -> ([String; 2], Vec<Layer>) {
    let turned = layers.into_iter().map(|layer| {
        let [first, second] = layer.stacks;
        Layer { stacks: [second, first], ..layer }
    });
    ([second, first], turned.collect())
}
