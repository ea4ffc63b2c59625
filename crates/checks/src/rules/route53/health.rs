//! Which health checks records carry, and what those look at.

use std::collections::BTreeSet;

use super::records::Record;
use super::routing::Routing;
use crate::place::Resource;
use crate::{Answer, Unknown};

/// The type of health checks.
pub(in crate::rules) const KIND: &str = "AWS::Route53::HealthCheck";

/// What is attached to a record to say whether it may be answered.
#[derive(Debug, Clone)]
pub(in crate::rules) enum Signal<'d> {
    /// Nothing: it counts as healthy.
    Nothing,
    /// Only the health of the alias's target.
    TargetHealth,
    /// A check of these templates.
    Check(Resource<'d>),
    /// Health state that Application Recovery Controller sets: a plan's checks.
    Vended,
    /// A check that is not in these templates.
    Elsewhere(Unknown),
}

/// What is attached to a record.
pub(in crate::rules) fn signal<'d>(routing: &Routing<'d>, record: &Record<'d>) -> Signal<'d> {
    let named = record.place.at("HealthCheckId");
    let elsewhere = |what: String| Signal::Elsewhere(Unknown(what));
    match named.reference() {
        Answer::Known(reference) => match routing.design.resource(reference) {
            Some(check) if check.kind() == KIND => Signal::Check(check),
            Some(plan) if plan.kind() == "AWS::ARCRegionSwitch::Plan" => Signal::Vended,
            _ => elsewhere(format!("`{}` is no health check of these templates", named.shown())),
        },
        Answer::Unknown(why) => Signal::Elsewhere(why),
        Answer::Absent if named.exists() != Answer::Known(false) => {
            elsewhere(format!("health check `{}` is not in these templates", named.shown()))
        }
        Answer::Absent => match record.evaluates_target_health() {
            Answer::Known(true) => Signal::TargetHealth,
            Answer::Unknown(why) => Signal::Elsewhere(why),
            _ => Signal::Nothing,
        },
    }
}

/// The Region of what a check of an endpoint or of an alarm looks at.
pub(in crate::rules) fn region(routing: &Routing<'_>, check: Resource<'_>) -> Option<String> {
    let config = check.at("HealthCheckConfig");
    let alarm = config.at("AlarmIdentifier.Region").text().known();
    let host = || routing.region_of_host(config.at("FullyQualifiedDomainName").value().known()?);
    alarm.or_else(host)
}

/// A check in words: what it is and what it looks at.
pub(in crate::rules) fn shown(check: Resource<'_>) -> String {
    let config = check.at("HealthCheckConfig");
    let kind = config.at("Type").shown();
    let target = match kind.as_str() {
        "CALCULATED" => "other checks".to_owned(),
        "CLOUDWATCH_METRIC" => match config.at("AlarmIdentifier.Name").value() {
            Answer::Known(name) => format!("alarm `{}`", name.shown()),
            _ => "an alarm".to_owned(),
        },
        "RECOVERY_CONTROL" => "a routing control".to_owned(),
        _ => endpoint_shown(check),
    };
    let inverted = config.at("Inverted").bool().known() == Some(true);
    let how = if inverted { ", inverted" } else { "" };
    format!("`{}` ({kind} of {target}{how})", check.id())
}

fn endpoint_shown(check: Resource<'_>) -> String {
    let config = check.at("HealthCheckConfig");
    let host = ["FullyQualifiedDomainName", "IPAddress"]
        .into_iter()
        .find_map(|property| config.at(property).value().known());
    let path = config.at("ResourcePath").text().known().unwrap_or_default();
    host.map_or_else(|| "an endpoint".to_owned(), |host| format!("`{}{path}`", host.shown()))
}

/// A health check that a record of a group carries, itself or by way of a calculated check.
#[derive(Debug)]
pub(in crate::rules) struct Attached<'r, 'd> {
    pub(in crate::rules) record: &'r Record<'d>,
    pub(in crate::rules) check: Resource<'d>,
    /// Whether the record names it itself.
    pub(in crate::rules) directly: bool,
}

/// Every health check that records of groups carry, with the first record that does.
pub(in crate::rules) fn attached<'r, 'd>(routing: &'r Routing<'d>) -> Vec<Attached<'r, 'd>> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (_, record) in routing.members() {
        let Signal::Check(check) = signal(routing, record) else { continue };
        let mut open = vec![(check, true)];
        while let Some((check, directly)) = open.pop() {
            if seen.insert((check.stack.index, check.id())) {
                found.push(Attached { record, check, directly });
                open.extend(children(routing, check).into_iter().map(|child| (child, false)));
            }
        }
    }
    found
}

fn children<'d>(routing: &Routing<'d>, check: Resource<'d>) -> Vec<Resource<'d>> {
    let named = check.at("HealthCheckConfig.ChildHealthChecks").items().known().unwrap_or_default();
    let found =
        named.iter().filter_map(|child| routing.design.resource(child.reference().known()?));
    found.filter(|found| found.kind() == KIND).collect()
}
