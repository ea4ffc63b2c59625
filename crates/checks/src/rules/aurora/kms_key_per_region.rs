//! Keys of a global database.

use super::members::{Member, Members};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::kms;
use crate::rule::rule;

rule! {
    /// Every member of a global database is encrypted, with a key of its own Region that its template names.
    ///
    /// ## What is checked
    ///
    /// Each member has `StorageEncrypted: true` and a `KmsKeyId`; an ARN there is of the stack's Region. A cluster
    /// that is restored from a snapshot takes its encryption from there, and is not judged.
    ///
    /// ## Why it hurts
    ///
    /// RDS refuses an encrypted secondary without a named key ("For encrypted cross-region replica, kmsKeyId should
    /// be explicitly specified"), and a key of the other Region is not known here. Neither property can be
    /// changed later without replacing the cluster, so what the primary begins with, it keeps.
    ///
    /// ## What to change
    ///
    /// In both Regions, with a key of that Region:
    ///
    /// ```yaml
    /// StorageEncrypted: true
    /// KmsKeyId: !GetAtt Key.Arn
    /// ```
    ///
    /// ## Source
    ///
    /// CloudFormation reference, "AWS::RDS::DBCluster", `KmsKeyId` and `StorageEncrypted`.
    "aurora-kms-key-per-region": Blocker, NoTakeover, Documented, Template;
    why: "an encrypted secondary without a key of its own Region is refused, and no key can be changed later without replacing the ledger";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for member in Members::of(design).iter() {
        judge.subject();
        let restored = member.sets("SnapshotIdentifier");
        let encrypted = member.cluster.at("StorageEncrypted");
        match judge.bool(&encrypted) {
            Some(Some(true)) => judge_key(design, member, judge),
            Some(None) if restored => {
                let why = "the snapshot decides about the encryption";
                judge.cannot_judge(&encrypted, Unknown(why.to_owned()));
            }
            Some(said) => {
                let found = match said {
                    Some(_) => "`StorageEncrypted` is `false`",
                    None => "`StorageEncrypted` is not set",
                };
                let change = "set `StorageEncrypted: true` and `KmsKeyId` to a key of this Region; an existing cluster must be replaced from a snapshot";
                judge.finding(&encrypted, found, change);
            }
            None => {}
        }
    }
}

fn judge_key(design: &Design, member: &Member<'_>, judge: &mut Judge<'_>) {
    let (key, region) = (member.cluster.at("KmsKeyId"), member.cluster.region());
    let value = match key.value() {
        Answer::Absent => {
            judge.finding(
                &key,
                "the cluster is encrypted and `KmsKeyId` is not set",
                format!("set `KmsKeyId: !GetAtt Key.Arn`, a key that is made in {region}"),
            );
            return;
        }
        // A key that only a deployment knows is a key that is named.
        Answer::Unknown(_) => return,
        Answer::Known(value) => value,
    };
    let other = kms::region(design, value);
    if let Some(other) =
        other.filter(|other| !region.is_empty() && !other.is_empty() && other != region)
    {
        judge.finding(
            &key,
            format!("`KmsKeyId` is a key of {other}, and the cluster is in {region}"),
            format!("set `KmsKeyId` to a key of {region}"),
        );
    }
}
