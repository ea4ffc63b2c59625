//! Weight zero as automatic failover.

use super::health::{Signal, shown, signal};
use super::outlook::Outlooks;
use super::records::Policy;
use super::routing::Routing;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Where a record of the other Region has the weight zero, no probe of the Region's own endpoint decides over the
    /// records that have more: weight zero is answered as soon as those are unhealthy.
    ///
    /// ## What is checked
    ///
    /// In a weighted group over both Regions with a weight of zero, the check of each record with a higher weight
    /// does not become unhealthy by itself when that record's Region does not answer. Judged where a database must
    /// be promoted before the other Region may take money.
    ///
    /// ## Why it hurts
    ///
    /// A probe that fails three times moves all traffic to the other Region, at any hour and without approval, while
    /// its database is still a read-only copy. When the probe recovers, the traffic goes back, promoted or not.
    ///
    /// ## What to change
    ///
    /// Keep the probe for alarms, and attach a switch instead: a check that says "stay" until the runbook turns it.
    ///
    /// ```yaml
    /// Switch:
    ///   Type: AWS::Route53::HealthCheck
    ///   Properties:
    ///     HealthCheckConfig:
    ///       Type: HTTPS_STR_MATCH
    ///       Inverted: true
    ///       FullyQualifiedDomainName: api-us-east-2.example.com   # in the other Region
    ///       ResourcePath: /health/traffic
    ///       SearchString: '"traffic_region":"us-east-2"'
    /// ```
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "Weighted routing" and "How Amazon Route 53 chooses records when health checking is
    /// configured".
    "r53-zero-weight-is-not-never": Blocker, TwoWriters, Documented, Pair;
    why: "traffic moves by itself, unapproved, to a Region whose database nobody has promoted, and back when the probe recovers";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    let mut outlooks = Outlooks::of(&routing);
    if !routing.must_promote() {
        return;
    }
    for group in routing.groups.iter().filter(|group| group.has_zero_weight()) {
        for record in group.records.iter().filter(|record| record.answers_today()) {
            judge.subject();
            let place = record.place.at("HealthCheckId");
            let signal = signal(&routing, record);
            if let Signal::Elsewhere(why) = signal {
                judge.cannot_judge(&place, why);
                continue;
            }
            if !outlooks.leaves_by_itself(record) {
                if let Some(why) = outlooks.doubt(record) {
                    judge.cannot_judge(&place, why);
                }
                continue;
            }
            let what = match signal {
                Signal::Check(check) => shown(check),
                _ => "`EvaluateTargetHealth`".to_owned(),
            };
            let zeros: Vec<_> = group
                .records
                .iter()
                .filter(|other| other.policy() == Some(Policy::Weighted(0.0)))
                .collect();
            let to: Vec<&str> = zeros.iter().map(|other| other.region_shown()).collect();
            judge.finding_with(
                &place,
                &zeros.iter().map(|other| other.place.at("Weight")).collect::<Vec<_>>(),
                format!(
                    "{what} decides over `{}`: when it fails, the record with weight 0 answers, in {}",
                    group.name,
                    to.join(" and ")
                ),
                "keep this check for alarms and set `HealthCheckId` to a switch: an inverted check of an endpoint \
                 in the other Region that the runbook turns after the database is promoted",
            );
        }
    }
}
