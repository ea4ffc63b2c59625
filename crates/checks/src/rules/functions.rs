//! Rules about Lambda functions and what they run on.

mod artifact_in_own_region;
mod database_connections;
mod mappings_off_in_standby;
mod reserved_and_provisioned;
mod runtime_current;
mod serving;
mod static_stability;
mod taking;

use crate::rule::{Rule, RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    static_stability::RULE,
    artifact_in_own_region::RULE,
    database_connections::RULE,
    mappings_off_in_standby::RULE,
    reserved_and_provisioned::RULE,
    runtime_current::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[RunTime {
    code: "lambda-quota-parity",
    severity: Severity::Blocker,
    rule: "The account's Lambda concurrency covers the primary's peak in both Regions. The quota is 1,000 where \
           nobody raised it, and is raised for each Region by itself",
    why: "the standby throttles in the very minute in which it takes over",
    checked: "by comparing the applied quota of both Regions (Service Quotas, `L-B99A9384`) with 1.3 times the \
              maximum of `ConcurrentExecutions` in the primary",
    source: "AWS Lambda Developer Guide, \"Understanding Lambda function scaling\" and \"Lambda quotas\"",
}];
