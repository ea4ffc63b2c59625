//! Who may write: the epoch and the gate, as the caller last saw them.
//!
//! How a gate opens and closes (control record, leases, clocks) is another crate's; here it is only
//! looked at.

use std::fmt;

use planted::{Bug, is_planted};

/// The number of a reign of one Region; it only rises, and the ledger holds the one it accepts
/// writes under.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// The epoch of this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}", self.0)
    }
}

/// Whether this Region may take money now; any doubt is [`Gate::Closed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It may not.
    Closed,
    /// It may, on these terms.
    Open(Reign),
}

impl Gate {
    /// This gate as long as it stays as it is, and a closed one from then on. What was read in one
    /// reign says nothing in another, in which the ledger may have been cut off and written again
    /// up to the same version.
    pub(crate) fn while_it_stays(self, now: Self) -> Self {
        if self == now || is_planted(Bug::GateAskedOnce) { self } else { Self::Closed }
    }
}

/// The terms on which a gate is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reign {
    /// The epoch that every write carries.
    pub epoch: Epoch,
    /// The epoch that the latest failover with loss began, or the first epoch. What was accepted in
    /// it or later is in the ledger or was never written there; of what is older and absent, nobody
    /// knows. A caller who cannot tell gives `epoch` itself, which errs towards quarantine.
    pub nothing_lost_since: Epoch,
}

impl Reign {
    /// Whether the ledger may have lost what was accepted in this epoch.
    #[must_use]
    pub fn may_have_lost(self, accepted: Epoch) -> bool {
        accepted < self.nothing_lost_since
    }
}
