//! The commands that speak to AWS, against an emulator of it.

mod databases;
mod deploy;
mod story;
mod system;
