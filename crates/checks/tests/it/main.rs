//! The tests of the crate, in one program.

#![expect(clippy::disallowed_methods, reason = "fixtures are files")]

mod allow;
mod baseline;
mod date;
mod designs;
mod document;
mod documented;
mod given;
mod output;
mod pairing;
mod resolve;
mod robustness;
mod rules;
mod sample;
mod settings;
