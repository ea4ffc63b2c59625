//! Recovery without Route 53's control plane.

use super::rights::{CHANGES, Rights};
use crate::answer::Unknown;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::policy::matches;
use crate::rule::rule;

rule! {
    /// Nothing that recovers the system changes DNS records or health checks. The switch between the Regions is
    /// health state, which needs no API of Route 53.
    ///
    /// ## What is checked
    ///
    /// No function, state machine or automation document may or does call `route53:ChangeResourceRecordSets`,
    /// `route53:CreateHealthCheck`, `route53:UpdateHealthCheck`, `route53:DeleteHealthCheck` or the calls for instances
    /// of traffic policies, be it by `*` or as an administrator. Functions that serve custom resources, or whose policy
    /// is for other zones or other records than those of the switch, are left alone; one that may request certificates,
    /// and changes neither health checks nor databases, is not judged. Where no record of the templates leads to both Regions, only
    /// what may also promote a database is taken for the switch; the others are not judged.
    ///
    /// ## Why it hurts
    ///
    /// Records and health checks are changed through one control plane, which is in us-east-1. When that Region
    /// is impaired, answers and health checks go on, and changes do not: a failover that needs one waits for the
    /// very Region that it flees. In December 2021 these calls failed for hours.
    ///
    /// ## What to change
    ///
    /// Take the permission away and let a health check on each record be the switch: an inverted check of an
    /// endpoint in the other Region, a routing control, or the checks that Region switch vends.
    ///
    /// ```yaml
    /// HealthCheckId: !Ref Switch
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Fault Isolation Boundaries, "Appendix B - Edge network global service guidance"; Route 53 Developer Guide,
    /// "Best practices for Amazon Route 53 DNS".
    "r53-no-record-change-at-failover": Blocker, NoTakeover, Documented, Pair;
    why: "Route 53 takes changes in us-east-1 only, so that the switch fails with the Region that it is to leave";
    check
}

const CHANGE: &str = "take the permission away and switch by health: give each record a `HealthCheckId` whose state \
                      the runbook turns without Route 53's API (an inverted check of an endpoint in the other \
                      Region, or a routing control)";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let rights = Rights::of(design);
    for worker in rights.workers() {
        if rights.of_worker(worker).is_some() {
            judge.subject();
        }
        let (by_right, by_call) = (rights.to_change_dns(worker), called(worker));
        if let Some(place) =
            by_right.as_ref().or(by_call.as_ref()).filter(|_| !rights.may_switch(worker))
        {
            judge.cannot_judge(place, no_switch());
        } else if let Some(place) = by_right.as_ref().filter(|_| rights.may_only_renew(worker)) {
            judge.cannot_judge(place, renewal());
        } else if let Some(place) = by_right {
            judge.finding_with(
                &place,
                &[worker.whole()],
                format!("{} `{}` {}", word(worker), worker.id(), allowed(&place)),
                CHANGE,
            );
        } else if let Some(text) = by_call {
            judge.finding(
                &text,
                format!("state machine `{}` changes DNS records", worker.id()),
                CHANGE,
            );
        }
    }
    for document in design.of("AWS::SSM::Document") {
        judge.subject();
        let content = document.at("Content");
        if !said(&content).contains("changeresourcerecordsets") {
            continue;
        }
        if rights.knows_switch() {
            let found = format!("document `{}` changes DNS records", document.id());
            judge.finding(&content, found, CHANGE);
        } else {
            judge.cannot_judge(&content, no_switch());
        }
    }
}

/// Why it is not known whether a change of records is a switch between the Regions.
fn no_switch() -> Unknown {
    Unknown(
        "it changes DNS records, and no record of these templates leads to both Regions".to_owned(),
    )
}

/// Why it is not known which records are changed.
fn renewal() -> Unknown {
    Unknown(
        "it may request certificates, and may change records for their validation only".to_owned(),
    )
}

fn word(worker: Resource<'_>) -> &'static str {
    if worker.kind().ends_with("Function") { "function" } else { "state machine" }
}

/// What the actions of a statement, or a policy of AWS, let their bearer do.
fn allowed(place: &Place<'_>) -> String {
    let actions: Vec<String> = place
        .items()
        .known()
        .unwrap_or_default()
        .iter()
        .filter_map(|action| action.text().known())
        .collect();
    let covers = |call: &&&str| {
        actions.iter().any(|pattern| matches(&pattern.to_lowercase(), &call.to_lowercase()))
    };
    let calls: Vec<&str> = CHANGES.iter().filter(covers).copied().collect();
    if calls.is_empty() {
        format!("has the policy `{}`", place.shown())
    } else {
        format!("may call `{}`", calls.join("`, `"))
    }
}

/// The definition of a state machine that calls Route 53 itself.
fn called(worker: Resource<'_>) -> Option<Place<'_>> {
    let definitions = ["DefinitionString", "Definition"].map(|property| worker.at(property));
    definitions.into_iter().find(|definition| {
        let text = said(definition);
        CHANGES.iter().any(|action| {
            let call = action.to_lowercase().replace("route53:", "aws-sdk:route53:");
            text.contains(&call)
        })
    })
}

fn said(place: &Place<'_>) -> String {
    place.shown().to_lowercase()
}
