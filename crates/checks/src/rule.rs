//! What a rule is: a code, how bad its breach is, what is lost by it, its page, and the function that judges.
//!
//! The rules themselves are in `rules`, one file each.

use std::fmt;

use crate::design::Design;
use crate::judge::Judge;

/// How bad a breach is, in the order in which people should care (rulebook, section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Recovery fails, data is lost or corrupted, or the template cannot be deployed.
    Blocker,
    /// Recovery is much slower, partly manual, or unproven.
    Error,
    /// A known trap, a cost, or a gap in the evidence.
    Warning,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::Blocker, Self::Error, Self::Warning];

    /// The word in every output, such as `blocker`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocker => "blocker",
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a breach costs and when: the headings of the report, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consequence {
    /// Payments or records are gone after the Region is.
    DataLost,
    /// Two Regions take money, or somebody is charged twice.
    TwoWriters,
    /// The other Region cannot take over.
    NoTakeover,
    /// Taking over is slow, or waits for a person.
    SlowTakeover,
    /// Nobody is told, or the wrong thing is shown.
    Unseen,
    /// After a takeover there is no way home, or no protection against a second loss.
    NoWayHome,
    /// Data or keys are exposed, or the other Region is the weaker door.
    Exposed,
    /// The pair cannot be deployed, or a deployment harms it.
    NotDeployable,
}

impl Consequence {
    /// All of them, the gravest first.
    pub const ALL: [Self; 8] = [
        Self::DataLost,
        Self::TwoWriters,
        Self::NoTakeover,
        Self::SlowTakeover,
        Self::Unseen,
        Self::NoWayHome,
        Self::Exposed,
        Self::NotDeployable,
    ];

    /// The word in machine-readable output, such as `data-lost`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DataLost => "data-lost",
            Self::TwoWriters => "two-writers",
            Self::NoTakeover => "no-takeover",
            Self::SlowTakeover => "slow-takeover",
            Self::Unseen => "unseen",
            Self::NoWayHome => "no-way-home",
            Self::Exposed => "exposed",
            Self::NotDeployable => "not-deployable",
        }
    }

    /// What is lost and when, as a heading.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::DataLost => "When the Region is lost, payments or records are lost with it",
            Self::TwoWriters => "In the takeover two Regions write, or somebody is charged twice",
            Self::NoTakeover => "When the Region is lost, the other one cannot take over",
            Self::SlowTakeover => {
                "When the Region is lost, taking over is slow or waits for a person"
            }
            Self::Unseen => "Before and during the loss nobody is told, or told wrong",
            Self::NoWayHome => {
                "After the takeover there is no way home, or nothing guards against the next loss"
            }
            Self::Exposed => {
                "On any day data or keys are exposed, or one Region is the weaker door"
            }
            Self::NotDeployable => "At deployment the pair is refused, or a deployment harms it",
        }
    }
}

/// On what a rule rests (rulebook, section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The vendor's page says so.
    Documented,
    /// The resource schema or API model says so.
    Schema,
    /// A public thread reports it.
    Reported,
    /// It was tried with the released tool.
    Tried,
    /// It follows from cited facts.
    Derived,
}

impl Evidence {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Documented => "the vendor's documentation",
            Self::Schema => "the resource schemas",
            Self::Reported => "public reports",
            Self::Tried => "a trial with the released tool",
            Self::Derived => "our conclusion from documented facts",
        }
    }
}

/// What a rule needs to be judged at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One template is enough.
    Template,
    /// Both Regions of a pair must be there; a template of one Region alone cannot break it.
    Pair,
}

/// A rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its code in the disaster-recovery rules, such as `r53-stop-pattern`.
    pub code: &'static str,
    /// How bad a breach is.
    pub severity: Severity,
    /// What a breach costs, and when.
    pub consequence: Consequence,
    /// On what it rests.
    pub evidence: Evidence,
    /// What it needs to be judged.
    pub scope: Scope,
    /// Its page in Markdown, one line each, without a heading of the first level: the rule in one paragraph, then
    /// the sections `What is checked`, `Why it hurts`, `What to change` and `Source`.
    pub page: &'static [&'static str],
    /// Why a breach hurts in the loss of a Region: one sentence without the full stop.
    pub why: &'static str,
    /// Judges a design.
    pub(crate) check: fn(&Design, &mut Judge<'_>),
}

impl Rule {
    /// The rule in one sentence: the first paragraph of its page.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines = self.page.iter().map(|line| line.trim());
        lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// A rule that no template can show to be kept; `explain` says where it is checked instead.
#[derive(Debug, Clone, Copy)]
pub struct RunTime {
    /// Its code in the disaster-recovery rules, such as `aurora-stop-writes-first`.
    pub code: &'static str,
    /// How bad a breach is.
    pub severity: Severity,
    /// The rule in one or two sentences.
    pub rule: &'static str,
    /// Why a breach hurts: one sentence.
    pub why: &'static str,
    /// How it is checked instead, and by what: one sentence.
    pub checked: &'static str,
    /// The page that it rests on.
    pub source: &'static str,
}

/// Declares the rule of a file. The doc comment is its page: what `explain` prints and `docs/rules` holds.
macro_rules! rule {
    (
        $(#[doc = $line:literal])+
        $code:literal: $severity:ident, $consequence:ident, $evidence:ident, $scope:ident;
        why: $why:literal;
        $check:ident
    ) => {
        pub(super) const RULE: $crate::rule::Rule = $crate::rule::Rule {
            code: $code,
            severity: $crate::rule::Severity::$severity,
            consequence: $crate::rule::Consequence::$consequence,
            evidence: $crate::rule::Evidence::$evidence,
            scope: $crate::rule::Scope::$scope,
            page: &[$($line),+],
            why: $why,
            check: $check,
        };
    };
}
pub(crate) use rule;
