//! The packaged functions as Lambda runs them: real processes, one event at a time, over a real PostgreSQL, an emulator
//! of AWS and a simulated processor of cards.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../../../service/tests/it/client.rs"]
mod client;
mod front;
mod ledger;
mod lines;
mod outages;
mod package;
#[path = "../../../stores/tests/it/programs.rs"]
mod programs;
mod requests;
mod runtime_api;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../../../stores/tests/it/server.rs"]
mod server;
mod starts;
mod world;
