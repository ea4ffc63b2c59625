//! An emulator of AWS for tests: starts it, completes it, and breaks the way to it.
//!
//! It is `MiniStack`, which `cargo xtask test` installs, with what it lacks added by `adapter.py` (see `ORIGIN.md`).
//! Nothing here proves what AWS itself accepts.

mod started;

pub use started::Emulator;
