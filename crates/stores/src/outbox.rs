//! The words that both ledgers have in common beyond the core's ports.

use payments::{Epoch, Event};

/// A row of the outbox that a worker holds until its lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// What is to be told.
    pub event: Event,
    /// How often the row was claimed, this time included: names the lease.
    pub claims: u64,
}

/// What came of raising the ledger's epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// The ledger is in the epoch, for this Region, by this or by an earlier call.
    Done,
    /// It is not: the ledger is in this epoch, which is later or another Region's.
    Passed(Epoch),
}
