//! Rules about API Gateway.

mod access_logs_redacted;
mod account_role_each_region;
mod callers_known;
mod preprovision;
mod throttle_parity;
mod validation_waf;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    access_logs_redacted::RULE,
    account_role_each_region::RULE,
    callers_known::RULE,
    preprovision::RULE,
    throttle_parity::RULE,
    validation_waf::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[];
