//! The evidence of a run: what was done when and by whom, what was lost and what became of it (rule
//! `ops-evidence-report`).
//!
//! ```text
//! journal, what else is Known ─ Report::of ─▶ Report ─▶ JSON, text, Markdown, one page
//!                                             JSON ─ Key::sign ─▶ signature ─ verify ─▶ yes, or what is wrong
//! ```
//!
//! A pure crate: the same journal and the same knowledge give the same bytes. What is not known is said to be not
//! known, with the reason, and never left out.

mod journal_file;
mod known;
mod made;
mod render;
mod report;
mod signature;

pub use journal_file::{NotAJournal, journal, journal_text};
pub use known::{
    Alarm, ApiCall, AttemptCalls, Deployed, Dns, FollowUp, Known, Movement, Objectives, Probe,
    Template, opened,
};
pub use made::has_asked_dns;
pub use report::{
    Approval, Attempt, CallTold, DeployedTold, Deviation, DnsTold, Fence, Kept, LedgerEnd,
    LedgerEnds, Loss, NotKnown, Objective, PlanTold, PreconditionResult, ProbeTold, Reconciled,
    Reconciliation, Recovery, Report, Run, Runner, Service, Shown, Spent, Step, TemplateTold,
};
pub use signature::{
    Key, NoKey, NotSigned, PublicKey, SIGNATURE_LENGTH, signed_line, verify, verify_line,
};

/// The format of the JSON. A field that goes or changes its meaning makes another; new ones do not.
pub const FORMAT: &str = "tideover-report/1";
