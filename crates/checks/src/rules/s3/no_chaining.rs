//! Copies of copies.

use std::collections::BTreeMap;

use super::replications::{self, Replication, arn, named};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// No copy is counted on that would be a copy of a copy.
    ///
    /// ## What is checked
    ///
    /// No bucket that receives replicas of another bucket has a rule for the same keys to a third bucket, unless the
    /// first bucket has a rule to the third itself.
    ///
    /// ## Why it hurts
    ///
    /// S3 does not replicate replicas. The third bucket has only what was written to the second one directly, so
    /// that it is nearly empty when both Regions' buckets are damaged.
    ///
    /// ## What to change
    ///
    /// Give the first bucket a second rule, to the third bucket; a bucket may have rules to several destinations.
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "What does Amazon S3 replicate?".
    "s3-no-chaining": Warning, DataLost, Documented, Pair;
    why: "a third copy that people count on is not there";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let all = replications::all(design);
    let mut by_source: BTreeMap<String, Vec<(&Replication<'_>, String)>> = BTreeMap::new();
    for replication in &all {
        if let Some(to) = destination(design, replication) {
            by_source.entry(arn(design, replication.source)).or_default().push((replication, to));
        }
    }
    for (first, rules) in &by_source {
        for (replication, second) in rules {
            judge.subject();
            for (next, third) in by_source.get(second).into_iter().flatten() {
                let direct = rules.iter().any(|(_, to)| to == third);
                if third != first && !direct && overlap(replication, next) {
                    report(design, judge, replication, next);
                }
            }
        }
    }
}

/// The ARN of the bucket that a rule leads to.
fn destination(design: &Design, replication: &Replication<'_>) -> Option<String> {
    design.symbol(replication.rule.at("Destination.Bucket").value().known()?)
}

/// Whether two rules certainly have keys in common.
fn overlap(left: &Replication<'_>, right: &Replication<'_>) -> bool {
    match (left.prefix(), right.prefix()) {
        (Some(left), Some(right)) => left.starts_with(&right) || right.starts_with(&left),
        _ => false,
    }
}

fn report(
    design: &Design,
    judge: &mut Judge<'_>,
    replication: &Replication<'_>,
    next: &Replication<'_>,
) {
    let (first, second) = (named(design, replication.source), named(design, next.source));
    let third = next.rule.at("Destination.Bucket").shown();
    judge.finding_with(
        &next.rule,
        std::slice::from_ref(&replication.rule),
        format!(
            "`{second}` replicates to `{third}`, and what it has from `{first}` is not copied on"
        ),
        format!("give `{first}` a rule of its own to `{third}`"),
    );
}
