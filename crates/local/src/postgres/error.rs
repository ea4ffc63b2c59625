//! Why a cluster did not do what it was told.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use stores::StoreError;

use super::replication::Lsn;

/// Why a cluster did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A program of PostgreSQL, or one of the system, failed.
    #[error("`{program}` failed: {said}")]
    Program {
        /// Where it is.
        program: String,
        /// What it wrote.
        said: String,
    },
    /// A file or a folder.
    #[error("cannot {what} {}", .path.display())]
    Io {
        /// What was to be done with it.
        what: &'static str,
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The server ended before it took connections.
    #[error("PostgreSQL ended as it started; {} ends with:\n{last}", .log.display())]
    Ended {
        /// Where it writes.
        log: PathBuf,
        /// The last lines of that.
        last: String,
    },
    /// It did not come about in this time.
    #[error("{what} did not come about within {} ms; see {}", .within.as_millis(), .log.display())]
    Slow {
        /// What.
        what: &'static str,
        /// The time.
        within: Duration,
        /// Where the server writes.
        log: PathBuf,
    },
    /// The server did not carry a statement out.
    #[error("PostgreSQL did not {what}")]
    Sql {
        /// What was to be done.
        what: &'static str,
        /// What it says, or what became of the connection.
        source: tokio_postgres::Error,
    },
    /// The ledger was not read or made.
    #[error("the ledger was not {what}")]
    Ledger {
        /// What was to be done with it.
        what: &'static str,
        /// Why not.
        source: StoreError,
    },
    /// PostgreSQL's user may not enter a folder on the way to the cluster's.
    #[error(
        "the user of PostgreSQL may not enter {}: let it (`chmod o+x`), or choose another directory",
        .0.display()
    )]
    Barred(PathBuf),
    /// The path of a socket has at most 100 signs.
    #[error("{} is too long for the path of a socket: choose a shorter directory", .0.display())]
    TooLong(PathBuf),
    /// The standby was not sent everything before the writer had to be stopped.
    #[error(
        "the writer did not hand everything over to its standby within {} ms, and was stopped: start it again, and \
         the switch is cancelled",
        .0.as_millis()
    )]
    NotHandedOver(Duration),
    /// A return to the new writer began and failed: its data are neither the old ones nor the new.
    #[error("its return to the new writer is not finished: let it rejoin again")]
    Unfinished,
    /// The standby has not got this far in the log.
    #[error("the standby has the log up to {has}, not up to {wanted}, the end of the writer's")]
    NotReceived {
        /// How far it has it.
        has: Lsn,
        /// How far it should have it.
        wanted: Lsn,
    },
    /// The disk of a cluster is limited by a file system of its own, which only root may mount.
    #[error(
        "a disk that can be full needs a file system of its own, which may not be mounted here: {0}"
    )]
    NotPermitted(String),
    /// The cluster was made without a limit of its disk.
    #[error("the disk of this cluster has no limit: give one when it is made")]
    NoLimit,
    /// What the server answered is not what any server answers.
    #[error("PostgreSQL's answer on {0} makes no sense")]
    Malformed(&'static str),
}

impl ClusterError {
    pub(super) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), source }
    }

    /// For what a statement was to do.
    pub(super) fn sql(what: &'static str) -> impl FnOnce(tokio_postgres::Error) -> Self {
        move |source| Self::Sql { what, source }
    }

    /// For what was to be done with the ledger.
    pub(super) fn ledger(what: &'static str) -> impl FnOnce(StoreError) -> Self {
        move |source| Self::Ledger { what, source }
    }
}
