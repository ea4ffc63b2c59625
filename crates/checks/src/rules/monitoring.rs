//! Rules about alarms, topics and dashboards.

mod alarm_same_region;
mod alarm_set_minimum;
pub(super) mod alarms;
mod dashboards_role_aware;
mod log_retention_and_copy;
mod math;
mod missing_data_explicit;
mod needs;
mod ratio_alarm_guard;
mod sns_topics_both;
mod standby_watches_primary;

use crate::rule::{Rule, RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    alarm_same_region::RULE,
    alarm_set_minimum::RULE,
    missing_data_explicit::RULE,
    ratio_alarm_guard::RULE,
    standby_watches_primary::RULE,
    dashboards_role_aware::RULE,
    log_retention_and_copy::RULE,
    sns_topics_both::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[RunTime {
    code: "cw-mute-in-drills",
    severity: Severity::Warning,
    rule: "Planned drills mute alarms by mute rules that end by themselves; actions of alarms stay enabled.",
    why: "actions that were disabled for a drill are forgotten, and the next real loss pages nobody",
    checked: "after a drill, by `aws cloudwatch describe-alarms` in both Regions: `ActionsEnabled` is true everywhere",
    source: "Amazon CloudWatch User Guide, on alarm mute rules",
}];
