//! Rules about the correctness of payments across a takeover.

mod card_data;
mod fencing_epoch;
mod no_card_numbers;
mod queues_are_regional;
mod run_time;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] =
    &[fencing_epoch::RULE, no_card_numbers::RULE, queues_are_regional::RULE];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = run_time::RULES;
