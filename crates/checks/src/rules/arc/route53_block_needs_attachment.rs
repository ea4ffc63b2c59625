//! Checks of a plan that no record carries.

use super::plan;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;
use crate::rules::route53::health::{Signal, signal};
use crate::rules::route53::records::{Record, plain};
use crate::rules::route53::routing::Routing;

rule! {
    /// The health checks that a Region switch plan vends are attached to the records that it is to move.
    ///
    /// ## What is checked
    ///
    /// The records of a `Route53HealthCheck` block's `RecordName` that lead to both Regions, where they are in these
    /// templates, have a `HealthCheckId` that is not one of a check of their own. Whether it is the vended one,
    /// `ListRoute53HealthChecks` says.
    ///
    /// ## Why it hurts
    ///
    /// The plan turns its checks, reports success, and no traffic moves.
    ///
    /// ## What to change
    ///
    /// Read the ids by `aws arc-region-switch list-route53-health-checks`, and set them as `HealthCheckId` of the
    /// records. Name the Region in `SetIdentifier`, from which the plan guesses which record is whose.
    ///
    /// ## Source
    ///
    /// ARC Developer Guide, "Amazon Route 53 health check execution block".
    "arc-route53-block-needs-attachment": Error, NoTakeover, Documented, Pair;
    why: "the plan turns green and the traffic stays with the lost Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    let steps = plan::workflows(design).into_iter().flat_map(|workflow| workflow.steps());
    for step in steps.filter(|step| step.kind == "Route53HealthCheck") {
        let named = step.at("Route53HealthCheckConfig.RecordName");
        let name = match named.value() {
            Answer::Known(value) => design.text(value),
            Answer::Absent => Answer::Absent,
            Answer::Unknown(why) => Answer::Unknown(why),
        };
        let Some(Some(name)) = judge.known(&named, name) else { continue };
        let members = routing.members().filter(|(group, _)| group.name == plain(&name));
        for (_, record) in members {
            judge.subject();
            check_record(&routing, judge, record, &step);
        }
    }
}

fn check_record(
    routing: &Routing<'_>,
    judge: &mut Judge<'_>,
    record: &Record<'_>,
    step: &plan::Step<'_>,
) {
    let found = match signal(routing, record) {
        Signal::Nothing | Signal::TargetHealth => "has no `HealthCheckId`".to_owned(),
        Signal::Check(check) => {
            format!("carries the check `{}`, which the plan does not turn", check.id())
        }
        Signal::Vended | Signal::Elsewhere(_) => return,
    };
    judge.finding_with(
        &record.place.at("HealthCheckId"),
        std::slice::from_ref(&step.place),
        format!("step `{}` turns checks of its own, and the record for {} {found}", step.name, record.region_shown()),
        "set `HealthCheckId` to the id that `aws arc-region-switch list-route53-health-checks` gives for this Region",
    );
}
