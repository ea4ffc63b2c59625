//! Probes on the records that move between the Regions.

use super::health::{Signal, shown, signal};
use super::outlook::Outlooks;
use super::routing::Routing;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Records that move between the Regions of a system with a database carry a switch, not a probe of their own
    /// endpoint; probes are for alarms. A global table whose replicas follow each other is such a database.
    ///
    /// ## What is checked
    ///
    /// The check of every record of a name that leads to both Regions, and the health of a load balancer behind
    /// an alias, do not fail by themselves when the record's own Region does not answer. Where a database
    /// must be promoted, records above a weight of zero are left to `r53-zero-weight-is-not-never`.
    ///
    /// ## Why it hurts
    ///
    /// Each flap of the probe moves part of the traffic in front of a database that copies asynchronously: writes go
    /// to both sides, or to a side that cannot take them.
    ///
    /// ## What to change
    ///
    /// Let an alarm watch the probe, and set the record's `HealthCheckId` to a switch that only the runbook turns.
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "How Amazon Route 53 chooses records when health checking is configured".
    "r53-no-endpoint-check-on-switch-record": Error, TwoWriters, Derived, Pair;
    why: "a blip of the network moves traffic in front of an asynchronous database, without anybody's decision";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    let mut outlooks = Outlooks::of(&routing);
    if !routing.is_stateful() {
        return;
    }
    for (group, record) in routing.members() {
        judge.subject();
        if routing.must_promote() && group.has_zero_weight() && record.answers_today() {
            continue;
        }
        if !outlooks.leaves_by_itself(record) {
            continue;
        }
        let region = record.region_shown();
        let (place, what) = match signal(&routing, record) {
            Signal::Check(check) => (record.place.at("HealthCheckId"), shown(check)),
            _ => {
                let property = "AliasTarget.EvaluateTargetHealth";
                (record.place.at(property), "`EvaluateTargetHealth`".to_owned())
            }
        };
        judge.finding(
            &place,
            format!("{what} moves `{}` away from {region} and back by itself", group.name),
            "keep the probe for alarms and set `HealthCheckId` to a switch that only the runbook turns",
        );
    }
}
