//! An emulator of AWS for tests: starts it, completes it, and breaks the way to it.
//!
//! It is `MiniStack`, which `cargo xtask test` installs, with what it lacks added by `adapter.py` (see `ORIGIN.md`).
//! Nothing here proves what AWS itself accepts. A test speaks to [`Emulator::url`], or to the [`Way::url`] of a [`Way`]
//! to it, which fails as its [`Rule`]s say.

mod prepared;
mod rule;
mod started;
mod way;

pub use rule::{Asked, Called, Fault, Rule};
pub use started::Emulator;
pub use way::Way;
