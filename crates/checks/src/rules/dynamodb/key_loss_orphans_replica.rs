//! What becomes of keys that replicas are encrypted with.

use std::collections::BTreeSet;

use super::replicas;
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::kms;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// A key that a replica is encrypted with is not lost with its stack, and is not switched off.
    ///
    /// ## What is checked
    ///
    /// Every `AWS::KMS::Key` of the templates that a replica of a global table names, by reference or by alias, has
    /// `DeletionPolicy: Retain` (or `RetainExceptOnCreate`) and is not `Enabled: false`. Whether somebody is told in
    /// time shows at run time only: alarm on the table status `INACCESSIBLE_ENCRYPTION_CREDENTIALS`.
    ///
    /// ## Why it hurts
    ///
    /// A key that is scheduled for deletion or switched off is out of reach at once. After 20 hours an eventually
    /// consistent replica becomes a table of its own for good (a strongly consistent one is lost after seven days):
    /// the standby is no standby any more, in silence.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Key:
    ///   Type: AWS::KMS::Key
    ///   DeletionPolicy: Retain
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables" and "DynamoDB encryption at rest usage notes".
    "ddb-key-loss-orphans-replica": Error, DataLost, Documented, Template;
    why: "20 hours after its key is out of reach the replica is a table of its own for good, and nothing says so";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let aliases = kms::aliases(design);
    let mut seen = BTreeSet::new();
    for table in replicas::replicated(design) {
        for replica in &table.replicas {
            let value = replica.place.at("SSESpecification.KMSMasterKeyId").value().known();
            let key = value.and_then(|value| kms::key(design, &aliases, value));
            if let Some(key) = key
                && seen.insert((key.stack.index, key.id()))
            {
                judge.subject();
                judge_key(judge, key, &table.named(design), &replica.region);
            }
        }
    }
}

fn judge_key(judge: &mut Judge<'_>, key: Resource<'_>, table: &str, region: &str) {
    let policy = match &key.declared.deletion_policy {
        None => Some("absent, which means `Delete`".to_owned()),
        Some(Value::Text(policy)) if policy.starts_with("Retain") => None,
        Some(Value::Text(policy)) => Some(format!("`{policy}`")),
        Some(other) => {
            let why = format!("`DeletionPolicy` is not known: `{}`", other.shown());
            judge.cannot_judge(&key.whole(), Unknown(why));
            None
        }
    };
    if let Some(policy) = policy {
        judge.finding(
            &key.whole(),
            format!("the replica of `{table}` in {region} rests on this key, and its `DeletionPolicy` is {policy}"),
            "set `DeletionPolicy: Retain` on the key",
        );
    }
    let enabled = key.at("Enabled");
    if enabled.bool() == Answer::Known(false) {
        judge.finding(
            &enabled,
            format!(
                "the replica of `{table}` in {region} rests on this key, and `Enabled` is `false`"
            ),
            "set `Enabled: true`",
        );
    }
}
