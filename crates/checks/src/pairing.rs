//! Which Regions form the pair, in which home roles, and which stacks and resources do the same work in both.

use std::collections::BTreeMap;

use topology::Home;

use crate::settings::Settings;
use crate::stack::Stack;
use crate::value::Reference;

/// What belongs together in two Regions.
#[derive(Debug, Default)]
pub struct Pairing {
    regions: Option<[String; 2]>,
    counterparts: BTreeMap<Reference, Reference>,
    reasons: Vec<String>,
}

impl Pairing {
    /// The pairing that the stacks themselves suggest, where the settings do not say it.
    pub(crate) fn infer(stacks: &[Stack], settings: &Settings) -> Self {
        let regions: std::collections::BTreeSet<&str> =
            stacks.iter().filter_map(|stack| stack.region.as_deref()).collect();
        let said = Home::BOTH.map(|home| settings.region(home).map(str::to_owned));
        let regions = match (said, regions.into_iter().collect::<Vec<_>>().as_slice()) {
            ([Some(primary), Some(standby)], _) => Some([primary, standby]),
            (_, [first, second]) => Some([(*first).to_owned(), (*second).to_owned()]),
            _ => None,
        };
        let pairing = Self { regions, ..Self::default() };
        Self { counterparts: pairing.matched(stacks), ..pairing }
    }

    /// Resources of the same logical id in two stacks of the pair do the same work.
    fn matched(&self, stacks: &[Stack]) -> BTreeMap<Reference, Reference> {
        let mut matched = BTreeMap::new();
        for left in stacks {
            for right in stacks.iter().filter(|right| self.are_pair(left, right)) {
                for id in left.resources.keys().filter(|id| right.resources.contains_key(*id)) {
                    let of = |stack: &Stack| Reference {
                        stack: stack.index,
                        resource: id.clone(),
                        attribute: None,
                    };
                    matched.insert(of(left), of(right));
                }
            }
        }
        matched
    }

    fn are_pair(&self, left: &Stack, right: &Stack) -> bool {
        let home = |stack: &Stack| stack.region.as_deref().and_then(|region| self.home(region));
        home(left).is_some() && home(left).map(Home::other) == home(right)
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

    /// Why it is so, one sentence for each conclusion.
    #[must_use]
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }
}
