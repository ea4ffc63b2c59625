//! Two Regions on one machine: real PostgreSQL replication, real processes, real sockets, real DNS
//! packets, and what makes them fail.

mod act;
mod clock;
mod dns;
mod network;
mod pace;
mod place;
pub mod postgres;
mod process;
pub mod rehearsal;
mod store;
mod system;
mod wire;

pub use act::{
    NotBegun, NotDone, Reach, RunnerSettings, Unreachable, Ways, begin, carry_on, draining, facts,
    observed_words, region, settings,
};
pub use clock::now_us;
pub use dns::{
    Authority, CHECKERS, CheckStatus, Checkers, DnsServer, DnsStatus, Resolver, SwitchSettings,
    Ttl, Unresolved, View, look_up,
};
pub use network::{Line, LinkName, Namespace, Network, Passage, Way, Wires};
pub use pace::Pace;
pub use place::Place;
pub use process::{
    Claimed, Directory, Ended, NotStarted, Process, Warden, serve_warden, socket_in,
};
pub use recovery::Recovered;
pub use store::{
    Chosen, ChosenValue, ReplicaSettings, RunJournal, StoreClient, read_logs, serve_replica,
};
pub use system::{
    Answer, Ask, AtStep, Ground, Hook, NoHook, NotChanged, NotHere, NotUp, RecordStatus,
    RegionStatus, ServiceStatus, Spoil, Standstill, Status, Step, System, SystemSettings, Underlay,
    Waits, is_playable, usual_folder,
};
pub use wire::{Caller, NotAnswered};
