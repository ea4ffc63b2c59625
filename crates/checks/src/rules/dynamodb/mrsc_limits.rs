//! What strongly consistent tables cannot do.

use super::replicas::{self, Consistency};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// A strongly consistent table has neither time to live nor local indexes.
    ///
    /// ## What is checked
    ///
    /// No `AWS::DynamoDB::GlobalTable` with `MultiRegionConsistency: STRONG` has `TimeToLiveSpecification.Enabled:
    /// true` or `LocalSecondaryIndexes`. Such a table does not take transactions either, answers
    /// `ReplicatedWriteConflictException` where writes meet, and has no `ReplicationLatency`: code must know that,
    /// and no template shows it.
    ///
    /// ## Why it hurts
    ///
    /// DynamoDB refuses the table or the setting. Records that should expire need a sweeper of your own.
    ///
    /// ## What to change
    ///
    /// Remove `TimeToLiveSpecification` and `LocalSecondaryIndexes`.
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables" (multi-Region strong consistency).
    "ddb-mrsc-limits": Blocker, NotDeployable, Documented, Template;
    why: "the table that says who may write is refused, so that nothing can stop the lost Region from writing";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for table in replicas::all(design) {
        if table.consistency() != Answer::Known(Consistency::Strong) {
            continue;
        }
        judge.subject();
        let name = table.named(design);
        let expiry = table.resource.at("TimeToLiveSpecification.Enabled");
        if judge.bool(&expiry) == Some(Some(true)) {
            judge.finding(
                &expiry,
                format!("`{name}` is `STRONG`, and `TimeToLiveSpecification.Enabled` is `true`"),
                "remove `TimeToLiveSpecification`, and delete old records by a sweeper of your own",
            );
        }
        let indexes = table.resource.at("LocalSecondaryIndexes");
        if !judge.items(&indexes).is_empty() {
            judge.finding(
                &indexes,
                format!("`{name}` is `STRONG` and has `LocalSecondaryIndexes`"),
                "remove `LocalSecondaryIndexes`, and use `GlobalSecondaryIndexes`",
            );
        }
    }
}
