//! The payment service over HTTP: from bytes to [`payments::Command`] and from
//! [`payments::Outcome`] to problem documents, for a laptop and for Lambda from the same [`router()`].
//!
//! What money is and who is charged is decided in `payments`, who may write in `fence`. Stores are
//! reached through the ports of both and of this crate ([`Region`]); which ones they are is chosen
//! by whoever builds a [`Service`]. Time and randomness come from its [`Source`].
//!
//! - An answer of 201 means that the ledger has it. When that is not known, the answer is 503, and
//!   the same request with the same key finds it out.
//! - No value that a client sent is repeated in a problem, in the log or in a number; names are,
//!   when they look like names.
//! - An idempotency key is never refused for looking like a card number, as some UUIDs do by chance;
//!   it is kept as a digest only.

mod after;
mod answers;
mod body;
mod components;
mod draft;
mod emf;
mod envelope;
mod health;
mod json;
mod key;
mod limits;
mod links;
mod log;
mod metrics;
mod moves;
mod noted;
mod numbers;
mod openapi;
mod operations;
mod options;
mod ports;
mod problem;
mod query;
mod queue;
mod reads;
mod refusals;
mod reply;
mod requests;
mod route;
mod router;
mod serve;
mod source;
mod state;
mod trace;
mod wire;

pub use log::{JsonLines, Log};
pub use numbers::{Count, Gauge, Numbers};
pub use openapi::openapi;
pub use options::{AfterAnswer, Exposure, Options};
pub use ports::{Health, Region};
pub use queue::QueuedLines;
pub use router::router;
pub use serve::{Drained, Listening, serve};
pub use source::Source;
pub use state::Service;
