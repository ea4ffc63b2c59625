//! Keys of a global database.

use topology::Home;

use super::members::{Member, Members, Part};
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
    /// that is restored from a snapshot takes its encryption, and the key that it does not name, from there, and is
    /// not judged.
    ///
    /// ## Why it hurts
    ///
    /// RDS refuses an encrypted secondary without a named key ("For encrypted cross-region replica, kmsKeyId should
    /// be explicitly specified"), and a key of the other Region is not known here. A primary without one gets the
    /// account's default key, whose policy nobody can change and whose snapshots no other account can restore.
    /// Neither property can be changed later without replacing the cluster, so what the primary begins with, it
    /// keeps.
    ///
    /// ## What to change
    ///
    /// In both Regions, with a key of that Region, when they are built. An edit of the template of a cluster that
    /// exists replaces it: restore a snapshot of the primary with the key, and add the secondary to that.
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
    why: "after the loss members are built anew, and without a named key of its own Region one is refused or stays with a default key: encryption is fixed when a cluster is created";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    for member in members.iter() {
        judge.subject();
        let restored = member.sets("SnapshotIdentifier");
        let encrypted = member.cluster.at("StorageEncrypted");
        match judge.bool(&encrypted) {
            Some(Some(true)) => judge_key(design, &members, member, judge),
            Some(None) if restored => {
                let why = "the snapshot decides about the encryption";
                judge.cannot_judge(&encrypted, Unknown(why.to_owned()));
            }
            Some(said) => {
                let found = match said {
                    Some(_) => "`StorageEncrypted` is `false`",
                    None => "`StorageEncrypted` is not set",
                };
                let change = format!(
                    "set `StorageEncrypted: true` and `KmsKeyId` to a key of this Region when the cluster is built; {EXISTING}"
                );
                judge.finding(&encrypted, found, change);
            }
            None => {}
        }
    }
}

/// What becomes of a cluster that is there already.
const EXISTING: &str = "one that exists would be replaced by this edit and lose its data: restore a snapshot of it with the key instead";

fn judge_key(design: &Design, members: &Members<'_>, member: &Member<'_>, judge: &mut Judge<'_>) {
    let (key, region) = (member.cluster.at("KmsKeyId"), member.cluster.region());
    let value = match key.value() {
        Answer::Absent
            if member.cluster.at("SnapshotIdentifier").exists() != Answer::Known(false) =>
        {
            let why = "the snapshot decides about the key";
            return judge.cannot_judge(&key, Unknown(why.to_owned()));
        }
        Answer::Absent => {
            let is_secondary =
                member.part == Part::Joined && members.home(member) != Some(Home::Primary);
            let (found, change) = without_key(region, is_secondary);
            return judge.finding(&key, found, change);
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

/// What is there and the change for an encrypted member that names no key.
fn without_key(region: &str, is_secondary: bool) -> (&'static str, String) {
    let set = format!("set `KmsKeyId: !GetAtt Key.Arn`, a key that is made in {region}");
    if is_secondary {
        let found =
            "the cluster is encrypted and joins a global database, and `KmsKeyId` is not set";
        (
            found,
            format!(
                "{set}; a secondary that exists is replaced by this edit, and filled anew from the primary"
            ),
        )
    } else {
        let found =
            "the cluster is encrypted with the account's default key, as `KmsKeyId` is not set";
        (found, format!("{set}, when the cluster is built; {EXISTING}"))
    }
}
