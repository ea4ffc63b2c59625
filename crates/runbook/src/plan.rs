//! The plan: an immutable list of actions, decided before the first is done.

use fence::{Epoch, RegionName, RunId};

use crate::action::Action;

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
    /// The way forward.
    pub actions: Vec<Action>,
    /// The way back, from before the point of no return.
    pub way_back: Vec<Action>,
}
