//! What becomes of buckets when their stacks go.

use std::collections::BTreeMap;

use super::replications::{self, named};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// Buckets whose data must survive are kept when their stack goes, and nothing empties them.
    ///
    /// ## What is checked
    ///
    /// Buckets of the pair that replicate or receive replicas, apart from those that only keep logs or
    /// whose objects all expire within a year: `DeletionPolicy`
    /// is `Retain` or `RetainExceptOnCreate`, `UpdateReplacePolicy` is `Retain`, and no `Custom::S3AutoDeleteObjects`
    /// names the bucket. Absent policies mean `Delete`.
    ///
    /// ## Why it hurts
    ///
    /// Removing a stack, a rename of a logical id or a rolled-back replacement erases records that law requires,
    /// versions included, and nothing brings them back. In a takeover stacks are removed and built again in a hurry.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// DeletionPolicy: RetainExceptOnCreate
    /// UpdateReplacePolicy: Retain
    /// ```
    ///
    /// In a CDK app: `removalPolicy: RemovalPolicy.RETAIN`, without `autoDeleteObjects`.
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute".
    "s3-no-auto-delete-of-payment-data": Blocker, DataLost, Derived, Pair;
    why: "removing or replacing a stack erases payment records for good, in the Region that is left as well";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let emptied = emptied(design);
    let logs = super::logs::buckets(design);
    for bucket in replications::buckets(design) {
        let name = replications::name(design, bucket);
        if logs.contains(&name) {
            continue;
        }
        judge.subject();
        let mut wrong = Vec::new();
        let declared = bucket.declared;
        let policies = [
            ("DeletionPolicy", &declared.deletion_policy, &["Retain", "RetainExceptOnCreate"][..]),
            ("UpdateReplacePolicy", &declared.update_replace_policy, &["Retain"][..]),
        ];
        for (key, policy, good) in policies {
            wrong.extend(wrong_policy(judge, bucket, key, policy.as_ref(), good));
        }
        let emptier = emptied.get(&name);
        wrong.extend(emptier.map(|emptier| format!("`{}` empties it first", emptier.id())));
        if !wrong.is_empty() {
            let related: Vec<_> = emptier.iter().map(|emptier| emptier.whole()).collect();
            judge.finding_with(
                &bucket.whole(),
                &related,
                format!("`{}` holds replicated data, and {}", named(design, bucket), wrong.join(", ")),
                "set `DeletionPolicy: RetainExceptOnCreate` and `UpdateReplacePolicy: Retain`, and remove any \
                 `Custom::S3AutoDeleteObjects` of the bucket",
            );
        }
    }
}

/// Custom resources that empty a bucket when their stack goes, by the bucket's name.
fn emptied(design: &Design) -> BTreeMap<String, Resource<'_>> {
    let custom = design.of("Custom::S3AutoDeleteObjects");
    let named = custom.filter_map(|custom| {
        Some((design.symbol(custom.at("BucketName").value().known()?)?, custom))
    });
    named.collect()
}

/// What is wrong about a policy, if it is known.
fn wrong_policy(
    judge: &mut Judge<'_>,
    bucket: Resource<'_>,
    key: &str,
    policy: Option<&Value>,
    good: &[&str],
) -> Option<String> {
    match policy {
        None | Some(Value::Null | Value::Unset) => {
            Some(format!("`{key}` is absent, which means `Delete`"))
        }
        Some(Value::Text(found)) if good.contains(&found.as_str()) => None,
        Some(Value::Text(found)) => Some(format!("`{key}` is `{found}`")),
        Some(other) => {
            let why = format!("`{key}` is not known: `{}`", other.shown());
            judge.cannot_judge(&bucket.whole(), crate::Unknown(why));
            None
        }
    }
}
