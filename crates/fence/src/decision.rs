//! What a gate says, and why it is closed.

use std::fmt;

use crate::name::{Epoch, RegionName};
use crate::time::{DurationMs, Millis, Timing};

/// May this process write money now?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Open {
        /// The epoch that the ledger transaction compares with its row.
        epoch: Epoch,
        /// The epoch that the latest failover with loss began, or the first epoch: of what was
        /// accepted earlier and is not in the ledger, nobody knows whether it ever was.
        nothing_lost_since: Epoch,
        /// Until when, by the same clock, the gate is open by what is known now. A write that began
        /// before and ends after it is stopped by the epoch row that it compares, not by this.
        until: Millis,
    },
    /// No.
    Closed {
        /// Why.
        reason: ClosedReason,
        /// When asking again may help.
        retry_after: DurationMs,
    },
}

impl Decision {
    /// Whether it is a yes.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

/// Why a gate is closed, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosedReason {
    /// The control record was never read.
    RecordUnknown,
    /// Another Region is active.
    NotActive {
        /// That Region.
        active_region: RegionName,
    },
    /// A switchover drains this Region.
    Draining,
    /// A failover has fenced every Region.
    Fenced,
    /// The lease was never renewed under this epoch.
    NotRenewed,
    /// The lease ran out.
    LeaseExpired {
        /// When.
        at: Millis,
    },
    /// The lease ends later than a renewal can have made it: the clock was set back.
    ClockWentBack,
    /// The ledger's epoch row was never read.
    LedgerUnknown,
    /// The ledger's epoch row is not the record's epoch.
    LedgerDiffers {
        /// The ledger's epoch.
        ledger: Epoch,
        /// The record's epoch.
        record: Epoch,
    },
}

impl ClosedReason {
    /// The words of [`Self::code`], for whoever reads them back.
    pub const CODES: [&str; 9] = [
        "record_unknown",
        "not_active",
        "draining",
        "fenced",
        "not_renewed",
        "lease_expired",
        "clock_went_back",
        "ledger_unknown",
        "ledger_differs",
    ];

    /// The reason as one word for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RecordUnknown => "record_unknown",
            Self::NotActive { .. } => "not_active",
            Self::Draining => "draining",
            Self::Fenced => "fenced",
            Self::NotRenewed => "not_renewed",
            Self::LeaseExpired { .. } => "lease_expired",
            Self::ClockWentBack => "clock_went_back",
            Self::LedgerUnknown => "ledger_unknown",
            Self::LedgerDiffers { .. } => "ledger_differs",
        }
    }

    /// The next renewal may mend what this process does not know; a change of roles takes at least
    /// as long as a lease.
    pub(crate) fn retry_after(&self, timing: &Timing) -> DurationMs {
        match self {
            Self::RecordUnknown
            | Self::NotRenewed
            | Self::LeaseExpired { .. }
            | Self::ClockWentBack
            | Self::LedgerUnknown
            | Self::LedgerDiffers { .. } => timing.renewal_interval,
            Self::NotActive { .. } | Self::Draining | Self::Fenced => timing.lease_length,
        }
    }
}

impl fmt::Display for ClosedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordUnknown => f.write_str("the control record was not read yet"),
            Self::NotActive { active_region } => {
                write!(f, "`{active_region}` is the active Region")
            }
            Self::Draining => f.write_str("a switchover drains this Region"),
            Self::Fenced => f.write_str("a failover has fenced every Region"),
            Self::NotRenewed => f.write_str("the lease was not renewed under this epoch yet"),
            Self::LeaseExpired { at } => write!(f, "the lease ran out at {at}"),
            Self::ClockWentBack => f.write_str("the clock was set back"),
            Self::LedgerUnknown => f.write_str("the ledger's epoch was not read yet"),
            Self::LedgerDiffers { ledger, record } => {
                write!(f, "the ledger is in epoch {ledger}, the record in {record}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_reasons_own() {
        let reasons = [
            ClosedReason::RecordUnknown,
            ClosedReason::NotActive { active_region: RegionName::new("us-east-2") },
            ClosedReason::Draining,
            ClosedReason::Fenced,
            ClosedReason::NotRenewed,
            ClosedReason::LeaseExpired { at: Millis(1) },
            ClosedReason::ClockWentBack,
            ClosedReason::LedgerUnknown,
            ClosedReason::LedgerDiffers { ledger: Epoch::new(1), record: Epoch::new(2) },
        ];
        assert_eq!(reasons.map(|reason| reason.code()), ClosedReason::CODES);
    }
}
