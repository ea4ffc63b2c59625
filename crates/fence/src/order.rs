//! What a run can ask of the control record, and the answers it can get.

use std::fmt;

use planted::{Bug, is_planted};

use crate::name::{Author, Epoch, RegionName, RunId};
use crate::record::{ControlRecord, RunKind, State, Version};
use crate::wait::Stopped;

/// A change that somebody wants. It may be given any number of times, by any number of drivers of
/// the same run: it happens once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What is to change.
    pub command: Command,
    /// Who wants it.
    pub by: Author,
    /// Why, for people.
    pub reason: String,
}

/// What is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Writes the first record: this Region is active, under epoch 1.
    Initialize {
        /// The Region that begins.
        region: RegionName,
    },
    /// Opens a run: takes the run lock and reserves the next epoch.
    Begin(Begin),
    /// Takes a run one step on.
    Step {
        /// The run.
        run: RunId,
        /// The epoch that it reserved.
        epoch: Epoch,
        /// What is to be done.
        step: Step,
    },
}

/// How a run begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// Its id.
    pub run: RunId,
    /// A switchover drains, a failover fences.
    pub kind: RunKind,
    /// The epoch of the record on which the run was decided: a record that has moved on refuses.
    pub seen: Epoch,
    /// The active Region.
    pub source: RegionName,
    /// The Region to open.
    pub target: RegionName,
}

/// One step of a run, in their order. `Abort` stands in for the two before it, and `TakeBack` for
/// `Open`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Gives up the way back, right before the target's database is promoted. Only for somebody who
    /// has seen that no gate of the source is open.
    PassPointOfNoReturn(Stopped),
    /// The target becomes active under the reserved epoch.
    Open,
    /// The source becomes active again, under the reserved epoch and never under its old one.
    Abort,
    /// The source becomes active again under the reserved epoch, although the point of no return is
    /// passed: it lies ahead again, so that an order to open that comes late is refused. Only of a
    /// switchover, and only for somebody who has seen that the database never left the source and
    /// that no switch of it is under way. Nothing here can know either; of a failover nobody can.
    TakeBack,
    /// DNS is to send traffic to the active Region.
    DirectTraffic,
    /// Gives the run lock back.
    Close,
}

/// What an [`Order`] comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Write this; nothing has changed before the store says so.
    Write(Box<RecordChange>),
    /// The record says so already: a success.
    Already,
    /// It may not be.
    Refused(Refusal),
}

/// A conditional write of the control record; only [`judge`](fn@crate::judge) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordChange {
    pub(crate) expected: Option<Version>,
    pub(crate) record: ControlRecord,
}

impl RecordChange {
    /// What must be stored for the write to take place; nothing: no record at all.
    #[must_use]
    pub fn expected(&self) -> Option<&Version> {
        self.expected.as_ref()
    }

    /// What is stored then.
    #[must_use]
    pub fn record(&self) -> &ControlRecord {
        &self.record
    }

    /// Whether the write takes place over what is stored: the condition, for stores that compare in
    /// their own process.
    #[must_use]
    pub fn applies_to(&self, stored: Option<&ControlRecord>) -> bool {
        self.expected == stored.map(ControlRecord::version)
            || is_planted(Bug::RecordWrittenUnconditionally)
    }
}

/// Why an order may not be, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no record yet.
    NotInitialized,
    /// There is one.
    AlreadyInitialized {
        /// Its epoch.
        epoch: Epoch,
    },
    /// There is no epoch after the last.
    EpochsExhausted,
    /// One run at a time (rule `runbook-single-runner`), and this one is open.
    OtherRunOpen {
        /// Its id.
        run: RunId,
    },
    /// The record is not in the epoch that the order was made for.
    StaleEpoch {
        /// The epoch of the order.
        ordered: Epoch,
        /// The epoch of the record.
        recorded: Epoch,
    },
    /// The run of this step is not open.
    RunNotOpen,
    /// The run may only be finished.
    PointOfNoReturnPassed,
    /// In this state it cannot be.
    WrongState {
        /// The state.
        state: State,
    },
    /// The target's database is promoted, and its Region opened, only past the point of no return.
    PointOfNoReturnAhead,
    /// A run goes from one Region to another.
    SourceIsTarget,
    /// The source is not the active Region.
    NotActive {
        /// The Region that is.
        active_region: Option<RegionName>,
    },
    /// The run has another target.
    OtherTarget {
        /// The target.
        target: RegionName,
    },
    /// It was seen that another Region has stopped, or this one under another epoch.
    SourceNotStopped,
    /// Traffic still goes to a Region that is not active.
    TrafficElsewhere {
        /// That Region.
        traffic_region: RegionName,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInitialized => f.write_str("there is no control record yet"),
            Self::AlreadyInitialized { epoch } => {
                write!(f, "there is a control record, in epoch {epoch}")
            }
            Self::EpochsExhausted => f.write_str("there is no epoch after this one"),
            Self::OtherRunOpen { run } => write!(f, "run `{run}` is open"),
            Self::StaleEpoch { ordered, recorded } => {
                write!(f, "the record is in epoch {recorded}, not {ordered}")
            }
            Self::RunNotOpen => f.write_str("the run is not open"),
            Self::PointOfNoReturnPassed => {
                f.write_str("the point of no return is passed; the run can only be finished")
            }
            Self::WrongState { state } => write!(f, "the state is {state}"),
            Self::PointOfNoReturnAhead => f.write_str("the point of no return is not passed yet"),
            Self::SourceIsTarget => f.write_str("the source is the target"),
            Self::NotActive { active_region: Some(region) } => {
                write!(f, "`{region}` is the active Region")
            }
            Self::NotActive { active_region: None } => f.write_str("no Region is active"),
            Self::OtherTarget { target } => write!(f, "the run's target is `{target}`"),
            Self::SourceNotStopped => {
                f.write_str("it has not been seen that the source stopped under this epoch")
            }
            Self::TrafficElsewhere { traffic_region } => {
                write!(f, "traffic still goes to `{traffic_region}`")
            }
        }
    }
}

impl std::error::Error for Refusal {}
