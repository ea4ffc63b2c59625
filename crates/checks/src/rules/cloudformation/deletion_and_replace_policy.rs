//! What becomes of data when its stack is deleted or its resource is replaced.

use super::data_of_pair::DataOfPair;
use super::stateful::{self, Stateful};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// What holds data has a `DeletionPolicy` and an `UpdateReplacePolicy` that keep it.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions: clusters, tables, file systems, user pools, database instances that are in no cluster,
    /// and buckets that keep versions and are emptied by the CDK's `autoDeleteObjects` (S3 refuses to delete others
    /// as long as they hold objects). They are data of the pair: there is a counterpart or a copy in the other Region, or
    /// a function, container or state machine that is in both uses them. A table of one Region whose items expire and
    /// that has no point-in-time recovery is left out, as are the locks of Terraform. Both policies are `Retain`, `RetainExceptOnCreate`
    /// (deletion only: CloudFormation refuses it as `UpdateReplacePolicy`, which is reported too) or `Snapshot`. What the service refuses to delete (`DeletionProtection`,
    /// `DeletionProtectionEnabled`) is not reported. A cluster or instance of RDS without `DeletionPolicy` is kept
    /// as a snapshot by default; nothing is by default when it is replaced.
    ///
    /// ## Why it hurts
    ///
    /// `DeletionPolicy` does not cover replacement: a changed identifier, key or subnet group deletes the old
    /// resource once the new one is there. In the days after a takeover stacks of the lost Region are deleted and
    /// built anew, and one of the two copies of the data goes with them.
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
    /// AWS CloudFormation Template Reference, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute".
    "cfn-deletion-and-replace-policy": Blocker, DataLost, Documented, Pair;
    why: "deleting the stack or replacing the resource, as in rebuilding a Region, deletes the data";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let data = DataOfPair::of(design);
    for Stateful { resource, default, guarded } in stateful::all(design) {
        let (place, declared) = (resource.whole(), resource.declared);
        judge_word(judge, &place, declared.update_replace_policy.as_ref());
        if !data.has(resource) {
            continue;
        }
        judge.subject();
        let (deletion, replacement) = (&declared.deletion_policy, &declared.update_replace_policy);
        let answers = [
            deleted("DeletionPolicy", deletion.as_ref(), default),
            deleted("UpdateReplacePolicy", replacement.as_ref(), "Delete"),
        ];
        let found: Vec<String> = answers
            .into_iter()
            .filter_map(|answer| judge.known(&place, answer).flatten())
            .collect();
        if found.is_empty() || judge.known(&place, guarded) != Some(Some(false)) {
            continue;
        }
        judge.finding(
            &place,
            found.join(" and "),
            "set `DeletionPolicy: RetainExceptOnCreate` and `UpdateReplacePolicy: Retain`",
        );
    }
}

/// A policy that the attribute does not know.
fn judge_word(judge: &mut Judge<'_>, place: &Place<'_>, replacement: Option<&Value>) {
    if matches!(replacement, Some(Value::Text(word)) if word == "RetainExceptOnCreate") {
        judge.finding(
            place,
            "`UpdateReplacePolicy` is `RetainExceptOnCreate`, which only `DeletionPolicy` can be: CloudFormation refuses \
             the template",
            "set `UpdateReplacePolicy: Retain`",
        );
    }
}

/// How a policy lets the data go; absent if it keeps it.
fn deleted(name: &str, said: Option<&Value>, default: &str) -> Answer<String> {
    match said {
        None | Some(Value::Null) if default == "Delete" => {
            Answer::Known(format!("there is no `{name}` (the default is `Delete`)"))
        }
        Some(Value::Text(text)) if text == "Delete" => {
            Answer::Known(format!("`{name}` is `Delete`"))
        }
        None | Some(Value::Null | Value::Text(_)) => Answer::Absent,
        Some(Value::Unknown(why)) => Answer::Unknown(why.clone()),
        Some(other) => Answer::Unknown(Unknown(format!("`{name}` is {}", other.shown()))),
    }
}
