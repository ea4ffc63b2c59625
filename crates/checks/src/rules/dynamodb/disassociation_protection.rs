//! Protection of replicas against being cut loose.

use super::replicas;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Replicas of a global table are protected against being cut loose.
    ///
    /// ## What is checked
    ///
    /// `DisassociationProtectionEnabled` is true in every entry of `Replicas`, where there is more than one. The
    /// property is in the resource schema; try it in your account before you rely on it.
    ///
    /// ## Why it hurts
    ///
    /// A replica that is cut loose goes on as a table of its own: nothing fails, nothing is copied any more, and that
    /// is noticed when the other Region takes over with old items.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Replicas:
    ///   - Region: us-east-2
    ///     DisassociationProtectionEnabled: true
    /// ```
    ///
    /// ## Source
    ///
    /// The resource schema of `AWS::DynamoDB::GlobalTable`, `ReplicaSpecification`.
    "ddb-disassociation-protection": Warning, DataLost, Schema, Template;
    why: "one mistaken call makes the standby's replica a table of its own, which nobody notices before the takeover";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for table in replicas::replicated(design) {
        judge.subject();
        let key = "DisassociationProtectionEnabled";
        let mut without = Vec::new();
        for replica in &table.replicas {
            if matches!(judge.bool(&replica.place.at(key)), Some(None | Some(false))) {
                without.push(replica.region.as_str());
            }
        }
        if !without.is_empty() {
            judge.finding(
                &table.resource.at("Replicas"),
                format!(
                    "replicas of `{}` in {} have no `{key}`",
                    table.named(design),
                    without.join(" and ")
                ),
                format!("set `{key}: true` in each replica"),
            );
        }
    }
}
