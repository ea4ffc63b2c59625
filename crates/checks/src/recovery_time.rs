//! How long a takeover takes at least, added up from the design: detect, decide, fence, promote, verify, route.
//!
//! What templates do not say and people do not state is not counted: the sum is a lower bound.

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::place::Resource;

/// AWS promises a failover of a global database in minutes; one is the least that is believed
/// (`aurora-stated-objectives`).
const PROMOTE_SECONDS: u32 = 60;
/// For how long answers that are aliases of API Gateway, load balancers and CloudFront are kept (Amazon Route 53
/// Developer Guide, "Choosing between alias and non-alias records").
const ALIAS_TTL_SECONDS: u32 = 60;
/// The defaults of a health check (API reference of Route 53, `HealthCheckConfig`).
const INTERVAL_SECONDS: u32 = 30;
const THRESHOLD: u32 = 3;

/// The parts of a recovery time, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryTime {
    /// Detect, decide, fence, promote, verify, route.
    pub parts: Vec<Part>,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name, such as `detect`.
    pub name: &'static str,
    /// How long it takes at least; `None` where nothing says it.
    pub seconds: Option<u32>,
    /// What says so, or what would.
    pub source: String,
}

impl RecoveryTime {
    /// The recovery time of a pair; `None` where there is no pair.
    #[must_use]
    pub fn of(design: &Design) -> Option<Self> {
        design.region(Home::Primary)?;
        let stated = &design.settings().budget;
        let switch = switch(design);
        let parts = vec![
            said("detect", stated.detect_seconds, || detect(design)),
            said("decide", stated.decide_seconds, || {
                nothing("people decide, and nothing says how fast")
            }),
            said("fence", stated.lease_seconds, || nothing("nothing says how long a lease is")),
            said("promote", stated.promote_seconds, || promote(design)),
            said("verify", stated.verify_seconds, || {
                nothing("nothing says how long the checks take")
            }),
            Part { name: "route", ..route(switch.as_ref()) },
        ];
        Some(Self { parts })
    }

    /// The sum of what is known, in seconds.
    #[must_use]
    pub fn seconds(&self) -> u32 {
        self.parts.iter().filter_map(|part| part.seconds).fold(0, u32::saturating_add)
    }

    /// The sum in words: `detect 90 + decide ? + … = at least 252 s`.
    #[must_use]
    pub fn sum(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(Part::shown).collect();
        format!("{} = at least {} s", parts.join(" + "), self.seconds())
    }
}

impl Part {
    fn shown(&self) -> String {
        let seconds = self.seconds.map_or_else(|| "?".to_owned(), |seconds| seconds.to_string());
        format!("{} {seconds}", self.name)
    }
}

fn said(name: &'static str, stated: Option<u32>, otherwise: impl FnOnce() -> Part) -> Part {
    match stated {
        Some(_) => Part { name, seconds: stated, source: "the settings say so".to_owned() },
        None => Part { name, ..otherwise() },
    }
}

fn nothing(why: &str) -> Part {
    Part { name: "", seconds: None, source: why.to_owned() }
}

fn something(seconds: u32, source: String) -> Part {
    Part { name: "", seconds: Some(seconds), source }
}

/// The health check that the record of the primary follows, with the record.
struct Switch<'d> {
    record: Resource<'d>,
    check: Option<Resource<'d>>,
    seconds: Option<u32>,
}

impl Switch<'_> {
    /// Whether the check watches an endpoint of the service itself, so that detecting is moving.
    fn is_endpoint(&self) -> bool {
        self.check.is_some_and(is_endpoint)
    }
}

/// The record that is answered with while all is well, of a name that has one for each Region.
fn switch(design: &Design) -> Option<Switch<'_>> {
    let records = || design.of("AWS::Route53::RecordSet");
    let leads = |record: &Resource<'_>| match record.at("Failover").text() {
        Answer::Known(role) => role == "PRIMARY",
        _ => record.at("Weight").number().known().is_some_and(|weight| weight > 0.0),
    };
    let record = records().find(|record| {
        leads(record) && record.at("HealthCheckId").exists() == Answer::Known(true)
    })?;
    let check =
        record.at("HealthCheckId").reference().known().and_then(|check| design.resource(check));
    Some(Switch { record, check, seconds: check.and_then(|check| seconds(design, check, 0)) })
}

fn is_endpoint(check: Resource<'_>) -> bool {
    let config = check.at("HealthCheckConfig");
    let probes = config
        .at("Type")
        .text()
        .known()
        .is_some_and(|kind| kind.starts_with("HTTP") || kind == "TCP");
    probes && config.at("Inverted").bool().known() != Some(true)
}

/// How long a health check takes to change, in seconds.
fn seconds(design: &Design, check: Resource<'_>, depth: u32) -> Option<u32> {
    let config = check.at("HealthCheckConfig");
    match config.at("Type").text().known()?.as_str() {
        // A calculated check cannot watch another one: one level is all there is.
        "CALCULATED" if depth == 0 => {
            let children = config.at("ChildHealthChecks").items().known()?;
            let checks = children.iter().map(|child| design.resource(child.reference().known()?));
            let all: Option<Vec<u32>> = checks.map(|check| seconds(design, check?, 1)).collect();
            all?.into_iter().max()
        }
        kind if kind.starts_with("HTTP") || kind == "TCP" => {
            let interval = whole(config.at("RequestInterval").number(), INTERVAL_SECONDS)?;
            Some(interval.saturating_mul(whole(config.at("FailureThreshold").number(), THRESHOLD)?))
        }
        _ => None,
    }
}

/// A number of seconds or times, or its default; `None` where it is not known.
fn whole(answer: Answer<f64>, default: u32) -> Option<u32> {
    match answer {
        Answer::Absent => Some(default),
        Answer::Known(number) if (0.0..=86_400.0).contains(&number) => {
            format!("{number:.0}").parse().ok()
        }
        Answer::Known(_) | Answer::Unknown(_) => None,
    }
}

/// The fastest health check of an endpoint.
fn detect(design: &Design) -> Part {
    let checks = design.of("AWS::Route53::HealthCheck").filter(|check| is_endpoint(*check));
    let timed = checks.filter_map(|check| Some((seconds(design, check, 0)?, check)));
    match timed.min_by_key(|(seconds, _)| *seconds) {
        Some((seconds, check)) => {
            something(seconds, format!("interval × threshold of `{}`", check.id()))
        }
        None => nothing("no health check here watches an endpoint"),
    }
}

fn promote(design: &Design) -> Part {
    match design.of("AWS::RDS::GlobalCluster").next() {
        Some(_) => something(
            PROMOTE_SECONDS,
            "AWS promises minutes for a global database; one is the least".to_owned(),
        ),
        None => nothing("nothing here is promoted"),
    }
}

/// From the order to the last resolver that knows it.
fn route(switch: Option<&Switch<'_>>) -> Part {
    let Some(switch) = switch else { return nothing("no record here follows a health check") };
    let is_alias = switch.record.at("AliasTarget").exists() == Answer::Known(true);
    let ttl =
        if is_alias { Some(ALIAS_TTL_SECONDS) } else { whole(switch.record.at("TTL").number(), 0) };
    let id = switch.record.id();
    match (ttl, switch.seconds) {
        (None, _) => nothing("the TTL of the record is not known"),
        (Some(ttl), _) if switch.is_endpoint() => something(
            ttl,
            format!("the TTL of `{id}`, which moves as soon as the loss is detected"),
        ),
        (Some(ttl), None) => {
            something(ttl, format!("the TTL of `{id}`; how fast its health check is, is not known"))
        }
        (Some(ttl), Some(check)) => something(
            check.saturating_add(ttl),
            format!("health check {check} s and TTL {ttl} s of `{id}`"),
        ),
    }
}
