//! Which lag says what would be lost.

use std::collections::BTreeSet;

use super::lag_alarms;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// What would be lost is watched by `AuroraGlobalDBRPOLag`, not by `AuroraGlobalDBReplicationLag` alone.
    ///
    /// ## What is checked
    ///
    /// A Region with an alarm on `AuroraGlobalDBReplicationLag` has one on `AuroraGlobalDBRPOLag` too. Whether the
    /// runbook reads the right one before it decides, the templates do not show.
    ///
    /// ## Why it hurts
    ///
    /// The replication lag is between replication servers. It can be small while committed payments of seconds are
    /// not in the other Region yet, so that the loss is understated when somebody must decide.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// MetricName: AuroraGlobalDBRPOLag
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using switchover or failover in Amazon Aurora Global Database" and "Amazon
    /// CloudWatch metrics for Amazon Aurora".
    "aurora-use-rpolag-for-loss": Warning, Unseen, Documented, Template;
    why: "the number that people decide by understates the payments that the takeover would lose";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let alarms = lag_alarms::all(design);
    let watching = |metric| alarms.iter().filter(move |alarm| alarm.watched.name == metric);
    let watched: BTreeSet<&str> = watching(lag_alarms::LOSS).map(|alarm| alarm.region()).collect();
    let mut reported = BTreeSet::new();
    alarms.iter().for_each(|_| judge.subject());
    for alarm in watching(lag_alarms::SERVERS) {
        if watched.contains(alarm.region()) || !reported.insert(alarm.region()) {
            continue;
        }
        judge.finding(
            &alarm.watched.place.at("MetricName"),
            format!(
                "`MetricName` is `{}`, and no alarm in {} watches `{}`",
                lag_alarms::SERVERS,
                alarm.region(),
                lag_alarms::LOSS
            ),
            format!("set `MetricName: {}`", lag_alarms::LOSS),
        );
    }
}
