//! What keeps the ledger from being deleted.

use super::members::Members;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// The global cluster and its members are protected against deletion, and a member that its stack lets go is
    /// kept or snapshotted.
    ///
    /// ## What is checked
    ///
    /// `DeletionProtection: true` on every global cluster and every member. Every member has a `DeletionPolicy` of
    /// `Snapshot`, `Retain` or `RetainExceptOnCreate`, and an `UpdateReplacePolicy` of `Snapshot` or `Retain`; left
    /// out, the first is `Snapshot` and the second is `Delete`.
    ///
    /// ## Why it hurts
    ///
    /// One deleted stack, or one edit of a property that cannot be changed in place, destroys the ledger. With the
    /// other Region lost there is no second copy.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::RDS::DBCluster
    /// DeletionPolicy: Retain
    /// UpdateReplacePolicy: Retain
    /// Properties:
    ///   DeletionProtection: true
    /// ```
    ///
    /// ## Source
    ///
    /// CloudFormation reference, "AWS::RDS::GlobalCluster", "AWS::RDS::DBCluster"; CloudFormation User Guide,
    /// "UpdateReplacePolicy attribute".
    "aurora-deletion-protection": Blocker, DataLost, Documented, Template;
    why: "one deleted stack or one replacing edit destroys the only ledger that is left";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for global in design.of("AWS::RDS::GlobalCluster") {
        judge_resource(global, &[], judge);
    }
    for member in Members::of(design).iter() {
        judge_resource(member.cluster, &policies(member.cluster), judge);
    }
}

fn judge_resource(resource: Resource<'_>, policies: &[Fault], judge: &mut Judge<'_>) {
    judge.subject();
    let protection = resource.at("DeletionProtection");
    let unprotected = match judge.bool(&protection) {
        Some(Some(true)) | None => None,
        Some(said) => Some(Fault {
            found: said.map_or_else(
                || "`DeletionProtection` is not set".into(),
                |_| "`DeletionProtection` is `false`".into(),
            ),
            change: "`DeletionProtection: true`".into(),
        }),
    };
    let place = if unprotected.is_some() { protection } else { resource.whole() };
    let faults: Vec<&Fault> = unprotected.iter().chain(policies).collect();
    if !faults.is_empty() {
        let join = |part: fn(&Fault) -> &str| {
            faults.iter().map(|fault| part(fault)).collect::<Vec<_>>().join(", ")
        };
        judge.finding(
            &place,
            join(|fault| &fault.found),
            format!("set {}", join(|fault| &fault.change)),
        );
    }
}

/// Something that lets a resource be deleted.
struct Fault {
    found: String,
    change: String,
}

/// Which of a cluster's policies delete it.
fn policies(cluster: Resource<'_>) -> Vec<Fault> {
    let declared = cluster.declared;
    let policies = [
        ("DeletionPolicy", &declared.deletion_policy, "Snapshot"),
        ("UpdateReplacePolicy", &declared.update_replace_policy, "Delete"),
    ];
    let faults = policies.into_iter().filter_map(|(name, policy, default)| {
        let (word, said) = match policy {
            None => (default, false),
            Some(Value::Text(word)) => (word.as_str(), true),
            // What a deployment works out may be the right one.
            Some(_) => return None,
        };
        let found = if said {
            format!("`{name}` is `{word}`")
        } else {
            format!("`{name}` is not set, which is `{word}`")
        };
        (word == "Delete").then(|| Fault { found, change: format!("`{name}: Retain`") })
    });
    faults.collect()
}
