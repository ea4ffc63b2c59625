//! Secrets that outlive their stacks.

use super::retention;
use super::used_by_pair::UsedByPair;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Secrets are kept when their stack is deleted and when they are replaced.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions: `DeletionPolicy` and `UpdateReplacePolicy` of each `AWS::SecretsManager::Secret` that holds
    /// the credentials of a global database, is replicated, or is named by a function or task that does the same work
    /// in both Regions, are not `Delete`, which is the default.
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
    let pair = UsedByPair::of(design);
    let secrets = design.of("AWS::SecretsManager::Secret");
    for secret in secrets.filter(|secret| design.home(*secret).is_some()) {
        let is_replicated = secret.at("ReplicaRegions").exists().known() == Some(true);
        let Some(user) = pair.user(secret).or(is_replicated.then_some(secret)) else { continue };
        judge.subject();
        if let Some(Some(found)) = judge.known(&secret.whole(), retention::lets_go(secret)) {
            let used = if user.is(secret) {
                format!("`{}` is replicated", secret.id())
            } else {
                format!("`{}` uses `{}`", user.id(), secret.id())
            };
            judge.finding(&secret.whole(), format!("{used}, and {found}"), retention::KEEP);
        }
    }
}
