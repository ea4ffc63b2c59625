//! The port: what the core asks of the store that holds the control record and the leases.
//!
//! A store is linearizable over both Regions and survives the loss of either: a read sees every
//! write that ended before it began, and a conditional write compares and writes in one step. An
//! implementation asks the replica of its own Region first and the other Region's second (rule
//! `pay-control-store-two-endpoints`); the core neither knows nor minds who answered. A write that
//! the first may have performed is [`WriteOutcome::Unknown`] unless the second has settled it, and
//! so is one that the store itself asks to try again. It waits for a bounded time only.

use std::fmt;
use std::future::Future;

use crate::lease::{Lease, LeaseChange};
use crate::name::RegionName;
use crate::order::RecordChange;
use crate::record::ControlRecord;

/// The strongly consistent store.
pub trait ControlStore: Sync {
    /// The control record; nothing before the system is initialized.
    fn read_record(&self) -> impl Future<Output = Result<Option<ControlRecord>, NoAnswer>> + Send;

    /// The lease of this Region; nothing before anybody held it.
    fn read_lease(
        &self,
        region: &RegionName,
    ) -> impl Future<Output = Result<Option<Lease>, NoAnswer>> + Send;

    /// Writes the record when [`RecordChange::expected`] is what is stored.
    fn write_record(
        &self,
        change: &RecordChange,
    ) -> impl Future<Output = WriteOutcome<ControlRecord>> + Send;

    /// Writes the lease of its Region when [`LeaseChange::expected`] is the revision stored.
    fn write_lease(&self, change: &LeaseChange)
    -> impl Future<Output = WriteOutcome<Lease>> + Send;
}

/// What became of a conditional write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteOutcome<T> {
    /// It took place.
    Written,
    /// Something else is stored: this.
    Refused(Option<T>),
    /// No answer in time. It took place, or did not, or will: an ordinary case, after which one
    /// reads again.
    Unknown,
}

/// A read that the store did not answer, or whose answer makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer {
    /// What the store or its client said, for people.
    pub cause: String,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the control store did not answer: {}", self.cause)
    }
}

impl std::error::Error for NoAnswer {}

/// A change of which nobody knows whether it took place. Asking for it again is safe, and tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsettled {
    /// The store did not answer.
    NoAnswer(NoAnswer),
    /// The store answered neither yes nor no, as often as it was asked.
    StillUnknown,
}

impl fmt::Display for Unsettled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer(_) => f.write_str("it is not known whether the change took place"),
            Self::StillUnknown => f.write_str("the control store answers neither yes nor no"),
        }
    }
}

impl std::error::Error for Unsettled {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoAnswer(no_answer) => Some(no_answer),
            Self::StillUnknown => None,
        }
    }
}

impl From<NoAnswer> for Unsettled {
    fn from(no_answer: NoAnswer) -> Self {
        Self::NoAnswer(no_answer)
    }
}
