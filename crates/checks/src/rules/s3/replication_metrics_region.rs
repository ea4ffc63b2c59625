//! The Region of alarms about replication.

use std::collections::BTreeMap;

use super::replications;
use crate::alarm::{self, Watched};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// Alarms about pending and late replication are in the destination's Region, alarms about failed replication in
    /// the source's.
    ///
    /// ## What is checked
    ///
    /// The Region of every alarm on `BytesPendingReplication`, `OperationsPendingReplication`, `ReplicationLatency`
    /// (in `AWS/S3`) against that of the bucket in its dimension `DestinationBucket`, and of every alarm on
    /// `OperationsFailedReplication` against that of the bucket in `SourceBucket`.
    ///
    /// ## Why it hurts
    ///
    /// S3 sends each of these metrics to one Region. An alarm in the other one never has data, and looks well while
    /// copies pile up.
    ///
    /// ## What to change
    ///
    /// Move the alarm to the stack of the Region that is named.
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Using S3 Replication metrics".
    "s3-replication-metrics-region": Error, Unseen, Documented, Pair;
    why: "the alarm never has data, so that objects that exist in one Region only are not noticed before its loss";
    check
}

/// Metrics that the destination's Region has.
const AT_DESTINATION: [&str; 3] =
    ["BytesPendingReplication", "OperationsPendingReplication", "ReplicationLatency"];
/// The metric that the source's Region has.
const AT_SOURCE: &str = "OperationsFailedReplication";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let buckets: BTreeMap<String, Resource<'_>> = design
        .of("AWS::S3::Bucket")
        .map(|bucket| (replications::name(design, bucket), bucket))
        .collect();
    for metric in alarm::watched(design, "AWS/S3") {
        let dimension = match metric.name.as_str() {
            AT_SOURCE => "SourceBucket",
            name if AT_DESTINATION.contains(&name) => "DestinationBucket",
            _ => continue,
        };
        judge.subject();
        judge_alarm(design, judge, &metric, dimension, &buckets);
    }
}

fn judge_alarm(
    design: &Design,
    judge: &mut Judge<'_>,
    metric: &Watched<'_>,
    dimension: &str,
    buckets: &BTreeMap<String, Resource<'_>>,
) {
    let name = match metric.dimension(design, dimension) {
        Answer::Known(name) => name,
        Answer::Absent => return,
        Answer::Unknown(why) => return judge.cannot_judge(&metric.place, why),
    };
    let Some(bucket) = buckets.get(&name) else {
        let why = crate::Unknown(format!("`{dimension}` is no bucket of these templates"));
        return judge.cannot_judge(&metric.place, why);
    };
    let (here, there) = (metric.alarm.region(), bucket.region());
    if here != there {
        let (name, id) = (&metric.name, bucket.id());
        judge.finding_with(
            &metric.place,
            &[bucket.whole()],
            format!(
                "the alarm is in {here}; S3 sends `{name}` to the Region of its `{dimension}`, which is {there}"
            ),
            format!("move the alarm to a stack in {there}, where `{id}` is"),
        );
    }
}
