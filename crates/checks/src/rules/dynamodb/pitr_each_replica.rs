//! Protection of each replica.

use super::replicas::{self, Replica};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Every replica of a global table has point-in-time recovery and deletion protection of its own.
    ///
    /// ## What is checked
    ///
    /// `PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled` and `DeletionProtectionEnabled` are true in
    /// every entry of `Replicas`, where there is more than one. Both are off unless a replica says so. A table whose
    /// items expire (`TimeToLiveSpecification`) may do without recovery, in all its replicas alike.
    ///
    /// ## Why it hurts
    ///
    /// These settings are not replicated. The replica that is left may be the one without restore points, or the one
    /// that a mistaken call deletes.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Replicas:
    ///   - Region: us-east-2
    ///     DeletionProtectionEnabled: true
    ///     PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables"; AWS CloudFormation Template Reference,
    /// "AWS::DynamoDB::GlobalTable ReplicaSpecification".
    "ddb-pitr-each-replica": Error, DataLost, Documented, Template;
    why: "the replica that is left may be the one that cannot be restored, or that a mistaken call deletes";
    check
}

/// What must be on, with the edit that turns it on.
const WANTED: [(&str, &str); 2] = [
    (
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
        "`PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}`",
    ),
    ("DeletionProtectionEnabled", "`DeletionProtectionEnabled: true`"),
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    for table in replicas::replicated(design) {
        let recovers =
            |replica: &Replica<'_>| replica.place.at(WANTED[0].0).bool() == Answer::Known(true);
        let without = table.expires() && !table.replicas.iter().any(recovers);
        for replica in &table.replicas {
            judge.subject();
            let mut off = Vec::new();
            for (keys, edit) in WANTED.into_iter().skip(usize::from(without)) {
                let place = replica.place.at(keys);
                match judge.bool(&place) {
                    Some(Some(true)) | None => {}
                    Some(found) => off.push((keys, found, edit)),
                }
            }
            if !off.is_empty() {
                let found = off.iter().map(|(keys, found, _)| {
                    let found = found.map_or("absent", |_| "`false`");
                    format!("`{keys}` is {found}")
                });
                let edits: Vec<_> = off.iter().map(|(.., edit)| *edit).collect();
                let name = table.named(design);
                judge.finding(
                    &replica.place,
                    format!(
                        "the replica of `{name}` in {}: {}",
                        replica.region,
                        found.collect::<Vec<_>>().join(", ")
                    ),
                    format!("set {} in this replica", edits.join(" and ")),
                );
            }
        }
    }
}
