//! The commands that speak to AWS, against an emulator of it.

mod databases;
mod deploy;
mod machine;
mod story;
mod system;
