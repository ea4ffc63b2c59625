//! The service over real HTTP, with stores in memory that go wrong as told.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod after;
mod client;
mod contract;
mod document;
mod drains;
mod edges;
mod effects;
mod emf;
mod faults;
mod fuzzed;
mod idempotency;
mod interface;
mod limits;
mod logs;
mod observability;
mod pages;
mod privacy;
mod properties;
mod refunds;
mod schemathesis;
mod server;
mod switching;
mod truth;
mod world;
