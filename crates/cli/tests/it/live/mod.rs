//! Two real Regions on this machine: processes, PostgreSQL, DNS. No test here asserts how fast anything is.

mod alone;
mod bounded;
mod disk_full;
mod every_step;
mod lost_for_good;
#[cfg(feature = "planted-bugs")]
mod planted;
mod played;
mod processes;
mod receipts;
mod same_as_simulated;
mod terminal;
mod two_networks;
mod two_regions;
mod up;
