//! One Region put together: with stores in memory, over real sockets and files.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod books;
mod charging;
mod control;
mod draining;
mod initializing;
mod keeping;
mod lines;
mod outside;
mod receipts;
mod rows;
mod shop;
mod telling;
mod webhooks;
mod whole;
mod working;
