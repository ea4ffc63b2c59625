//! Two Regions on one machine: real PostgreSQL replication, real processes, real sockets, real DNS
//! packets, and what makes them fail.

mod dns;
mod network;
mod pace;
mod place;
pub mod postgres;
mod process;
pub mod rehearsal;
mod store;
mod wire;

pub use dns::{
    Authority, CHECKERS, CheckStatus, Checkers, DnsServer, DnsStatus, Resolver, SwitchSettings,
    Ttl, Unresolved, View, look_up,
};
pub use network::{Line, LinkName, Network, Passage, Way};
pub use pace::Pace;
pub use place::Place;
pub use process::{Claimed, Directory, Ended, NotStarted, Process, Warden, serve_warden};
pub use store::{
    Chosen, ChosenValue, ReplicaSettings, RunJournal, StoreClient, read_logs, serve_replica,
};
pub use wire::{Caller, NotAnswered};
