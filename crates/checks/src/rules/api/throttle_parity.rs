//! Limits, usage plans and keys in both Regions.

use std::collections::BTreeMap;

use topology::Home;

use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// Stage limits, usage plans and API keys are the same in both Regions.
    ///
    /// ## What is checked
    ///
    /// Limits of rate and burst of each stage and usage plan of the home primary, and quotas, equal those of its
    /// counterpart; a usage plan has a counterpart; and an `AWS::ApiGateway::ApiKey` has one with the same `Value`.
    /// Without `Value` each Region makes up a key of its own. Whether the account's own rate is the same, only
    /// Service Quotas says.
    ///
    /// ## Why it hurts
    ///
    /// Keys and limits do not replicate. After the takeover good customers get 429 or 403 from a Region that works.
    ///
    /// ## What to change
    ///
    /// Let both Regions' templates have the same numbers, and give each key a `Value` from one secret.
    ///
    /// ## Source
    ///
    /// API Gateway Developer Guide, "Throttle requests to your REST APIs for better throughput" and "Usage plans and
    /// API keys for REST APIs".
    "apigw-throttle-parity": Error, SlowTakeover, Documented, Pair;
    why: "good customers are refused with 429 or 403 by the Region that took over";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for kind in ["AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage", USAGE_PLAN] {
        for primary in design.of_home(kind, Home::Primary) {
            if let Some(standby) = design.counterpart(primary) {
                judge.subject();
                check_limits(judge, primary, standby);
            }
        }
    }
    for kind in [USAGE_PLAN, API_KEY] {
        check_missing(design, judge, kind);
    }
    for key in design.of_home(API_KEY, Home::Primary) {
        if let Some(other) = design.counterpart(key) {
            judge.subject();
            check_key(design, judge, key, other);
        }
    }
}

const USAGE_PLAN: &str = "AWS::ApiGateway::UsagePlan";
const API_KEY: &str = "AWS::ApiGateway::ApiKey";

/// Plans or keys of the home primary, where the home standby has none at all.
fn check_missing(design: &Design, judge: &mut Judge<'_>, kind: &str) {
    let Some(region) = design.region(Home::Standby) else { return };
    let has_apis = ["AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage"]
        .iter()
        .any(|kind| design.of_home(kind, Home::Standby).next().is_some());
    let none = design.of_home(kind, Home::Standby).next().is_none();
    if !has_apis || !none || design.may_hide(kind, region) {
        return;
    }
    for primary in design.of_home(kind, Home::Primary) {
        judge.subject();
        let word = kind.rsplit("::").next().unwrap_or(kind);
        judge.finding(
            &primary.whole(),
            format!("`{}` has no counterpart: {region} has no `{word}`", primary.id()),
            format!("add the same `{kind}` to the API of {region}"),
        );
    }
}

fn check_limits(judge: &mut Judge<'_>, primary: Resource<'_>, standby: Resource<'_>) {
    let (of_primary, of_standby) = (limits(primary), limits(standby));
    let nothing = || standby.whole();
    for key in
        of_primary.keys().chain(of_standby.keys().filter(|key| !of_primary.contains_key(*key)))
    {
        let sides = [&of_primary, &of_standby].map(|limits| limits.get(key));
        let numbers = sides.map(|side| side.map_or(Answer::Absent, Place::number));
        let place = sides[1].cloned().unwrap_or_else(nothing);
        let [Some(here), Some(there)] = numbers.map(|number| judge.known(&place, number)) else {
            continue;
        };
        if here != there {
            let also = sides[0].cloned().unwrap_or_else(|| primary.whole());
            judge.finding_with(
                &place,
                &[also],
                format!(
                    "{key} is {} in {} and {} in {}",
                    shown(there),
                    standby.region(),
                    shown(here),
                    primary.region()
                ),
                format!("set the limits of {} in {} as well", primary.region(), standby.region()),
            );
        }
    }
}

fn shown(limit: Option<f64>) -> String {
    limit.map_or_else(|| "not set".to_owned(), |limit| limit.to_string())
}

/// Every limit of a stage or plan, by what it is of.
fn limits<'d>(resource: Resource<'d>) -> BTreeMap<String, Place<'d>> {
    let mut found = BTreeMap::new();
    let mut add = |of: &str, place: Place<'d>, keys: &[&str]| {
        for key in keys {
            let limit = place.at(key);
            if limit.exists() != Answer::Known(false) {
                found.insert(format!("`{key}` of {of}"), limit);
            }
        }
    };
    let throttling = ["ThrottlingRateLimit", "ThrottlingBurstLimit"];
    for setting in resource.at("MethodSettings").items().known().unwrap_or_default() {
        let part = |key: &str| setting.at(key).text().known().unwrap_or_else(|| "*".to_owned());
        add(&format!("`{} {}`", part("HttpMethod"), part("ResourcePath")), setting, &throttling);
    }
    add("all routes", resource.at("DefaultRouteSettings"), &throttling);
    add("the plan", resource.at("Throttle"), &["RateLimit", "BurstLimit"]);
    add("the quota", resource.at("Quota"), &["Limit"]);
    found
}

fn check_key(design: &Design, judge: &mut Judge<'_>, key: Resource<'_>, other: Resource<'_>) {
    let [here, there] = [key, other].map(|key| key.at("Value"));
    let values = [here.value(), there.value()];
    let (found, change) = match values {
        [Answer::Absent, Answer::Absent] => (
            format!("`{}` has no `Value`: each Region makes up a key of its own", key.id()),
            "set `Value` in both Regions to the same text from one secret",
        ),
        [Answer::Known(left), Answer::Known(right)] => {
            if judge.known(&here, design.same(left, right)) != Some(Some(false)) {
                return;
            }
            (
                format!("`{}` has another `Value` than in {}", key.id(), other.region()),
                "set the same `Value` in both",
            )
        }
        [Answer::Unknown(why), _] | [_, Answer::Unknown(why)] => {
            return judge.cannot_judge(&here, why);
        }
        _ => (
            format!("`{}` has a `Value` in one Region only", key.id()),
            "set the same `Value` in both Regions",
        ),
    };
    judge.finding_with(&here, &[there], found, change);
}
