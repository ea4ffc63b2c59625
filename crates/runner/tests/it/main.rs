//! The function as Lambda runs it: a real process, told by a state machine what to do, over an emulator of AWS.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../../../service/tests/it/client.rs"]
mod client;
mod considers;
#[path = "../../../lambda/tests/it/lines.rs"]
mod lines;
mod people;
mod performs;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../../../lambda/tests/it/runtime_api.rs"]
mod runtime_api;
mod starts;
mod world;
