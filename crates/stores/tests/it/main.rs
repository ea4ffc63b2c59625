//! What a ledger promises, asked of each; and that it is kept when servers and processes die.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

mod again;
mod connects;
mod contract;
mod deaths;
mod documents;
mod embedded;
mod pays;
mod postgres;
mod programs;
mod region;
mod samples;
mod server;
mod standby;
mod stories;
mod telling;
mod turns;
mod urls;
mod watchdog;

#[path = "../../../payments/tests/it/bank.rs"]
#[allow(dead_code, reason = "the tests of the core need more of it")]
mod bank;
#[path = "../../../payments/tests/it/store.rs"]
#[allow(dead_code, reason = "the tests of the core need more of it")]
mod store;
#[path = "../../../payments/tests/it/support.rs"]
#[allow(dead_code, reason = "the tests of the core need more of it")]
mod support;
