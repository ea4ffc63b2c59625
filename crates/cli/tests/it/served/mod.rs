//! `tideover serve` as clients meet it: over real HTTP, with processes that are killed.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

pub(crate) mod client;
mod crashes;
mod ends;
mod epoch;
mod fuzzed;
mod keys;
mod machine;
mod oracle;
mod points;
mod privacy;
mod processor;
mod readme;
mod shared;
mod walk;
