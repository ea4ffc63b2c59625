//! How the permission to take money moves from one Region to the other: plan first, then do.
//!
//! [`plan()`] makes of a request and the observed facts an immutable [`Plan`]: a list of [`Action`]s
//! in the order of the runbooks (rules 16.1 to 16.4), each with its calls, time limit and retries.
//! The plan is the first entry of a [`Journal`]; [`next()`] says from the journal alone what is due;
//! [`drive()`] does it over the ports [`World`] and [`Journal`], in AWS, on one machine and in the
//! simulator. Whatever dies, and wherever, another runner goes on from the journal.
//!
//! A pure crate: time, ids and answers are arguments; the loop is a plain future.

mod action;
mod attempt;
pub mod automatic;
mod book;
mod conditions;
mod control;
mod drive;
mod driver;
mod facts;
mod journal;
pub mod lost;
mod muted;
mod next;
mod not_taken;
mod notes;
mod observed;
mod on_record;
mod plan;
mod planning;
mod plans;
mod ports;
mod progress;
mod race;
mod readiness;
pub mod render;
mod request;
mod seen;
mod stopped;
mod summary;
mod supposed;
mod system;
mod tenure;
mod unmet;
mod way;
pub mod wire;
mod writing;

pub use action::{
    Action, ActionName, Call, Condition, OnFailure, Plane, Retry, Service, Side, Stage,
};
pub use control::{Control, order, write_plan};
pub use drive::{Performed, Runner, Takeover, drive, perform_one};
pub use facts::{Facts, Known, Lag, RecordSeen, SiteFacts};
pub use journal::{Entry, Event, RunnerName};
pub use muted::muted;
pub use next::{Next, approvers, next};
pub use not_taken::NotTaken;
pub use notes::{AlarmNote, DnsNote, KeptNote, Notes};
pub use observed::{Evidence, Failure, Observed, Refused, Tail};
pub use plan::{Plan, PlanKind};
pub use planning::plan;
pub use ports::{Appended, Journal, World};
pub use progress::Heading;
pub use readiness::{Behind, Held, Readiness, Requirement};
pub use request::{Request, Settings};
pub use stopped::Stopped;
pub use summary::{FailedAttempt, Summary, evidence, phases, summary};
pub use supposed::{Homes, supposed};
pub use system::{ALIAS, Objectives, System};
pub use unmet::{Precondition, Unmet};
