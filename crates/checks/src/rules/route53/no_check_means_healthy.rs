//! Records of the other Region without a check.

use super::health::{Signal, signal};
use super::records::Policy;
use super::routing::Routing;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// In a weighted group over both Regions the records with weight zero have a check of their own, because a record
    /// without one is always healthy.
    ///
    /// ## What is checked
    ///
    /// Every record of weight zero in such a group has a `HealthCheckId`, or evaluates its target's health. A failover
    /// record with the role `SECONDARY` needs none; records that are answered on an ordinary day are left to
    /// `r53-health-state-is-the-switch`. What follows from all checks failing at once is shown by the drill.
    ///
    /// ## Why it hurts
    ///
    /// Once the traffic is there, nothing can send it away from that Region again: when it is lost or fenced in turn,
    /// its record still answers.
    ///
    /// ## What to change
    ///
    /// Give each Region's record a switch of its own, each turned by an endpoint of the other Region.
    ///
    /// ```yaml
    /// HealthCheckId: !Ref Switch
    /// ```
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "How Amazon Route 53 chooses records when health checking is configured".
    "r53-no-check-means-healthy": Error, NoWayHome, Documented, Pair;
    why: "after the takeover the record of the other Region counts as healthy for ever, so that DNS cannot leave it";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    for (group, record) in routing.members() {
        if record.policy() != Some(Policy::Weighted(0.0)) {
            continue;
        }
        judge.subject();
        if matches!(signal(&routing, record), Signal::Nothing) {
            let region = record.region_shown();
            judge.finding(
                &record.place.at("HealthCheckId"),
                format!(
                    "weight 0 and no `HealthCheckId`: once `{}` leads to {region}, it does so even when {region} is \
                     down",
                    group.name
                ),
                "set `HealthCheckId` to a switch of its own, turned by an endpoint of the other Region",
            );
        }
    }
}
