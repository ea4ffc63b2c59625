//! Who is told that replication of a table stalls.

use std::collections::BTreeSet;

use topology::Home;

use super::replicas::{self, Consistency, Table};
use crate::alarm::{self, Watched};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
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
    /// Amazon DynamoDB Developer Guide, "DynamoDB metrics and dimensions"; Amazon CloudWatch User Guide, "Configuring
    /// how CloudWatch alarms treat missing data".
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
    if alarms::are_declared(design)
        && let Some(ways) = ways(design, &watched)
    {
        for table in replicas::in_pair(design) {
            if table.consistency() == Answer::Known(Consistency::Eventual) {
                judge.subject();
                missing(design, judge, &table, &ways);
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

/// One way of replication: from a Region of the pair to the other.
struct Way<'d> {
    from: &'d str,
    to: &'d str,
    /// Tables that an alarm watches on this way, by name.
    watched: BTreeSet<String>,
    /// Why not all of them are known.
    doubt: Option<Unknown>,
}

/// Both ways of the pair.
fn ways<'d>(design: &'d Design, watched: &[Watched<'_>]) -> Option<[Way<'d>; 2]> {
    let [primary, standby] = Home::BOTH.map(|home| design.region(home));
    let (primary, standby) = (primary?, standby?);
    Some([(primary, standby), (standby, primary)].map(|(from, to)| way(design, watched, from, to)))
}

fn way<'d>(design: &Design, alarms: &[Watched<'_>], from: &'d str, to: &'d str) -> Way<'d> {
    let mut doubt = alarm::unknown(design, from);
    let mut watched = BTreeSet::new();
    for metric in alarms.iter().filter(|metric| metric.alarm.region() == from) {
        let towards = metric.dimension(design, "ReceivingRegion");
        match (metric.dimension(design, "TableName"), towards) {
            (Answer::Known(name), Answer::Known(towards)) if towards == to => {
                watched.insert(name);
            }
            (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => doubt = Some(why),
            _ => {}
        }
    }
    Way { from, to, watched, doubt }
}

fn missing(design: &Design, judge: &mut Judge<'_>, table: &Table<'_>, ways: &[Way<'_>]) {
    let name = replicas::name(design, table.resource);
    let mut without = Vec::new();
    for way in ways.iter().filter(|way| !way.watched.contains(&name)) {
        match way.doubt.clone() {
            Some(why) => judge.cannot_judge(&table.resource.whole(), why),
            None => without.push(format!("in {} towards {}", way.from, way.to)),
        }
    }
    if !without.is_empty() {
        let (name, without) = (table.named(design), without.join(" and "));
        judge.finding(
            &table.resource.whole(),
            format!("no alarm watches `ReplicationLatency` of `{name}` {without}"),
            format!(
                "add an alarm on `AWS/DynamoDB` `ReplicationLatency` with `TableName: {name}` and the other Region as \
                 `ReceivingRegion` {without}"
            ),
        );
    }
}
