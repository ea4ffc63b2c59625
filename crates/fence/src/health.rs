//! What the health endpoints say of the permission to write: `/health/ready`, `/health/traffic`.

use std::fmt;
use std::future::Future;

use planted::{Bug, is_planted};

use crate::decision::{ClosedReason, Decision};
use crate::gate::Gate;
use crate::name::{Epoch, RegionName};
use crate::record::ControlRecord;
use crate::time::{DurationMs, Millis, Timing};

/// The epoch row of the Region's ledger, which every write compares inside its transaction.
pub trait LedgerEpoch: Sync {
    /// What the row says now, and whether the ledger would take a write. Waits for a bounded time.
    fn read_epoch(&self) -> impl Future<Output = LedgerSight> + Send;
}

/// What was seen of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerSight {
    /// Whether it takes writes.
    pub ledger: Ledger,
    /// Its epoch row; nothing when it was not read.
    pub epoch: Option<Epoch>,
}

/// What the Region's ledger said when it was asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ledger {
    /// It takes writes.
    Writable,
    /// It answers, and is somebody's replica.
    ReadOnly,
    /// It does not answer.
    Silent,
}

/// May this Region take money now?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// Yes.
    Ready {
        /// Under this epoch.
        epoch: Epoch,
    },
    /// No.
    NotReady {
        /// Why.
        reason: NotReady,
        /// When asking again may help.
        retry_after: DurationMs,
    },
}

/// Why a Region may not take money, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotReady {
    /// The gate is closed.
    Gate(ClosedReason),
    /// The ledger is a replica.
    LedgerReadOnly,
    /// The ledger does not answer.
    LedgerSilent,
}

impl NotReady {
    /// The reason as one word for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Gate(reason) => reason.code(),
            Self::LedgerReadOnly => "ledger_read_only",
            Self::LedgerSilent => "ledger_silent",
        }
    }
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate(reason) => reason.fmt(f),
            Self::LedgerReadOnly => f.write_str("the ledger is read-only"),
            Self::LedgerSilent => f.write_str("the ledger does not answer"),
        }
    }
}

/// What `/health/ready` says: the gate, then the ledger behind it.
#[must_use]
pub fn readiness(gate: &Gate, ledger: Ledger, now: Millis) -> Readiness {
    let not_ready = |reason| {
        let retry_after = gate.timing().renewal_interval;
        Readiness::NotReady { reason, retry_after }
    };
    match (gate.decide(now), ledger) {
        (Decision::Closed { reason, retry_after }, _) => {
            Readiness::NotReady { reason: NotReady::Gate(reason), retry_after }
        }
        (Decision::Open { epoch, .. }, Ledger::Writable) => Readiness::Ready { epoch },
        (Decision::Open { .. }, Ledger::ReadOnly) => not_ready(NotReady::LedgerReadOnly),
        (Decision::Open { .. }, Ledger::Silent) => not_ready(NotReady::LedgerSilent),
    }
}

/// A control record, and when it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct RecordRead<'r> {
    /// The record.
    pub record: &'r ControlRecord,
    /// The caller's clock before it asked.
    pub asked_at: Millis,
}

/// What `/health/traffic` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic<'r> {
    /// Traffic is meant for this Region.
    Announce(&'r RegionName),
    /// Nothing: what the record says now is not known. DNS takes that for the home primary.
    Silence,
}

/// The Region that traffic is meant for at `now`, read from the record for this very answer.
///
/// A record that is as old as a lease says nothing: it could not open a gate either, and must not
/// send traffic to one. Neither does one from the future, which a clock that was set back leaves.
#[must_use]
pub fn traffic<'r>(read: Option<RecordRead<'r>>, timing: &Timing, now: Millis) -> Traffic<'r> {
    match read {
        Some(RecordRead { record, asked_at })
            if asked_at <= now && now.since(asked_at) < timing.lease_length =>
        {
            let early = record.run().filter(|_| is_planted(Bug::TrafficNamedEarly));
            Traffic::Announce(early.map_or(record.traffic_region(), |run| &run.target))
        }
        _ => Traffic::Silence,
    }
}
