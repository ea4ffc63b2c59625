//! How the two Regions are to be, and why they do not run.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::pace::Pace;
use crate::postgres::{ClusterError, Programs, Template};
use crate::process::{Claimed, NotStarted};
use crate::system::hook::Hook;

/// How the two Regions are to be.
#[derive(Clone)]
pub struct SystemSettings {
    /// Where everything is kept.
    pub directory: PathBuf,
    /// The program `tideover`, which child processes are.
    pub program: PathBuf,
    /// PostgreSQL.
    pub programs: Programs,
    /// What both databases begin as.
    pub template: Arc<Template>,
    /// The password of the template.
    pub password: String,
    /// How fast time goes.
    pub pace: Pace,
    /// Whoever is told of the steps of runs.
    pub hook: Arc<dyn Hook>,
    /// How much the disk of each database holds, in bytes; none: as much as the machine's.
    pub disk_limit: Option<u64>,
    /// What is between the places.
    pub underlay: Underlay,
}

/// What is between the places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Underlay {
    /// Wires between network namespaces where the system permits them, and nothing elsewhere.
    #[default]
    Any,
    /// Wires between network namespaces.
    Namespaces,
    /// Nothing: links alone hold what is cut.
    Proxies,
}

/// Why the two Regions do not run.
#[derive(Debug, thiserror::Error)]
pub enum NotUp {
    /// Others run here.
    #[error(transparent)]
    Claimed(#[from] Claimed),
    /// The folder has something in it that is not of two Regions.
    #[error("`{}` was there before any Regions were: choose another folder", .0.display())]
    Foreign(PathBuf),
    /// A file, an address or a process.
    #[error("the two Regions do not start: {what}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A process.
    #[error(transparent)]
    Process(#[from] NotStarted),
    /// A database.
    #[error(transparent)]
    Database(#[from] ClusterError),
    /// The first control record, or the ledger's first epoch.
    #[error("the system is not initialized: {0}")]
    NotInitialized(String),
}

/// What went wrong while something was tried.
pub(super) fn io(what: &'static str) -> impl Fn(io::Error) -> NotUp {
    move |source| NotUp::Io { what, source }
}
