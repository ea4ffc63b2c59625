//! Rules about objectives.

mod rto_budget;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[rto_budget::RULE];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[];
