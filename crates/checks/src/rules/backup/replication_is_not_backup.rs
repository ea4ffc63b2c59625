//! Restore points of what replicates.

use super::selections::Selections;
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;
use crate::rules::dynamodb::replicas::{self, Table};

rule! {
    /// What replicates is also backed up: a copy in the other Region is no restore point.
    ///
    /// ## What is checked
    ///
    /// Every global table with replicas in both Regions has point-in-time recovery in one replica at least, or a
    /// backup plan of the templates names it. (Members of a global database are always backed up, see
    /// `backup-retention-both-members`; buckets that replicate keep versions, see `s3-versioning-both`.) Selections by
    /// tags are not judged; tables whose items expire (`TimeToLiveSpecification`) need no restore points.
    ///
    /// ## Why it hurts
    ///
    /// A mistaken delete, a bad deployment or a corruption reaches the other Region within a second. Then both
    /// Regions have the same ruin, and nothing to go back to.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Replicas:
    ///   - Region: us-east-2
    ///     PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Best practices for global tables"; what follows is our conclusion.
    "replication-is-not-backup": Blocker, DataLost, Derived, Pair;
    why: "a bad delete is in both Regions before anybody notices it, and nothing can be restored";
    check
}

/// Where a replica says that it can be restored to any second.
const RECOVERY: &str = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let selections = Selections::of(design);
    for table in replicas::in_pair(design).into_iter().filter(|table| !table.expires()) {
        judge.subject();
        match restorable(design, &selections, &table) {
            Answer::Known(false) => judge.finding(
                &table.resource.at("Replicas"),
                format!(
                    "`{}` replicates to {}, and has neither point-in-time recovery nor a backup plan in either",
                    table.named(design),
                    table.regions()
                ),
                format!("set `{RECOVERY}: true` in each replica"),
            ),
            Answer::Unknown(why) => judge.cannot_judge(&table.resource.at("Replicas"), why),
            Answer::Known(true) | Answer::Absent => {}
        }
    }
}

/// Whether a table has restore points in any Region.
fn restorable(design: &Design, selections: &Selections, table: &Table<'_>) -> Answer<bool> {
    let mut doubt = None;
    for replica in &table.replicas {
        let arn = table.arn_in(design, &replica.region);
        let backed_up = arn.map(|arn| selections.cover(&arn, &replica.region));
        let answers = [replica.place.at(RECOVERY).bool(), backed_up.unwrap_or(Answer::Absent)];
        for answer in answers {
            match answer {
                Answer::Known(true) => return Answer::Known(true),
                Answer::Unknown(why) => doubt = Some(why),
                Answer::Known(false) | Answer::Absent => {}
            }
        }
    }
    doubt.map_or(Answer::Known(false), Answer::Unknown)
}
