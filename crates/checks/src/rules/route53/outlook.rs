//! Health checks worked out: what they may say while a Region is lost.
//!
//! Endpoints of the lost Region do not answer. What the others say is anybody's choice: that is the switch. So a
//! check may say one thing only, or either; a rule speaks where the one thing is the wrong one.

use std::collections::BTreeMap;

use super::health::{KIND, Signal, region, signal};
use super::records::Record;
use super::routing::Routing;
use crate::place::Resource;
use crate::{Answer, Unknown};

/// What is lost while a check is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lost<'r> {
    /// Everything in this Region.
    Region(&'r str),
    /// Every endpoint that is checked, wherever it is: the network of the health checkers, or a bad deployment.
    EveryEndpoint,
}

/// What a check may say.
#[derive(Debug, Clone, Default)]
pub(super) struct Outlook {
    pub(super) may_be_healthy: bool,
    pub(super) may_be_unhealthy: bool,
    /// Why it is not known whether it may be both.
    pub(super) doubt: Option<Unknown>,
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

/// Checks that are worked out, each once, however many records and other checks look at it.
#[derive(Debug)]
pub(super) struct Outlooks<'r, 'd> {
    routing: &'r Routing<'d>,
    known: BTreeMap<(Lost<'r>, usize, String), Outlook>,
    depth: usize,
}

/// How deep checks of checks are followed; people build two or three.
const DEPTH_MAX: usize = 20;

impl<'r, 'd> Outlooks<'r, 'd> {
    pub(super) fn of(routing: &'r Routing<'d>) -> Self {
        Self { routing, known: BTreeMap::new(), depth: 0 }
    }

    /// Whether a record goes away by itself when its own Region is lost.
    pub(super) fn leaves_by_itself(&mut self, record: &'r Record<'d>) -> bool {
        let Some(region) = record.region.as_deref() else { return false };
        match signal(self.routing, record) {
            Signal::Check(check) => {
                watches_a_service(self.routing, check)
                    || !self.outlook(check, Lost::Region(region)).may_be_healthy
            }
            Signal::TargetHealth => record.is_alias_of_load_balancer(self.routing.design),
            Signal::Nothing | Signal::Vended | Signal::Elsewhere(_) => false,
        }
    }

    /// Why it is not known whether a record goes away by itself.
    pub(super) fn doubt(&mut self, record: &'r Record<'d>) -> Option<Unknown> {
        let Signal::Check(check) = signal(self.routing, record) else { return None };
        self.outlook(check, Lost::Region(record.region.as_deref()?)).doubt
    }

    /// What a check may say while something is lost.
    pub(super) fn outlook(&mut self, check: Resource<'_>, lost: Lost<'r>) -> Outlook {
        let key = (lost, check.stack.index, check.id().to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if self.depth == DEPTH_MAX {
            let what = format!("health checks look at each other more than {DEPTH_MAX} deep");
            return Outlook::unknown(Unknown(what));
        }
        // Whoever comes back to it while it is worked out has found a circle.
        let circle = Outlook::unknown(Unknown(format!("`{}` looks at itself", check.id())));
        self.known.insert(key.clone(), circle);
        self.depth += 1;
        let outlook = self.worked_out(check, lost);
        self.depth -= 1;
        self.known.insert(key, outlook.clone());
        outlook
    }

    fn worked_out(&mut self, check: Resource<'_>, lost: Lost<'r>) -> Outlook {
        let config = check.at("HealthCheckConfig");
        let inverted = match config.at("Inverted").bool() {
            Answer::Unknown(why) => return Outlook::unknown(why),
            answer => answer.known() == Some(true),
        };
        let said = match config.at("Type").text() {
            Answer::Known(kind) => match kind.as_str() {
                "CALCULATED" => self.calculated(check, lost),
                "CLOUDWATCH_METRIC" => alarm(self.routing, check, lost),
                "RECOVERY_CONTROL" => Outlook::either(),
                _ => endpoint(self.routing, check, lost),
            },
            Answer::Unknown(why) => Outlook::unknown(why),
            Answer::Absent => Outlook::unknown(Unknown("the health check has no `Type`".into())),
        };
        if inverted { said.inverted() } else { said }
    }

    /// Healthy while at least as many of the others are.
    fn calculated(&mut self, check: Resource<'_>, lost: Lost<'r>) -> Outlook {
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
                Some(found) => self.outlook(found, lost),
                None => Outlook::unknown(match child.value() {
                    Answer::Unknown(why) => why,
                    _ => Unknown(format!(
                        "health check `{}` is not in these templates",
                        child.shown()
                    )),
                }),
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

/// Whether a check follows the alarm of a metric that a service publishes, which nobody turns on purpose.
fn watches_a_service(routing: &Routing<'_>, check: Resource<'_>) -> bool {
    let namespace = routing.alarm(check).and_then(|alarm| alarm.at("Namespace").text().known());
    namespace.is_some_and(|name| name.starts_with("AWS/") || name == "CloudWatchSynthetics")
}

#[cfg(test)]
mod tests {
    use super::{Lost, Outlooks, Routing};
    use crate::{Design, Settings, Source};

    /// What a check may say while us-east-1 is lost, and while nothing that is checked answers.
    #[track_caller]
    fn check(config: &str, lost: &str, silent: &str) {
        let template = format!(
            "Resources:
               Here: {{Type: 'AWS::Route53::HealthCheck', Properties: {{HealthCheckConfig: {{Type: HTTPS, FullyQualifiedDomainName: api-us-east-1.example.com, Inverted: true}}}}}}
               There: {{Type: 'AWS::Route53::HealthCheck', Properties: {{HealthCheckConfig: {{Type: HTTPS, FullyQualifiedDomainName: api-us-east-2.example.com, Inverted: true}}}}}}
               Round: {{Type: 'AWS::Route53::HealthCheck', Properties: {{HealthCheckConfig: {{Type: CALCULATED, HealthThreshold: 1, ChildHealthChecks: [!Ref Round]}}}}}}
               Check: {{Type: 'AWS::Route53::HealthCheck', Properties: {{HealthCheckConfig: {config}}}}}"
        );
        let source =
            Source { text: template, region: Some("us-east-1".into()), ..Source::default() };
        let design = Design::new(&[source], Settings::default()).expect("a template");
        let routing = Routing::of(&design);
        let mut outlooks = Outlooks::of(&routing);
        let check = design.of(super::KIND).find(|check| check.id() == "Check").expect("the check");
        let mut said = |lost| {
            let outlook = outlooks.outlook(check, lost);
            match (outlook.doubt, outlook.may_be_healthy, outlook.may_be_unhealthy) {
                (Some(_), ..) => "unknown",
                (None, true, true) => "either",
                (None, true, false) => "healthy",
                (None, false, true) => "unhealthy",
                (None, false, false) => "nothing",
            }
        };
        let found = (said(Lost::Region("us-east-1")), said(Lost::EveryEndpoint));
        assert_eq!(found, (lost, silent), "{config}");
    }

    #[test]
    fn endpoints_of_the_lost_region_are_silent() {
        let host = |region: &str| format!("FullyQualifiedDomainName: api-{region}.example.com");
        let (here, there) = (host("us-east-1"), host("us-east-2"));
        check(&format!("{{Type: HTTPS, {here}}}"), "unhealthy", "unhealthy");
        check(&format!("{{Type: TCP, {here}, Inverted: true}}"), "healthy", "healthy");
        check(&format!("{{Type: HTTPS_STR_MATCH, {there}}}"), "either", "unhealthy");
        check(&format!("{{Type: HTTPS, {there}, Inverted: true}}"), "either", "healthy");
        check("{Type: HTTPS, IPAddress: 192.0.2.1}", "unknown", "unhealthy");
    }

    #[test]
    fn controls_and_alarms_elsewhere_may_be_turned() {
        let alarm = |region: &str, status: &str| {
            format!(
                "{{Type: CLOUDWATCH_METRIC, AlarmIdentifier: {{Name: switch, Region: {region}}}, InsufficientDataHealthStatus: {status}}}"
            )
        };
        check("{Type: RECOVERY_CONTROL, RoutingControlArn: arn}", "either", "either");
        check(&alarm("us-east-2", "Healthy"), "either", "either");
        check(&alarm("us-east-1", "Healthy"), "healthy", "either");
        check(&alarm("us-east-1", "Unhealthy"), "unhealthy", "either");
    }

    #[test]
    fn others_are_counted() {
        let of = |threshold: u8, children: &str| {
            format!(
                "{{Type: CALCULATED, HealthThreshold: {threshold}, ChildHealthChecks: {children}}}"
            )
        };
        // The endpoint here is silent, which is healthy; the one there decides.
        check(&of(2, "[!Ref Here, !Ref There]"), "either", "healthy");
        check(&of(1, "[!Ref Here, !Ref There]"), "healthy", "healthy");
        check(&of(0, "[!Ref There]"), "healthy", "healthy");
        check(&of(3, "[!Ref Here, !Ref There]"), "unhealthy", "unhealthy");
        check(&of(1, "[!Ref Round]"), "unknown", "unknown");
        check(&of(1, "[1b2c3d]"), "unknown", "unknown");
    }
}
