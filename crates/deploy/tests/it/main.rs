//! Deployments of the default system into an emulator of AWS, over a way that fails.

mod faults;
mod guards;
mod place;
mod whole;
