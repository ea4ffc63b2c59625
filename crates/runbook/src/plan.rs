//! The plan: an immutable list of actions, decided before the first is done.

use std::collections::BTreeMap;
use std::fmt;

use fence::{Epoch, RegionName, RunId, RunKind, Timing};

use crate::action::Action;
use crate::unmet::Precondition;

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanKind {
    /// Planned, no loss.
    Switchover,
    /// Unplanned, loss bounded and named.
    Failover,
    /// A switchover to the home primary.
    Failback,
}

impl PlanKind {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Switchover => "switchover",
            Self::Failover => "failover",
            Self::Failback => "failback",
        }
    }

    /// What it is in the control record.
    #[must_use]
    pub const fn in_record(self) -> RunKind {
        match self {
            Self::Switchover | Self::Failback => RunKind::Switchover,
            Self::Failover => RunKind::Failover,
        }
    }
}

impl fmt::Display for PlanKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a run does, action by action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The run's id.
    pub run: RunId,
    /// What it is for.
    pub kind: PlanKind,
    /// The Region that is active.
    pub source: RegionName,
    /// The Region to open.
    pub target: RegionName,
    /// The Region with the third vote.
    pub witness: RegionName,
    /// The epoch of the record that the plan was made from.
    pub seen: Epoch,
    /// The epoch that the run reserves.
    pub epoch: Epoch,
    /// An earlier run whose lock is given back first: its target serves users, or its source does
    /// again, and it only waits.
    pub earlier: Option<RunId>,
    /// The approved change under which it is done, if one was named.
    pub change: Option<String>,
    /// What was not met when it was made and a person had decided to do without, with what was found.
    pub despite: BTreeMap<Precondition, String>,
    /// How long leases last, for fencing the source.
    pub timing: Timing,
    /// The way forward.
    pub actions: Vec<Action>,
    /// The way back, from before the point of no return.
    pub way_back: Vec<Action>,
}
