//! Who is told that replication of a table stalls.

use topology::Home;

use super::replicas::{self, Consistency, Table};
use crate::alarm::{self, Watched};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::rules::monitoring::alarms;

rule! {
    /// An alarm in each Region watches how late its writes arrive in the other, and says what missing data means.
    ///
    /// ## What is checked
    ///
    /// For every global table with replicas in both Regions and without `MultiRegionConsistency: STRONG` (which has no
    /// such metric): in each of the two Regions an alarm on `ReplicationLatency` in `AWS/DynamoDB` with the table's
    /// name and the other Region as `ReceivingRegion`. And every such alarm has `TreatMissingData`: alarms on DynamoDB
    /// ignore missing data by default. Where the templates declare no alarm that tells anybody, none is missed.
    ///
    /// ## Why it hurts
    ///
    /// Replication that stalls sends no numbers. Without the alarm, or with missing data ignored, that is silence,
    /// and everything written meanwhile is lost with the Region.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::CloudWatch::Alarm
    /// Properties:
    ///   Namespace: AWS/DynamoDB
    ///   MetricName: ReplicationLatency
    ///   Dimensions:
    ///     - {Name: TableName, Value: payments}
    ///     - {Name: ReceivingRegion, Value: us-east-2}
    ///   Statistic: Average
    ///   Threshold: 180000
    ///   TreatMissingData: breaching
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "DynamoDB metrics and dimensions"; Amazon CloudWatch User Guide, "Configuring how
    /// CloudWatch alarms treat missing data".
    "ddb-replication-latency-alarm": Error, Unseen, Documented, Pair;
    why: "replication that stalls looks like silence, and what was written meanwhile is lost with the Region";
    check
}

/// The name of the metric.
const METRIC: &str = "ReplicationLatency";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let mut watched = alarm::watched(design, "AWS/DynamoDB");
    watched.retain(|watched| watched.name == METRIC);
    // Where the templates have no alarm at all, they may be made elsewhere.
    if alarms::are_declared(design) {
        for table in replicas::in_pair(design) {
            if table.consistency() == Answer::Known(Consistency::Eventual) {
                judge.subject();
                missing(design, judge, &table, &watched);
            }
        }
    }
    for watched in &watched {
        let place = watched.alarm.at("TreatMissingData");
        if judge.known(&place, place.exists()) == Some(Some(false)) {
            judge.finding(
                &place,
                "the alarm on `ReplicationLatency` has no `TreatMissingData`, so that missing data is ignored",
                "set `TreatMissingData: breaching` where the table is always written, `notBreaching` where it may be \
                 idle",
            );
        }
    }
}

fn missing(design: &Design, judge: &mut Judge<'_>, table: &Table<'_>, watched: &[Watched<'_>]) {
    let mut without = Vec::new();
    for home in Home::BOTH {
        let (Some(region), Some(other)) = (design.region(home), design.region(home.other())) else {
            return;
        };
        match watches(design, table.resource, watched, region, other) {
            Answer::Known(false) => without.push(format!("in {region} towards {other}")),
            Answer::Unknown(why) => judge.cannot_judge(&table.resource.whole(), why),
            Answer::Known(true) | Answer::Absent => {}
        }
    }
    if !without.is_empty() {
        let name = table.named(design);
        judge.finding(
            &table.resource.whole(),
            format!("no alarm watches `ReplicationLatency` of `{name}` {}", without.join(" and ")),
            format!(
                "add an alarm on `AWS/DynamoDB` `ReplicationLatency` with `TableName: {name}` and the other Region as \
                 `ReceivingRegion` {}",
                without.join(" and ")
            ),
        );
    }
}

/// Whether an alarm of a Region watches a table's way to the other.
fn watches(
    design: &Design,
    table: Resource<'_>,
    watched: &[Watched<'_>],
    region: &str,
    other: &str,
) -> Answer<bool> {
    let name = replicas::name(design, table);
    let mut doubt = alarm::unknown(design, region);
    for metric in watched.iter().filter(|metric| metric.alarm.region() == region) {
        let named = metric.dimension(design, "TableName");
        let to = metric.dimension(design, "ReceivingRegion");
        match (named, to) {
            (Answer::Known(named), Answer::Known(to)) if named == name && to == other => {
                return Answer::Known(true);
            }
            (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => doubt = Some(why),
            _ => {}
        }
    }
    doubt.map_or(Answer::Known(false), Answer::Unknown)
}
