//! What is certain when the server, or the way to it, fails.
//!
//! Whatever fails before the end of a transaction is sent is certainly not done: the connection is closed, and the
//! server rolls back. Once the end is sent, only the server's own word that it rolled back is certain.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::error::{Cause, StoreError};

/// Why a transaction failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is not done, for the sake of another one: it may go better next time.
    Again(Cause),
    /// It is not done, because of what is in it.
    Refused(Cause),
    /// It is not done.
    NotDone(Cause),
    /// It may be.
    Unknown(Cause),
}

/// A failure before the end was sent.
pub(super) fn not_done(error: impl Into<Cause>) -> Failure {
    Failure::NotDone(error.into())
}

/// What the server, or the way to it, said before the end was sent.
pub(super) fn before_end(error: Error) -> Failure {
    match error.code().map(verdict) {
        Some(Verdict::GaveWay) => Failure::Again(error.into()),
        Some(Verdict::Refused) => Failure::Refused(error.into()),
        _ => Failure::NotDone(error.into()),
    }
}

/// What the server, or the way to it, said after the end was sent.
pub(super) fn at_end(error: Error) -> Failure {
    match error.code().map(verdict) {
        Some(Verdict::GaveWay) => Failure::Again(error.into()),
        Some(Verdict::Refused) => Failure::Refused(error.into()),
        Some(Verdict::RolledBack) => Failure::NotDone(error.into()),
        Some(Verdict::Silent) | None => Failure::Unknown(error.into()),
    }
}

/// What a code says of the transaction that it ended.
enum Verdict {
    /// It is rolled back for the sake of another one.
    GaveWay,
    /// It is rolled back, because of what is in it.
    Refused,
    /// It is rolled back.
    RolledBack,
    /// Nothing for certain. A server that is told to stop says so even when the commit is on the disk and only its
    /// standby has not confirmed it, and a proxy speaks for a server that it has lost.
    Silent,
}

fn verdict(code: &SqlState) -> Verdict {
    match code.code() {
        "40001" | "40P01" => Verdict::GaveWay,
        // A statement that took too long.
        "57014" => Verdict::RolledBack,
        // Data and constraints.
        code if code.starts_with("22") || code.starts_with("23") => Verdict::Refused,
        // A server that takes no writes, a schema that is another, a lock that was not given.
        code if ["25", "42", "55"].iter().any(|class| code.starts_with(class)) => {
            Verdict::RolledBack
        }
        _ => Verdict::Silent,
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Again(cause) | Failure::Refused(cause) | Failure::NotDone(cause) => {
                Self::Unavailable(cause)
            }
            Failure::Unknown(cause) => Self::Unknown(cause),
        }
    }
}
