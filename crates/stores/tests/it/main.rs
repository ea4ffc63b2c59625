//! What a ledger promises, asked of each; and that it is kept when servers and processes die.

mod contract;
mod documents;
mod embedded;
mod pays;
mod postgres;
mod programs;
mod samples;
mod server;
mod telling;
mod watchdog;
