//! Versioning of buckets that replicate.

use std::collections::BTreeSet;

use super::replications;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// A bucket that replicates and the bucket that it replicates to have versioning.
    ///
    /// ## What is checked
    ///
    /// `VersioningConfiguration.Status` is `Enabled` on every bucket with a replication rule that is turned on, and
    /// on the destination, where it is in the templates.
    ///
    /// ## Why it hurts
    ///
    /// S3 refuses a replication rule on a bucket without versions, or with a destination without versions. Where
    /// versions were suspended later, objects stay behind as `FAILED`. Either way the other Region has no copy.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// VersioningConfiguration:
    ///   Status: Enabled
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Requirements and considerations for replication".
    "s3-versioning-both": Blocker, DataLost, Documented, Template;
    why: "S3 refuses the rule or fails to copy the objects, so that the other Region has no copy of them";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let mut seen = BTreeSet::new();
    for replication in replications::all(design) {
        for bucket in [Some(replication.source), replication.destination].into_iter().flatten() {
            if seen.insert((bucket.stack.index, bucket.id())) {
                judge_bucket(judge, bucket, bucket.is(replication.source));
            }
        }
    }
}

fn judge_bucket(judge: &mut Judge<'_>, bucket: Resource<'_>, is_source: bool) {
    judge.subject();
    let status = bucket.at("VersioningConfiguration.Status");
    let part = if is_source { "the bucket replicates" } else { "the bucket receives replicas" };
    if let Some(found) = judge.text(&status)
        && found.as_deref() != Some("Enabled")
    {
        let found = found.map_or("absent".to_owned(), |status| format!("`{status}`"));
        judge.finding(
            &status,
            format!("{part}, and `VersioningConfiguration.Status` is {found}"),
            "set `VersioningConfiguration.Status` to `Enabled`",
        );
    }
}
