//! Acting on the two Regions: what a runner, or a person's command, does from where it is.

mod begin;
mod facts;
mod kept;
mod ledger;
mod people;
mod perform;
mod reach;
mod runner;
mod ways;

pub use begin::{NotBegun, begin, draining, settings};
pub use facts::facts;
pub(crate) use ledger::standing;
pub use people::{NotDone, observed_words};
pub use reach::{Reach, Unreachable};
pub(crate) use reach::{action_named, now};
pub use runner::{RunnerSettings, carry_on};
pub use ways::{Ways, region};
