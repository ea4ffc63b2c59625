//! Secrets that outlive their stacks.

use super::retention;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Secrets are kept when their stack is deleted and when they are replaced.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions: `DeletionPolicy` and `UpdateReplacePolicy` of every `AWS::SecretsManager::Secret` are
    /// not `Delete`, which is the default.
    ///
    /// ## Why it hurts
    ///
    /// CloudFormation deletes a secret at once, without the recovery window that Secrets Manager gives to people,
    /// and its replicas with it: the standby loses the password of its database because a stack in the primary was
    /// deleted.
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
    /// AWS CloudFormation Template Reference, "DeletionPolicy attribute"; AWS Secrets Manager User Guide, "Delete an
    /// AWS Secrets Manager secret".
    "secret-deletion-policy": Blocker, DataLost, Documented, Pair;
    why: "deleting the stack, as in rebuilding a Region, deletes the credentials without a recovery window";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let secrets = design.of("AWS::SecretsManager::Secret");
    for secret in secrets.filter(|secret| design.home(*secret).is_some()) {
        judge.subject();
        if let Some(Some(found)) = judge.known(&secret.whole(), retention::lets_go(secret)) {
            judge.finding(&secret.whole(), found, retention::KEEP);
        }
    }
}
