//! Keys of a global table.

use super::replicas::{self, Replica, Table};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// All replicas of a global table have the same kind of key; with customer keys each has one of its own Region.
    ///
    /// ## What is checked
    ///
    /// Every `AWS::DynamoDB::GlobalTable` with more than one replica: if one replica names a
    /// `SSESpecification.KMSMasterKeyId`, all do; the table has `SSESpecification` with `SSEEnabled: true`, and no
    /// other `SSEType` than `KMS`; and each key is of the replica's Region, where its ARN or its stack says the
    /// Region.
    ///
    /// ## Why it hurts
    ///
    /// The table or the replica is refused, so that there is nothing to take over with.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// SSESpecification: {SSEEnabled: true, SSEType: KMS}
    /// Replicas:
    ///   - Region: us-east-1
    ///     SSESpecification: {KMSMasterKeyId: "arn:aws:kms:us-east-1:111122223333:alias/payments"}
    ///   - Region: us-east-2
    ///     SSESpecification: {KMSMasterKeyId: "arn:aws:kms:us-east-2:111122223333:alias/payments"}
    /// ```
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "AWS::DynamoDB::GlobalTable"; Amazon DynamoDB Developer Guide,
    /// "DynamoDB encryption at rest usage notes".
    "ddb-cmk-same-kind-each-region": Blocker, NotDeployable, Documented, Template;
    why: "the replica in the other Region is refused, so that the table is lost with its Region";
    check
}

/// Where a replica names its key.
const KEY: &str = "SSESpecification.KMSMasterKeyId";

fn check(design: &Design, judge: &mut Judge<'_>) {
    for table in replicas::replicated(design) {
        judge.subject();
        let named = |replica: &Replica<'_>| replica.place.at(KEY).exists();
        let with = table.replicas.iter().filter(|replica| named(replica) == Answer::Known(true));
        let Some(with) = with.map(|replica| replica.region.clone()).next() else { continue };
        for replica in &table.replicas {
            let key = replica.place.at(KEY);
            match judge.known(&key, key.exists()) {
                Some(Some(false)) => judge.finding(
                    &key,
                    format!(
                        "the replica in {with} has a customer key, the one in {} has none",
                        replica.region
                    ),
                    format!(
                        "set `{KEY}` of this replica to the ARN of a key in {}",
                        replica.region
                    ),
                ),
                Some(_) => region(design, judge, replica),
                None => {}
            }
        }
        whole(judge, &table);
    }
}

/// The key is of the replica's own Region.
fn region(design: &Design, judge: &mut Judge<'_>, replica: &Replica<'_>) {
    let key = replica.place.at(KEY);
    let found = key.value().known().and_then(|value| crate::kms::region(design, value));
    if let Some(found) =
        found.filter(|found| *found != replica.region && !replica.region.is_empty())
    {
        judge.finding(
            &key,
            format!("the replica in {} names a key of {found}", replica.region),
            format!("set `{KEY}` to the ARN of a key in {}", replica.region),
        );
    }
}

/// The table as a whole is said to be encrypted with KMS.
fn whole(judge: &mut Judge<'_>, table: &Table<'_>) {
    let specification = table.resource.at("SSESpecification");
    let [enabled, kind] = ["SSEEnabled", "SSEType"].map(|key| specification.at(key));
    let (Some(on), Some(with)) = (judge.bool(&enabled), judge.text(&kind)) else { return };
    if on != Some(true) || with.as_deref().is_some_and(|with| with != "KMS") {
        let on = on.map_or("absent".to_owned(), |on| format!("`{on}`"));
        let with = with.map_or("absent".to_owned(), |with| format!("`{with}`"));
        judge.finding(
            &specification,
            format!(
                "replicas name customer keys, and in the table's `SSESpecification` `SSEEnabled` is {on} and `SSEType` \
                 is {with}"
            ),
            "set `SSESpecification: {SSEEnabled: true, SSEType: KMS}` on the table",
        );
    }
}
