//! Keys that outlive their stacks.

use super::retention;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// KMS keys are kept when their stack is deleted and when they are replaced.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions: `DeletionPolicy` and `UpdateReplacePolicy` of every `AWS::KMS::Key` and
    /// `AWS::KMS::ReplicaKey` are not `Delete`, which is the default. Set `EnableKeyRotation` too; its absence is not
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
    for kind in ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"] {
        for key in design.of(kind).filter(|key| design.home(*key).is_some()) {
            judge.subject();
            if let Some(Some(found)) = judge.known(&key.whole(), retention::lets_go(key)) {
                judge.finding(&key.whole(), found, retention::KEEP);
            }
        }
    }
}
