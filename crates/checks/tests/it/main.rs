//! The tests of the crate, in one program.

#![expect(clippy::disallowed_methods, reason = "fixtures are files")]

mod document;
mod pairing;
mod rules;
