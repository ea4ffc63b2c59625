//! What a run asks of a ledger, asked of a real PostgreSQL, and the words in which it is asked.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

mod history;
mod long;
mod lost;
mod standing;
mod words;
mod world;

#[path = "../../../stores/tests/it/programs.rs"]
mod programs;
#[allow(dead_code, reason = "the tests of the stores need more of it")]
#[path = "../../../stores/tests/it/samples.rs"]
mod samples;
#[allow(dead_code, reason = "the tests of the stores need more of it")]
#[path = "../../../stores/tests/it/server.rs"]
mod server;
