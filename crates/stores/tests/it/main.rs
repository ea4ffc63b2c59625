//! What a ledger promises, asked of each; and that it is kept when servers and processes die.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

mod connects;
mod contract;
mod documents;
mod embedded;
mod pays;
mod postgres;
mod programs;
mod samples;
mod server;
mod telling;
mod turns;
mod urls;
mod watchdog;
