//! Rules about DNS.

mod accelerated_recovery;
mod alarm_check_limits;
mod alias_hc_and_eth;
mod apigw_custom_domain;
mod apigw_zone_id;
mod disabled_check_is_healthy;
mod evaluate_target_health_apigw;
pub(in crate::rules) mod health;
mod health_state_is_the_switch;
mod hostedzone_id_not_name;
mod insufficient_data_status;
mod no_check_means_healthy;
mod no_endpoint_check_on_switch_record;
mod no_record_change;
mod outlook;
mod promote_before_flip;
pub(crate) mod records;
mod regions;
mod reserved_zone_name;
mod rights;
pub(in crate::rules) mod routing;
mod state_machine;
mod stop_pattern;
mod switch_endpoint_alone;
mod switch_endpoint_reachable;
mod switch_zones;
mod ttl_60;
mod zero_weight_is_not_never;
mod zone_outside_app_stacks;

use crate::rule::{Rule, RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    accelerated_recovery::RULE,
    alarm_check_limits::RULE,
    alias_hc_and_eth::RULE,
    apigw_custom_domain::RULE,
    apigw_zone_id::RULE,
    disabled_check_is_healthy::RULE,
    evaluate_target_health_apigw::RULE,
    health_state_is_the_switch::RULE,
    hostedzone_id_not_name::RULE,
    insufficient_data_status::RULE,
    no_check_means_healthy::RULE,
    no_endpoint_check_on_switch_record::RULE,
    no_record_change::RULE,
    promote_before_flip::RULE,
    reserved_zone_name::RULE,
    stop_pattern::RULE,
    switch_endpoint_alone::RULE,
    switch_endpoint_reachable::RULE,
    ttl_60::RULE,
    zero_weight_is_not_never::RULE,
    zone_outside_app_stacks::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[
    RunTime {
        code: "r53-connections-outlive-dns",
        severity: Severity::Warning,
        rule: "Connections that are kept alive ignore DNS, so the Region that is left refuses writes itself: its gate \
               is closed, and it answers 503 with `Retry-After` and `Connection: close`.",
        why: "Old connections go on writing to the old Region for hours after the records have moved.",
        checked: "A drill keeps connections open over the takeover and looks for writes that the old Region accepts.",
        source: "Route 53 Developer Guide, \"Best practices for Amazon Route 53 DNS\"",
    },
    RunTime {
        code: "r53-new-check-state",
        severity: Severity::Warning,
        rule: "A new health check counts as healthy until it has data, and an inverted one as unhealthy: create it, \
               wait for its state, and only then attach it to a record that customers use.",
        why: "A deployment that creates an inverted check and attaches it in one step moves traffic by itself.",
        checked: "By the order of deployments: a template is the same before and after. `GetHealthCheckStatus` shows \
                  the state before the record is changed.",
        source: "Route 53 Developer Guide, \"How Amazon Route 53 determines whether a health check is healthy\"",
    },
    RunTime {
        code: "r53-recordset-protection",
        severity: Severity::Warning,
        rule: "The records of the switch are under a resource record set protection, which the step that deploys them \
               takes away and puts back.",
        why: "An edit by mistake undoes the switch, and nobody notices before it is needed.",
        checked: "On the account, by `ListResourceRecordSetProtections`; CloudFormation cannot declare one.",
        source: "Route 53 API Reference, \"ListResourceRecordSetProtections\"",
    },
    RunTime {
        code: "r53-verify-by-authoritative-query",
        severity: Severity::Error,
        rule: "Whether DNS has moved is asked of the zone's name servers and of public resolvers over DNS, not of \
               Route 53's API.",
        why: "The API may be down, or say what was asked for rather than what is served.",
        checked: "By the runbook's step after the switch.",
        source: "Route 53 Developer Guide, \"Amazon Route 53 concepts\"",
    },
];
