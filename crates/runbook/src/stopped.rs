//! Why a runner stopped, and what may be done then.

use std::fmt;

use fence::{Author, Millis};

use crate::action::ActionName;
use crate::journal::RunnerName;
use crate::observed::{Evidence, Failure};

/// Why a runner stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// The run has come to the end of its way forward.
    Finished,
    /// The run has come to the end of its way back.
    TurnedBack,
    /// Another run has begun since: this one is over.
    Superseded,
    /// The journal has no plan.
    NotPlanned,
    /// People must approve before it goes on.
    WaitsForApproval {
        /// The action that asks for it.
        action: ActionName,
        /// How many people must.
        needed: u32,
        /// How many have.
        approved: u32,
        /// What they decide by.
        shown: Evidence,
    },
    /// A required action failed, and a person must decide.
    WaitsForPerson {
        /// The action.
        action: ActionName,
        /// How it failed.
        failure: Failure,
        /// Whether it may be skipped.
        is_skippable: bool,
        /// Whether the run may be aborted.
        is_abortable: bool,
    },
    /// A person paused it.
    Paused {
        /// Who.
        by: Author,
    },
    /// Another runner has the run.
    OtherRunner {
        /// That runner.
        runner: RunnerName,
        /// When it may be taken from it, unless it goes on.
        free_at: Millis,
    },
    /// The journal does not answer. What was done last may be done again.
    JournalSilent {
        /// What it or its client said.
        cause: String,
    },
}

impl Stopped {
    /// Whether nothing is left to do, whoever comes.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Finished | Self::TurnedBack | Self::Superseded)
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished => f.write_str("the run is finished"),
            Self::TurnedBack => f.write_str("the run has turned back: the source is active"),
            Self::Superseded => f.write_str("another run has begun since; this one is over"),
            Self::NotPlanned => f.write_str("the journal has no plan"),
            Self::WaitsForApproval { action, needed, approved, .. } => {
                write!(f, "`{action}` waits for approval: {approved} of {needed}")
            }
            Self::WaitsForPerson { action, failure, .. } => {
                write!(f, "`{action}` failed and waits for a person: {failure}")
            }
            Self::Paused { by } => write!(f, "{by} paused the run"),
            Self::OtherRunner { runner, free_at } => {
                write!(f, "runner `{runner}` has the run, until {free_at} unless it goes on")
            }
            Self::JournalSilent { cause } => write!(f, "the journal does not answer: {cause}"),
        }
    }
}
