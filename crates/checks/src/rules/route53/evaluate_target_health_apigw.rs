//! Target health of API Gateway as a signal.

use super::health::{Signal, signal};
use super::routing::Routing;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// The target health of an API Gateway endpoint is not the only signal of a record that leads to both Regions.
    ///
    /// ## What is checked
    ///
    /// A record of such a name that is an alias of API Gateway with `EvaluateTargetHealth: true` has a `HealthCheckId`
    /// as well. Where a database must be promoted, records that are answered on an ordinary day are left to
    /// `r53-health-state-is-the-switch`.
    ///
    /// ## Why it hurts
    ///
    /// This health fails only when API Gateway itself is down in the Region. An application that answers nothing but
    /// errors is healthy by it.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// HealthCheckId: !Ref Switch
    /// AliasTarget:
    ///   EvaluateTargetHealth: false
    /// ```
    ///
    /// ## Source
    ///
    /// API Gateway Developer Guide, "Configure custom health checks for DNS failover for an API Gateway API".
    "r53-evaluate-target-health-apigw": Warning, SlowTakeover, Documented, Pair;
    why: "an application that only fails looks healthy, so that its Region keeps its customers";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    for (group, record) in routing.members().filter(|(_, record)| record.is_alias_of_api(design)) {
        judge.subject();
        let left_to_the_switch = record.answers_today() && routing.must_promote();
        if !left_to_the_switch && matches!(signal(&routing, record), Signal::TargetHealth) {
            judge.finding(
                &record.place.at("AliasTarget.EvaluateTargetHealth"),
                format!(
                    "`EvaluateTargetHealth` is all that can take {} out of `{}`",
                    record.region_shown(),
                    group.name
                ),
                "set `HealthCheckId` to a check of the application or to a switch",
            );
        }
    }
}
