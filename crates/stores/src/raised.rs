//! The words that both ledgers have in common beyond the ports that they implement.

use payments::Epoch;

/// What came of raising the ledger's epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// The ledger is in the epoch, for this Region, by this or by an earlier call.
    Done,
    /// It is not: the ledger is in this epoch, which is later or another Region's.
    Passed(Epoch),
}
