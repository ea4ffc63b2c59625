//! What the supervisor of the two Regions is asked over its socket: by runners, by people's commands,
//! and by tests.

use runbook::ActionName;
use serde::{Deserialize, Serialize};

use crate::act::Ways;
use crate::place::Place;
use crate::system::status::Status;

/// What is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// How everything is reached from a place.
    Ways {
        /// The place.
        from: Place,
    },
    /// How everything is.
    Status,
    /// To let something fail, or work again, in the words of scenarios: `lose primary`.
    Change {
        /// The words.
        words: String,
    },
    /// To let a run be carried on by a runner in its target.
    StartRunner {
        /// The run.
        run: String,
    },
    /// A runner is about to make a step of a run.
    Step {
        /// The run.
        run: String,
        /// The step.
        step: Step,
    },
    /// A runner has stopped, and says why.
    Stopped {
        /// The run.
        run: String,
        /// Why.
        why: Standstill,
    },
    /// Something of the database service, asked from a place.
    Database {
        /// The place.
        from: Place,
        /// What.
        ask: DatabaseAsk,
    },
    /// Whether the control planes of a Region take calls.
    TakesCalls {
        /// The Region.
        at: Place,
    },
    /// Whether all receipts of a Region are in the other's bucket.
    Copied {
        /// The Region.
        from: Place,
    },
    /// Whether a place is reached from another, both ways, and anything there runs.
    Reaches {
        /// From here.
        from: Place,
        /// To there.
        to: Place,
    },
}

/// What is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// How everything is reached.
    Ways(Box<Ways>),
    /// How everything is.
    Status(Box<Status>),
    /// It is done.
    Done,
    /// It cannot be done, and why.
    Not(String),
    /// The runner may go on, and its next attempt comes to this.
    GoOn {
        /// What goes wrong with it.
        spoil: Option<Spoil>,
    },
    /// What the database service says.
    Database(DatabaseAnswer),
    /// Whether it is so.
    Is(bool),
}

/// A step of a runner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Around a journal entry that no line of a scenario waits for.
    Plain,
    /// An action has begun, and has had no effect yet.
    Before(String),
    /// An action has had its effect, which is not journaled yet.
    Behind(String),
    /// An action is about to have its effect.
    Perform(String),
    /// An action was attempted.
    Performed {
        /// Which.
        action: String,
        /// Whether it came to what it should.
        done: bool,
    },
}

impl Step {
    pub(crate) fn before(action: ActionName) -> Self {
        Self::Before(action.as_str().to_owned())
    }

    pub(crate) fn behind(action: ActionName) -> Self {
        Self::Behind(action.as_str().to_owned())
    }

    pub(crate) fn perform(action: ActionName) -> Self {
        Self::Perform(action.as_str().to_owned())
    }
}

/// What goes wrong with an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoil {
    /// It has no effect, and says so.
    Interrupted,
    /// It has its effect, and says nothing.
    Unclear,
    /// It has no effect, and is refused for good.
    Refused,
}

/// Why a runner does not go on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standstill {
    /// For people.
    pub text: String,
    /// What it waits for.
    pub waits: Waits,
}

/// What a run waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// Nothing: it is over.
    Over,
    /// People, who approve of this action.
    Approval(String),
    /// A person, who decides about an action that failed.
    Person {
        /// The action.
        action: String,
        /// Whether the control record refused it.
        by_record: bool,
    },
    /// Another runner, a pause, or the journal.
    Time,
}

/// What the database service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseAsk {
    /// To exchange writer and reader without loss; asked in the source.
    Switch {
        /// Where the writer is.
        source: Place,
    },
    /// To make the target the writer, with the loss of what has not reached it; asked in the target.
    Promote {
        /// The target.
        target: Place,
        /// Whether it leaves the pair for it, which is never refused for versions.
        detach: bool,
    },
    /// How much of what a replaced writer had is not in the ledger; asked in the old writer's Region.
    Rescued {
        /// Where the old writer is.
        source: Place,
    },
    /// Who is the writer, as the service has it; asked in a Region.
    Writer {
        /// The Region.
        at: Place,
    },
}

/// What the database service answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseAnswer {
    /// It is done, or was done before.
    Done,
    /// So many.
    Number(u64),
    /// It is under way, or cannot be done yet: ask again.
    UnderWay,
    /// Nothing was moved, and nothing will be.
    NothingMoved(String),
    /// The versions of the databases do not allow it.
    Versions(String),
    /// Its control plane refuses every call.
    Refuses,
    /// This Region has the writer, as the service has it, and whether a change of that is under way.
    Writer {
        /// Where it is.
        at: Place,
        /// Whether it is about to move.
        moves: bool,
        /// Whether both databases have versions between which it can.
        versions_equal: bool,
    },
    /// Nobody answers.
    Silent,
}
