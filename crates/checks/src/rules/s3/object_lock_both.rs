//! Object Lock on both sides.

use super::replications::{self, named};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// If a bucket that replicates has Object Lock, its destination has it too.
    ///
    /// ## What is checked
    ///
    /// `ObjectLockEnabled` of both buckets of every rule between buckets of the pair that is turned on.
    ///
    /// ## Why it hurts
    ///
    /// S3 copies locked objects only into a bucket with Object Lock. Without it the rule is refused or the copies
    /// fail, and what law forbids to delete can be deleted in the Region that is left.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// ObjectLockEnabled: true
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Requirements and considerations for replication".
    "s3-object-lock-both": Error, DataLost, Documented, Pair;
    why: "locked objects are not copied, or lose their retention in the Region that is left";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (replication, destination) in replications::across(design) {
        if replication.source.at("ObjectLockEnabled").bool() != Answer::Known(true) {
            continue;
        }
        judge.subject();
        let there = destination.at("ObjectLockEnabled");
        if let Some(found) = judge.bool(&there)
            && found != Some(true)
        {
            let (from, to) = (named(design, replication.source), named(design, destination));
            judge.finding_with(
                &there,
                &[replication.source.at("ObjectLockEnabled")],
                format!("`{from}` has Object Lock and replicates to `{to}`, which has none"),
                format!("set `ObjectLockEnabled: true` on `{to}`"),
            );
        }
    }
}
