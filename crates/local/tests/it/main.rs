//! Two Regions on one machine: real sockets, packets, processes and databases.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod dns;
mod links;
mod postgres;
mod postgres_figures;
mod postgres_pair;
mod postgres_return;
mod process;
mod rehearsal;
mod rehearsal_director;
mod store;
mod wires;

#[path = "../../../stores/tests/it/programs.rs"]
#[allow(dead_code, reason = "the tests of the stores need more of it")]
mod programs;
#[path = "../../../stores/tests/it/samples.rs"]
#[allow(dead_code, reason = "the tests of the stores need more of it")]
mod samples;
