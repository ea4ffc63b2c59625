//! The commands that speak to AWS, against an emulator of it.

mod deploy;
mod runs;
