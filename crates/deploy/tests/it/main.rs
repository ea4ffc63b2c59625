//! Deployments of the default system into an emulator of AWS, over a way that fails.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

mod data;
mod faults;
mod guards;
mod place;
mod recorded;
mod whole;
