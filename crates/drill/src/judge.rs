//! The judge: reads a history and says every rule that it breaks, and what the report needs of it.
//!
//! One file per oracle, each a single pass over the moments. None trusts what another found, and
//! none looks into the world: what is not in the history was not seen.

mod answers;
mod approval;
mod books;
mod case;
mod commits;
mod cover;
mod detail;
mod durable;
mod effects;
mod epochs;
mod facts;
mod gates;
mod journal;
mod keeping;
mod liveness;
mod loss;
mod money;
mod outages;
mod runs;
mod subject;
mod tenure;
mod traffic;
mod violation;
mod words;

pub use detail::{Books, MissedWhen, Outcome, Premature};
pub use facts::{Counts, Facts, LostRow, Pause, RowFate};
pub use outages::Outage;
pub use subject::{At, Seconds, Subject};
pub use traffic::{DNS_DETECTION_MS, DNS_TTL_MS};
pub use violation::Violation;

use crate::history::History;
use crate::scenario::Scenario;
use case::Case;

/// What the judge says of a drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Every rule that was broken, the gravest first; empty when all held.
    pub violations: Vec<Violation>,
    /// What happened, in numbers.
    pub facts: Facts,
}

impl Verdict {
    /// Whether every rule held.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations.is_empty()
    }
}

/// A rule and its reader: it adds to the list whatever it finds broken.
type Oracle = fn(&Case<'_>, &mut Vec<Violation>);

const ORACLES: [Oracle; 14] = [
    keeping::judge,
    money::judge,
    answers::judge,
    books::judge,
    cover::judge,
    epochs::judge,
    commits::judge,
    gates::judge,
    loss::judge,
    durable::judge,
    approval::judge,
    journal::judge,
    effects::judge,
    traffic::judge,
];

/// Judges a history by what every drill must keep and by what this scenario expects.
#[must_use]
pub fn judge(scenario: &Scenario, history: &History) -> Verdict {
    let case = Case::new(&scenario.expectation, history);
    let facts = Facts::of(&case);
    let mut violations = Vec::new();
    for oracle in ORACLES {
        oracle(&case, &mut violations);
    }
    liveness::judge(&case, &facts, &mut violations);
    violations.sort_by_key(|violation| (violation.gravity(), violation.at_ms()));
    Verdict { violations, facts }
}
