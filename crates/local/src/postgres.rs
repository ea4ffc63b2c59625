//! A PostgreSQL cluster of a Region: made, started, followed, promoted, demoted, lost and brought back.
//!
//! The supervisor is the database service here. It administers a server over a socket in a folder that only the server's
//! user may enter; everybody else, the other Region's server too, comes over TCP with a password, and so through the links.

mod admin;
mod cluster;
mod configuration;
mod control;
mod disk;
mod error;
mod files;
mod home;
mod leftovers;
mod processes;
mod programs;
mod reach;
mod rejoin;
mod replication;
mod roles;
mod server;
mod tail;
mod template;
mod user;
mod verifier;
mod watch;

pub use cluster::{Cluster, ClusterSettings};
pub use disk::{DISK_LIMIT, disks_can_be_limited};
pub use error::ClusterError;
pub use leftovers::end_leftovers;
pub use programs::{NoPostgres, Programs};
pub use rejoin::{How, Rejoined};
pub use replication::{Lag, Lsn, Position, Role};
pub use server::StopMode;
pub use tail::{Tail, TailRead};
pub use template::Template;
pub use watch::{EpochRaise, WatchedCommit};
