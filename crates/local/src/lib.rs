//! Two Regions on one machine: real PostgreSQL replication, real processes, real sockets, real DNS
//! packets, and what makes them fail.

mod pace;
mod place;

pub use pace::Pace;
pub use place::Place;
