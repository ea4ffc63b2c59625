//! TEMPORARY until POSTGRES is on main.
pub(super) use crate::store::{Chosen, ChosenValue};
use payments::{MovementId, State};
/// T
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct WatchedCommit {
    pub number: u64,
    pub transaction: u64,
    pub at_us: u64,
    pub epoch: Option<u64>,
    pub row_epoch: u64,
    pub movement: MovementId,
    pub state: Option<State>,
}
/// T
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct EpochRaise {
    pub epoch: u64,
    pub region: String,
    pub at_us: u64,
}
