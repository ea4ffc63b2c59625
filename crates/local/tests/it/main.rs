//! Two Regions on one machine: real sockets, packets, processes and databases.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod dns;
mod links;
mod rehearsal;
mod store;
