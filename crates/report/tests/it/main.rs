//! Reports of runs: what they say, in which forms, and who signed them.

mod files;
mod forms;
mod reports;
mod runs;
mod signatures;
