//! The journal of a run: what began, what ended, and what people ordered, in one numbered sequence.

use std::fmt;

use fence::{Author, Millis};

use crate::action::ActionName;
use crate::observed::{Evidence, Failure, Observed};
use crate::plan::Plan;

/// The name of one runner: no other has it, nor this one after its next start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunnerName(pub String);

impl fmt::Display for RunnerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One entry of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number: 0 for the plan, and no gaps. Of two writers of one number one wins.
    pub position: u64,
    /// When it was written, by the writer's clock.
    pub at: Millis,
    /// What it says.
    pub event: Event,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The plan, always the first entry.
    Planned {
        /// The plan.
        plan: Box<Plan>,
        /// Who asked for it.
        by: Author,
        /// Why.
        reason: String,
    },
    /// This runner carries the run on from here, until another takes it.
    Took {
        /// The runner.
        runner: RunnerName,
    },
    /// An attempt begins.
    Began {
        /// What is attempted.
        action: ActionName,
        /// The number of the attempt, from 1, over all runners.
        attempt: u32,
        /// Who attempts it.
        runner: RunnerName,
    },
    /// An attempt has ended.
    Ended {
        /// What was attempted.
        action: ActionName,
        /// The number of the attempt.
        attempt: u32,
        /// Who attempted it.
        runner: RunnerName,
        /// What came of it.
        result: Result<Observed, Failure>,
    },
    /// A person stops the run after the action in hand.
    Paused {
        /// Who.
        by: Author,
    },
    /// A person lets it go on.
    Resumed {
        /// Who.
        by: Author,
    },
    /// A person gives an action that failed its attempts once more.
    Retried {
        /// The action.
        action: ActionName,
        /// Who.
        by: Author,
    },
    /// A person leaves an action out.
    Skipped {
        /// The action.
        action: ActionName,
        /// Who.
        by: Author,
        /// Why.
        reason: String,
    },
    /// A person approves.
    Approved {
        /// The action that asks for approval.
        action: ActionName,
        /// Who.
        by: Author,
        /// Until when it counts.
        expires_at: Millis,
        /// What was shown.
        shown: Evidence,
    },
    /// The run turns back: a person wants it, or a required action failed.
    Aborted {
        /// Who.
        by: Author,
        /// Why.
        reason: String,
    },
}

impl Event {
    /// Who ordered it; nobody where a runner only tells what it does.
    #[must_use]
    pub const fn by(&self) -> Option<&Author> {
        match self {
            Self::Planned { by, .. }
            | Self::Paused { by }
            | Self::Resumed { by }
            | Self::Retried { by, .. }
            | Self::Skipped { by, .. }
            | Self::Approved { by, .. }
            | Self::Aborted { by, .. } => Some(by),
            Self::Took { .. } | Self::Began { .. } | Self::Ended { .. } => None,
        }
    }
}
