//! Rules about objectives, drills and evidence.

mod rto_budget;
mod run_time;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[rto_budget::RULE];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = run_time::RULES;
