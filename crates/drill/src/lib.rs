//! The rehearsal: two simulated Regions are made to fail while clients pay, the real code of
//! `payments`, `fence` and `runbook` runs in them, and a judge reads what happened.
//!
//! ```text
//! scenario text ─ parse ─▶ Scenario ─ with a seed ─▶ Script ─ simulate ─▶ History ─ judge ─▶ Verdict ─▶ Report
//! ```
//!
//! A pure crate: one thread, no clock, and no randomness but the seed's, so that the same seed gives
//! the same history byte for byte. The live drill uses the same scenarios, history and judge.

mod export;
mod history;
mod judge;
mod page;
mod random;
mod report;
mod scenario;
mod shipped;
mod shrink;
mod sim;
mod story;
mod words;
mod world;

pub use export::{FORMAT, Unreadable, from_json, to_json};
pub use history::{
    Answer, CURRENCY, Card, ClientRequest, End, History, Moment, RequestKind, RunStep, START_MS,
    Site, WITNESS_REGION, What,
};
pub use judge::{
    At, Books, Counts, DNS_DETECTION_MS, DNS_TTL_MS, Facts, LostRow, MissedWhen, Outage, Outcome,
    Pause, Premature, RowFate, Seconds, Subject, Verdict, Violation, judge,
};
pub use page::{Page, Played, Table};
pub use random::Random;
pub use report::{
    ActionOutcome, ActionReport, Course, DnsSpan, Ending, Figures, GateSpan, Happened,
    HappeningLine, LagPoint, Loss, LossRow, Part, Recovery, Report, Route, RunReport, Spread,
    Summary, Totals, Traffic,
};
pub use scenario::{
    Agenda, Cue, Expectation, Fault, Fired, Happening, Mistake, Operator, Scenario, Span, Spoiled,
    Trigger, Watch, When, Workload, parse,
};
pub use shipped::{STANDARD, nearest_shipped, shipped};
pub use shrink::shrink;
pub use story::{StoryLine, Topic, story, story_text};
pub use world::{runner_steps, simulate, simulate_lines};
