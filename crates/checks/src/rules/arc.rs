//! Rules about ARC Region switch, readiness and routing controls.

mod aurora_block_modes;
mod capacity_not_guaranteed;
mod lambda_runs_in_activating_region;
pub(in crate::rules) mod plan;
mod readiness_closed;
mod route53_block_needs_attachment;
mod triggers_off_for_stateful;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    aurora_block_modes::RULE,
    capacity_not_guaranteed::RULE,
    lambda_runs_in_activating_region::RULE,
    readiness_closed::RULE,
    route53_block_needs_attachment::RULE,
    triggers_off_for_stateful::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[];
