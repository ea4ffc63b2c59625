//! What silence of the switch does.

use super::health::{Signal, shown, signal};
use super::outlook::{Lost, Outlooks};
use super::routing::Routing;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// When the endpoint of a switch cannot be reached, traffic stays where it is: standby takes over primary (STOP).
    ///
    /// ## What is checked
    ///
    /// The check of every record of a name that leads to both Regions may still be healthy when no endpoint that it
    /// looks at answers. A check of an endpoint in the other Region is so if it is inverted: present and saying so
    /// means unhealthy, absent or unreachable means healthy. Judged where writes on both sides would part.
    ///
    /// ## Why it hurts
    ///
    /// A switch that moves on silence moves when its own endpoint is deployed badly, its certificate expires or the
    /// checkers cannot reach it: traffic leaves a healthy Region for one that is not prepared.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// HealthCheckConfig:
    ///   Inverted: true                                          # silence means: stay
    ///   FullyQualifiedDomainName: api-us-east-2.example.com      # in the other Region
    ///   SearchString: '"traffic_region":"us-east-2"'             # said only when the runbook has turned it
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Networking Blog, "Creating disaster recovery mechanisms using Amazon Route 53"; ARC Developer Guide,
    /// "Route 53 health check execution block".
    "r53-stop-pattern": Error, TwoWriters, Documented, Pair;
    why: "a switch that cannot be reached decides to move, so that a small fault sends money to a Region that is not prepared";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    if !routing.is_stateful() {
        return;
    }
    let mut outlooks = Outlooks::of(&routing);
    for (group, record) in routing.members() {
        let Signal::Check(check) = signal(&routing, record) else { continue };
        if outlooks.leaves_by_itself(record) {
            continue;
        }
        judge.subject();
        let place = record.place.at("HealthCheckId");
        let outlook = outlooks.outlook(check, Lost::EveryEndpoint);
        if !outlook.may_be_healthy {
            judge.finding_with(
                &place,
                &[check.at("HealthCheckConfig.Inverted")],
                format!(
                    "{} is unhealthy when its endpoint is silent, which moves `{}` away from {}",
                    shown(check),
                    group.name,
                    record.region_shown()
                ),
                "set `Inverted: true` on the check and let the endpoint say the searched text only after the switch \
                 is turned",
            );
        } else if let Some(why) = outlook.doubt {
            judge.cannot_judge(&place, why);
        }
    }
}
