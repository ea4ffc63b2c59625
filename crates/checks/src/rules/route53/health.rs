//! Health checks worked out: what they may say while a Region is lost.
//!
//! Endpoints of the lost Region do not answer. What the others say is anybody's choice: that is the switch. So a
//! check may say one thing only, or either; a rule speaks where the one thing is the wrong one.

use std::collections::{BTreeMap, BTreeSet};

use super::records::{Record, Routing};
use crate::place::Resource;
use crate::{Answer, Unknown};

/// The type of health checks.
pub(in crate::rules) const KIND: &str = "AWS::Route53::HealthCheck";

/// What is lost while a check is worked out.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) enum Lost<'r> {
    /// Everything in this Region.
    Region(&'r str),
    /// Every endpoint that is checked, wherever it is: the network of the health checkers, or a bad deployment.
    EveryEndpoint,
}

/// What a check may say.
#[derive(Debug, Clone, Default)]
pub(in crate::rules) struct Outlook {
    pub(in crate::rules) may_be_healthy: bool,
    pub(in crate::rules) may_be_unhealthy: bool,
    /// Why it is not known whether it may be both.
    pub(in crate::rules) doubt: Option<Unknown>,
}

impl Outlook {
    fn always(healthy: bool) -> Self {
        Self { may_be_healthy: healthy, may_be_unhealthy: !healthy, doubt: None }
    }

    fn either() -> Self {
        Self { may_be_healthy: true, may_be_unhealthy: true, doubt: None }
    }

    fn unknown(why: Unknown) -> Self {
        Self { doubt: Some(why), ..Self::either() }
    }

    fn inverted(self) -> Self {
        let Self { may_be_healthy, may_be_unhealthy, doubt } = self;
        Self { may_be_healthy: may_be_unhealthy, may_be_unhealthy: may_be_healthy, doubt }
    }
}

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

/// What a check may say while something is lost.
pub(in crate::rules) fn outlook(
    routing: &Routing<'_>,
    check: Resource<'_>,
    lost: Lost<'_>,
) -> Outlook {
    Working { routing, lost, known: BTreeMap::new() }.outlook(check)
}

/// Checks that are worked out, each once, however many others look at it.
struct Working<'r, 'd> {
    routing: &'r Routing<'d>,
    lost: Lost<'r>,
    known: BTreeMap<(usize, String), Outlook>,
}

impl Working<'_, '_> {
    fn outlook(&mut self, check: Resource<'_>) -> Outlook {
        let key = (check.stack.index, check.id().to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        // Whoever comes back to it while it is worked out has found a circle.
        let circle = Outlook::unknown(Unknown(format!("`{}` looks at itself", check.id())));
        self.known.insert(key.clone(), circle);
        let outlook = self.worked_out(check);
        self.known.insert(key, outlook.clone());
        outlook
    }

    fn worked_out(&mut self, check: Resource<'_>) -> Outlook {
        let config = check.at("HealthCheckConfig");
        let inverted = match config.at("Inverted").bool() {
            Answer::Unknown(why) => return Outlook::unknown(why),
            answer => answer.known() == Some(true),
        };
        let said = match config.at("Type").text() {
            Answer::Known(kind) => match kind.as_str() {
                "CALCULATED" => self.calculated(check),
                "CLOUDWATCH_METRIC" => alarm(self.routing, check, self.lost),
                "RECOVERY_CONTROL" => Outlook::either(),
                _ => endpoint(self.routing, check, self.lost),
            },
            Answer::Unknown(why) => Outlook::unknown(why),
            Answer::Absent => Outlook::unknown(Unknown("the health check has no `Type`".into())),
        };
        if inverted { said.inverted() } else { said }
    }

    /// Healthy while at least as many of the others are.
    fn calculated(&mut self, check: Resource<'_>) -> Outlook {
        let config = check.at("HealthCheckConfig");
        let (threshold, children) =
            match (config.at("HealthThreshold").number(), config.at("ChildHealthChecks").items()) {
                (Answer::Known(threshold), Answer::Known(children)) => (threshold, children),
                (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => {
                    return Outlook::unknown(why);
                }
                _ => {
                    let what = "a calculated health check without threshold or children";
                    return Outlook::unknown(Unknown(what.into()));
                }
            };
        let (mut certain, mut possible, mut doubt) = (0.0, 0.0, None);
        for child in children {
            let found = child.reference().known().and_then(|at| self.routing.design.resource(at));
            let outlook = match found.filter(|found| found.kind() == KIND) {
                Some(found) => self.outlook(found),
                None => Outlook::unknown(Unknown(format!(
                    "health check `{}` is not in these templates",
                    child.shown()
                ))),
            };
            certain += if outlook.may_be_unhealthy { 0.0 } else { 1.0 };
            possible += if outlook.may_be_healthy { 1.0 } else { 0.0 };
            doubt = doubt.or(outlook.doubt);
        }
        let (may_be_healthy, may_be_unhealthy) = (possible >= threshold, certain < threshold);
        Outlook { may_be_healthy, may_be_unhealthy, doubt }
    }
}

/// An endpoint that is lost does not answer; any other may.
fn endpoint(routing: &Routing<'_>, check: Resource<'_>, lost: Lost<'_>) -> Outlook {
    match (lost, region(routing, check)) {
        (Lost::EveryEndpoint, _) => Outlook::always(false),
        (Lost::Region(lost), Some(region)) if region == lost => Outlook::always(false),
        (Lost::Region(_), Some(_)) => Outlook::either(),
        (Lost::Region(_), None) => Outlook::unknown(Unknown(format!(
            "it is not known in which Region the endpoint of `{}` is",
            check.id()
        ))),
    }
}

/// The Region of what a check of an endpoint or of an alarm looks at.
pub(in crate::rules) fn region(routing: &Routing<'_>, check: Resource<'_>) -> Option<String> {
    let config = check.at("HealthCheckConfig");
    let alarm = config.at("AlarmIdentifier.Region").text().known();
    let host = || routing.region_of_host(config.at("FullyQualifiedDomainName").value().known()?);
    alarm.or_else(host)
}

/// An alarm of the lost Region has no data; any other may say anything.
fn alarm(routing: &Routing<'_>, check: Resource<'_>, lost: Lost<'_>) -> Outlook {
    let silent = match check.at("HealthCheckConfig.InsufficientDataHealthStatus").text() {
        Answer::Unknown(why) => return Outlook::unknown(why),
        status => Outlook::always(status.known().as_deref() != Some("Unhealthy")),
    };
    let Some(region) = region(routing, check) else {
        return Outlook::unknown(Unknown(format!(
            "it is not known in which Region the alarm of `{}` is",
            check.id()
        )));
    };
    let is_lost = match lost {
        Lost::Region(lost) => lost == region,
        Lost::EveryEndpoint => false,
    };
    if is_lost { silent } else { Outlook::either() }
}

/// Whether a record goes away by itself when its own Region is lost.
pub(in crate::rules) fn leaves_by_itself(routing: &Routing<'_>, record: &Record<'_>) -> bool {
    let Some(region) = record.region.as_deref() else { return false };
    match signal(routing, record) {
        Signal::Check(check) => {
            watches_a_service(routing, check)
                || !outlook(routing, check, Lost::Region(region)).may_be_healthy
        }
        Signal::TargetHealth => record.is_alias_of_load_balancer(routing.design),
        Signal::Nothing | Signal::Vended | Signal::Elsewhere(_) => false,
    }
}

/// Whether a check follows the alarm of a metric that a service publishes, which nobody turns on purpose.
fn watches_a_service(routing: &Routing<'_>, check: Resource<'_>) -> bool {
    let namespace = routing.alarm(check).and_then(|alarm| alarm.at("Namespace").text().known());
    namespace.is_some_and(|name| name.starts_with("AWS/") || name == "CloudWatchSynthetics")
}

/// A check in words: what it is and what it looks at.
pub(in crate::rules) fn shown(check: Resource<'_>) -> String {
    let config = check.at("HealthCheckConfig");
    let kind = config.at("Type").shown();
    let target = match kind.as_str() {
        "CALCULATED" => "other checks".to_owned(),
        "CLOUDWATCH_METRIC" => format!("alarm `{}`", config.at("AlarmIdentifier.Name").shown()),
        "RECOVERY_CONTROL" => "a routing control".to_owned(),
        _ => {
            let host = config.at("FullyQualifiedDomainName");
            let host =
                if host.exists() == Answer::Known(true) { host } else { config.at("IPAddress") };
            let path = config.at("ResourcePath").text().known().unwrap_or_default();
            format!("`{}{path}`", host.shown())
        }
    };
    let inverted = config.at("Inverted").bool().known() == Some(true);
    let how = if inverted { ", inverted" } else { "" };
    format!("`{}` ({kind} of {target}{how})", check.id())
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
