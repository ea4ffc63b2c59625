//! Who is told which object was not copied.

use std::collections::BTreeMap;

use super::{logs, notifications, replications};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::policy;
use crate::rule::rule;

rule! {
    /// A bucket that replicates to the other Region tells somebody which objects failed or were late.
    ///
    /// ## What is checked
    ///
    /// Every bucket with a rule to the other Region tells a topic, a queue or a function of
    /// `s3:Replication:OperationFailedReplication`, and where Replication Time Control is on also of
    /// `s3:Replication:OperationMissedThreshold` and `s3:Replication:OperationReplicatedAfterThreshold`. EventBridge
    /// is not enough: S3 does not send events of replication to it. The CDK's `Custom::S3BucketNotifications` counts.
    /// Buckets that keep logs only, or whose objects all expire within a year, are left out.
    ///
    /// ## Why it hurts
    ///
    /// Metrics say that something was not copied, not what. When the Region is lost, nobody knows which receipts or
    /// records are missing in the other one.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// NotificationConfiguration:
    ///   TopicConfigurations:
    ///     - Event: s3:Replication:*
    ///       Topic: !Ref AlarmTopic
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Receiving replication failure events with Amazon S3 Event Notifications"; Amazon
    /// EventBridge Events Reference, "Amazon Simple Storage Service events".
    "s3-failed-events": Error, Unseen, Documented, Pair;
    why: "nobody knows which objects are missing in the other Region when it takes over";
    check
}

/// The event of a failure.
const FAILED: &str = "s3:Replication:OperationFailedReplication";
/// The events of Replication Time Control.
const LATE: [&str; 2] =
    ["s3:Replication:OperationMissedThreshold", "s3:Replication:OperationReplicatedAfterThreshold"];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let custom = notifications::custom(design);
    let mut wanted = BTreeMap::new();
    for (replication, _) in logs::lasting(design) {
        let timed = replication.rule.at("Destination.ReplicationTime.Status").text();
        let source = replication.source;
        let entry = wanted.entry((source.stack.index, source.id())).or_insert((source, false));
        entry.1 |= timed == Answer::Known("Enabled".to_owned());
    }
    for (bucket, timed) in wanted.into_values() {
        judge.subject();
        let place = bucket.at("NotificationConfiguration");
        let told = match notifications::events(design, &custom, bucket) {
            Ok(told) => told,
            Err(why) => {
                judge.cannot_judge(&place, why);
                continue;
            }
        };
        let wanted = [FAILED].into_iter().chain(LATE.into_iter().filter(|_| timed));
        let missing = wanted.filter(|event| !told.iter().any(|told| policy::matches(told, event)));
        let missing: Vec<_> = missing.map(|event| format!("`{event}`")).collect();
        if !missing.is_empty() {
            let name = replications::named(design, bucket);
            judge.finding(
                &place,
                format!("`{name}` replicates to the other Region and tells nobody of {}", missing.join(", ")),
                "add `{Event: \"s3:Replication:*\", Topic: TOPIC}` to `NotificationConfiguration.TopicConfigurations`",
            );
        }
    }
}
