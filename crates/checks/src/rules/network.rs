//! Rules about networks and calls between Regions.

mod cidr_disjoint;
mod database_ingress;
mod endpoints_for_isolated;
mod hosts;
mod joined;
mod nat_zone_redundant;
mod no_cross_region_call;
mod sts_regional;
mod three_zones;
mod vpcs;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    no_cross_region_call::RULE,
    sts_regional::RULE,
    cidr_disjoint::RULE,
    database_ingress::RULE,
    endpoints_for_isolated::RULE,
    nat_zone_redundant::RULE,
    three_zones::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[];
