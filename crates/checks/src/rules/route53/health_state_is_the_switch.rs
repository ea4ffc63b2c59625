//! A switch that works when no API does.

use super::health::{Signal, shown, signal};
use super::outlook::{Lost, Outlooks};
use super::routing::Routing;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;
use crate::rules::arc::plan;

rule! {
    /// Of the records that answer for one name in both Regions, each that is answered on an ordinary day carries a
    /// health check that can be turned after its Region is lost.
    ///
    /// ## What is checked
    ///
    /// Every record of such a name with a weight above zero, the failover role `PRIMARY`, or a policy by latency or
    /// place has a `HealthCheckId`; and with all endpoints and alarms of its own Region silent, that check may
    /// still become unhealthy. Where nothing must be promoted before the other Region works, the health of the alias's
    /// target is enough.
    ///
    /// ## Why it hurts
    ///
    /// A record without a check counts as healthy for ever: the name goes on leading to the lost Region until
    /// somebody edits the record, which needs the control plane in us-east-1. A switch that stands in the lost Region
    /// is lost with it.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Record:
    ///   Properties:
    ///     HealthCheckId: !Ref Switch      # turned by an endpoint in the other Region, or a routing control
    /// ```
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "Best practices for Amazon Route 53 DNS" and "How Amazon Route 53 chooses records
    /// when health checking is configured".
    "r53-health-state-is-the-switch": Blocker, NoTakeover, Documented, Pair;
    why: "DNS goes on leading customers to the lost Region, and the only way to stop it is Route 53's control plane";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    let switched = plan::Switched::of(design);
    let mut outlooks = Outlooks::of(&routing);
    for (group, record) in routing.members() {
        let (Some(_), Some(region)) = (record.home(design), record.region.as_deref()) else {
            continue;
        };
        if !record.answers_today() || outlooks.leaves_by_itself(record) {
            continue;
        }
        judge.subject();
        let place = record.place.at("HealthCheckId");
        let name = &group.name;
        let switch = format!(
            "set `HealthCheckId` to a check that the runbook turns when {region} is lost: an inverted check of an \
             endpoint in the other Region, or a routing control"
        );
        match signal(&routing, record) {
            // The checks that a plan vends are attached later: `arc-route53-block-needs-attachment`.
            Signal::Nothing | Signal::TargetHealth if switched.may_be(name) => {}
            Signal::Nothing => judge.finding(
                &place,
                format!("no `HealthCheckId`: `{name}` leads to {region} as long as the record stands"),
                switch,
            ),
            Signal::TargetHealth if routing.must_promote() => judge.finding(
                &place,
                format!(
                    "no `HealthCheckId`, only `EvaluateTargetHealth`: nobody can turn `{name}` away from {region}"
                ),
                switch,
            ),
            Signal::Check(check) => {
                let outlook = outlooks.outlook(check, Lost::Region(region));
                if !outlook.may_be_unhealthy {
                    judge.finding_with(
                        &place,
                        &[check.whole()],
                        format!(
                            "{} stays healthy when {region} is lost, whatever is done",
                            shown(check)
                        ),
                        switch,
                    );
                } else if let Some(why) = outlook.doubt {
                    judge.cannot_judge(&place, why);
                }
            }
            Signal::Elsewhere(why) => judge.cannot_judge(&place, why),
            Signal::TargetHealth | Signal::Vended => {}
        }
    }
}
