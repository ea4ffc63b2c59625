//! The whole answer about a design: findings, what was allowed, what could not be judged.

use std::collections::BTreeMap;

use crate::baseline::Fingerprint;
use crate::place::Place;
use crate::recovery_time::RecoveryTime;
use crate::rule::{Consequence, Severity};
use crate::settings::Allowance;

/// A breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it costs, and when.
    pub consequence: Consequence,
    /// How bad it is.
    pub severity: Severity,
    /// The rule's code.
    pub rule: &'static str,
    /// Where it is.
    pub spot: Spot,
    /// What is there: a fragment without the full stop.
    pub found: String,
    /// Why it hurts when a Region is lost.
    pub why: String,
    /// The exact change: a fragment without the full stop.
    pub change: String,
    /// Other places that have part in it.
    pub related: Vec<Spot>,
    /// What else is to be said of it, such as that its allowance has ended.
    pub note: Option<String>,
}

/// Something that a rule could not judge before deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unjudged {
    /// The rule's code.
    pub rule: &'static str,
    /// Where it is.
    pub spot: Spot,
    /// Why it is not known.
    pub why: String,
}

/// Something that no rule could see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unseen {
    /// Where it is.
    pub spot: Spot,
    /// Why it is not seen.
    pub why: String,
}

/// A place by name, for a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The stack's name for people.
    pub stack: String,
    /// Its Region; empty where it is not known.
    pub region: String,
    /// The template's file.
    pub file: String,
    /// The resource's logical id; empty for the stack itself.
    pub resource: String,
    /// The resource's type; empty for the stack itself.
    pub kind: String,
    /// The resource's path in a CDK app.
    pub construct_path: Option<String>,
    /// The property, such as `Rules[0].Status`; empty for all of it.
    pub property: String,
}

impl Spot {
    pub(crate) fn of(place: &Place<'_>) -> Self {
        Self {
            stack: place.stack.name.clone(),
            region: place.stack.region.clone().unwrap_or_default(),
            file: place.stack.file.clone(),
            resource: place.resource.map(|resource| resource.id.clone()).unwrap_or_default(),
            kind: place.resource.map(|resource| resource.kind.clone()).unwrap_or_default(),
            construct_path: place.resource.and_then(|resource| resource.construct_path.clone()),
            property: place.path.clone(),
        }
    }
}

/// The whole answer.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The Regions of the pair, the home primary first; `None` where there is no pair.
    pub regions: Option<[String; 2]>,
    /// Whether nothing says which of them is the home primary, so that what rests on it was not judged.
    pub roles_are_guessed: bool,
    /// Breaches that count, sorted by consequence, severity, rule and place.
    pub findings: Vec<Finding>,
    /// Breaches that do not count because the user allows them, in the same order, each with what allows it.
    pub allowed: Vec<(Finding, Allowance)>,
    /// Allowances that allow nothing, though their rules were judged.
    pub unused: Vec<Allowance>,
    /// Breaches that do not count because a baseline has them, in the same order.
    pub known: Vec<Finding>,
    /// Breaches that a baseline has and that are gone, and how many of each.
    pub gone: BTreeMap<Fingerprint, u32>,
    /// What could not be judged, sorted by rule and place.
    pub unjudged: Vec<Unjudged>,
    /// What no rule could see: resources that may not be created, macros, and stacks of another pair.
    pub unseen: Vec<Unseen>,
    /// How long a takeover takes at least, where there is a pair.
    pub recovery_time: Option<RecoveryTime>,
    /// How many things each rule looked at, by code; a rule of the pair is not here where there is no pair.
    pub subjects: BTreeMap<&'static str, usize>,
}

impl Report {
    /// How many findings of this severity count.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Every place that it names, some more than once.
    pub fn spots(&self) -> impl Iterator<Item = &Spot> {
        let allowed = self.allowed.iter().map(|(finding, _)| finding);
        let findings = self.findings.iter().chain(&self.known).chain(allowed);
        findings
            .flat_map(|finding| std::iter::once(&finding.spot).chain(&finding.related))
            .chain(self.unjudged.iter().map(|unjudged| &unjudged.spot))
            .chain(self.unseen.iter().map(|unseen| &unseen.spot))
    }
}
