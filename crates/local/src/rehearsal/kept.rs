//! TEMPORARY.
use fence::{ControlRecord, Lease, RunId};
use payments::{Intent, MovementId, State};
use runbook::Entry;
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub at_us: u64,
    pub proposer: u8,
    pub value: ChosenValue,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChosenValue {
    Record(ControlRecord),
    Lease(Lease),
    Intent(Intent),
    Entry(RunId, Entry),
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedCommit {
    pub number: u64,
    pub transaction: u64,
    pub at_us: u64,
    pub epoch: Option<u64>,
    pub row_epoch: u64,
    pub movement: MovementId,
    pub state: Option<State>,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochRaise {
    pub epoch: u64,
    pub region: String,
    pub at_us: u64,
}
