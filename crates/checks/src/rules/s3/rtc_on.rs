//! Replication within a known time.

use super::logs;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;

rule! {
    /// Replication between the Regions has Replication Time Control, with its metrics.
    ///
    /// ## What is checked
    ///
    /// In the `Destination` of every rule between buckets of the pair that is turned on: `ReplicationTime` and
    /// `Metrics` are `Enabled`, both with 15 minutes. Buckets that keep logs only, by what writes to them, by their name
    /// or because all their objects expire within a year, are left out.
    ///
    /// ## Why it hurts
    ///
    /// Without it S3 promises no time: an object may be in one Region only when that Region is lost, and no metric
    /// shows how many are. With it 99.9 % of objects are copied within 15 minutes, and the rest are reported.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// ReplicationTime: {Status: Enabled, Time: {Minutes: 15}}
    /// Metrics: {Status: Enabled, EventThreshold: {Minutes: 15}}
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Meeting compliance requirements with S3 Replication Time Control".
    "s3-rtc-on": Error, DataLost, Documented, Pair;
    why: "nothing bounds how many objects exist only in the Region that is lost, and no metric counts them";
    check
}

/// What must be turned on, and where its minutes stand.
const WANTED: [(&str, &str); 2] = [
    ("ReplicationTime.Status", "ReplicationTime.Time.Minutes"),
    ("Metrics.Status", "Metrics.EventThreshold.Minutes"),
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (replication, _) in logs::lasting(design) {
        judge.subject();
        let destination = replication.rule.at("Destination");
        let mut found = Vec::new();
        for (status, minutes) in WANTED {
            let wrong = wrong(judge, &destination, status, "Enabled");
            found.extend(wrong.or_else(|| self::wrong(judge, &destination, minutes, "15")));
        }
        if !found.is_empty() {
            judge.finding(
                &destination,
                format!("in `Destination` {}", found.join(" and ")),
                "add `ReplicationTime: {Status: Enabled, Time: {Minutes: 15}}` and `Metrics: {Status: Enabled, \
                 EventThreshold: {Minutes: 15}}` to `Destination`",
            );
        }
    }
}

/// What is there instead, if it is known not to be what is wanted.
fn wrong(
    judge: &mut Judge<'_>,
    destination: &Place<'_>,
    keys: &str,
    wanted: &str,
) -> Option<String> {
    match judge.text(&destination.at(keys))? {
        None => Some(format!("`{keys}` is absent")),
        Some(found) if found == wanted => None,
        Some(found) => Some(format!("`{keys}` is `{found}`")),
    }
}
