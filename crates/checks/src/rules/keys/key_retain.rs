//! Keys that outlive their stacks.

use super::retention;
use super::service_keys::ServiceKeys;
use super::used_by_pair::UsedByPair;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// KMS keys are kept when their stack is deleted and when they are replaced.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions: `DeletionPolicy` and `UpdateReplacePolicy` of each `AWS::KMS::Key` and
    /// `AWS::KMS::ReplicaKey` that a store of payments, or a resource that does the same work in both Regions, encrypts
    /// with, are not `Delete`, which is the default. Keys that nothing names, or of logs alone, are left out. Set `EnableKeyRotation` too; its absence is not
    /// reported, because it loses no data.
    ///
    /// ## Why it hurts
    ///
    /// A stack that is deleted, as in building a lost Region anew, schedules its keys for deletion. What they
    /// encrypt cannot be read from that moment, and never again after the waiting period: a deleted key is deleted
    /// data. A replica of a global table whose key is gone for seven days is lost.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// DeletionPolicy: RetainExceptOnCreate
    /// UpdateReplacePolicy: Retain
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Key Management Service Developer Guide, "Delete an AWS KMS key"; AWS CloudFormation Template Reference,
    /// "DeletionPolicy attribute"; Amazon DynamoDB Developer Guide, "Encryption at rest".
    "kms-key-retain": Blocker, DataLost, Derived, Pair;
    why: "deleting the stack, as in rebuilding a Region, schedules the key for deletion, and everything under it is lost";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let pair = UsedByPair::of(design);
    let users = ServiceKeys::of(design).users();
    for kind in ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"] {
        for key in design.of(kind).filter(|key| design.home(*key).is_some()) {
            let users = users.get(&key.reference(None)).into_iter().flatten().copied();
            let mut users = users.filter(|user| user.kind() != "AWS::Logs::LogGroup");
            let user = users.find(|user| pair.has(*user)).or_else(|| pair.user(key));
            let Some(user) = user else { continue };
            judge.subject();
            if let Some(Some(found)) = judge.known(&key.whole(), retention::lets_go(key)) {
                let found = format!("`{}` uses `{}`, and {found}", user.id(), key.id());
                judge.finding(&key.whole(), found, retention::KEEP);
            }
        }
    }
}
