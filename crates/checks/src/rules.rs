//! The rules, one file each, in folders by what they are about.

mod api;
mod arc;
mod aurora;
mod backup;
mod cloudformation;
mod dynamodb;
mod functions;
mod keys;
mod monitoring;
mod network;
mod operations;
mod orchestration;
mod payments;
pub(crate) mod route53;
pub(crate) mod s3;

use crate::rule::{Rule, RunTime};

/// Every rule that templates can show to be kept or broken, by area and then by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    AREAS.iter().flat_map(|(rules, _)| rules.iter())
}

/// Every rule that only a running system, a runbook or a drill can show to be kept.
pub fn run_time() -> impl Iterator<Item = &'static RunTime> {
    AREAS.iter().flat_map(|(_, rules)| rules.iter())
}

/// The rule of this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

/// The rules of each area.
static AREAS: [(&[Rule], &[RunTime]); 15] = [
    (api::RULES, api::RUN_TIME),
    (arc::RULES, arc::RUN_TIME),
    (aurora::RULES, aurora::RUN_TIME),
    (backup::RULES, backup::RUN_TIME),
    (cloudformation::RULES, cloudformation::RUN_TIME),
    (dynamodb::RULES, dynamodb::RUN_TIME),
    (functions::RULES, functions::RUN_TIME),
    (keys::RULES, keys::RUN_TIME),
    (monitoring::RULES, monitoring::RUN_TIME),
    (network::RULES, network::RUN_TIME),
    (operations::RULES, operations::RUN_TIME),
    (orchestration::RULES, orchestration::RUN_TIME),
    (payments::RULES, payments::RUN_TIME),
    (route53::RULES, route53::RUN_TIME),
    (s3::RULES, s3::RUN_TIME),
];
