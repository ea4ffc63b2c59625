//! What a drill measured, for people and for programs: RTO by its parts, RPO by its rows, and what
//! happened over time.
//!
//! A report is made of the scenario, the history and the verdict, and of nothing else: the same
//! drill gives the same report. Whether what was measured is good is the judge's to say.

mod course;
mod json;
mod loss;
mod recovery;
mod run;
mod summary;
mod text;
mod totals;

pub use course::{Course, DnsSpan, GateSpan, HappeningLine, LagPoint, Traffic};
pub use loss::{Loss, LossRow};
pub use recovery::{Part, Recovery};
pub use run::{ActionOutcome, ActionReport, Ending, Route, RunReport};
pub use summary::{Figures, Happened, Spread, Summary};
pub use totals::Totals;

pub(crate) use text::unmeasured;

use crate::history::History;
use crate::judge::{Pause, Verdict, Violation};
use crate::scenario::Scenario;

/// What a drill measured. Times are milliseconds of the drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The name of the scenario.
    pub scenario: String,
    /// What it rehearses.
    pub title: String,
    /// The seed.
    pub seed: u64,
    /// When it ended.
    pub end_ms: u64,
    /// What was left to do at the end, for people; empty when the drill came to rest.
    pub left: Vec<String>,
    /// What was violated; empty when every rule was kept.
    pub violations: Vec<Violation>,
    /// What each run did for the users.
    pub recoveries: Vec<Recovery>,
    /// The longest time in which clients tried and nobody was acknowledged; empty when nobody tried.
    pub pause: Pause,
    /// What promotions lost.
    pub loss: Loss,
    /// How much of everything there was.
    pub totals: Totals,
    /// The runs and their actions.
    pub runs: Vec<RunReport>,
    /// What happened over time.
    pub course: Course,
}

impl Report {
    /// The report of a drill.
    #[must_use]
    pub fn new(scenario: &Scenario, history: &History, verdict: &Verdict) -> Self {
        let facts = &verdict.facts;
        Self {
            scenario: history.scenario.clone(),
            title: scenario.title.clone(),
            seed: history.seed,
            end_ms: history.end.at_ms,
            left: history.end.left.clone(),
            violations: verdict.violations.clone(),
            recoveries: recovery::recoveries(history),
            pause: facts.longest_pause,
            loss: loss::loss(history, &facts.lost),
            totals: totals::totals(history, &facts.counts),
            runs: run::runs(history),
            course: course::course(history),
        }
    }
}
