//! Properties that cannot be changed in place, and parameters that change with the role.

use std::collections::BTreeMap;

use super::members::source;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::stack::Stack;
use crate::words::words_and_numbers;

rule! {
    /// No property of the databases that cannot be changed in place follows the Region that is active.
    ///
    /// ## What is checked
    ///
    /// Of global clusters, clusters and instances no property that CloudFormation can only change by replacement, no
    /// `GlobalClusterIdentifier`, and no `Condition` of the resource rests on a parameter or an SSM value whose name
    /// says which side is active (`ActiveRegion`, `CurrentPrimary`, `WriterClusterArn`, `/payments/active-region`).
    /// And a global cluster is made from a cluster of its own Region: one of the other Region means that somebody
    /// followed the writer. Before each deployment the change set must show no replacement of these types.
    ///
    /// ## Why it hurts
    ///
    /// After a role change somebody sets the parameter to what is now true, and CloudFormation replaces the global
    /// cluster or the database. Templates describe who is a member, not who is the writer.
    ///
    /// ## What to change
    ///
    /// Leave `SourceDBClusterIdentifier` as it was when the global database was made; ask `DescribeGlobalClusters`
    /// who the writer is.
    ///
    /// ## Source
    ///
    /// CloudFormation resource schemas of `AWS::RDS::GlobalCluster`, `AWS::RDS::DBCluster` and
    /// `AWS::RDS::DBInstance`, create-only properties.
    "aurora-source-arn-never-follows-the-writer": Blocker, DataLost, Derived, Template;
    why: "the first deployment after a role change replaces or deletes the global cluster or a database";
    check
}

/// Properties that cannot be changed in place, and those that decide who is a member; `Condition` is the resource's.
const FIXED: [(&str, &[&str]); 3] = [
    (
        "AWS::RDS::DBCluster",
        &[
            "AvailabilityZones",
            "Condition",
            "DBClusterIdentifier",
            "DBSubnetGroupName",
            "DatabaseName",
            "Engine",
            "EngineMode",
            "GlobalClusterIdentifier",
            "KmsKeyId",
            "MasterUsername",
            "SnapshotIdentifier",
            "SourceDBClusterIdentifier",
            "SourceRegion",
            "StorageEncrypted",
        ],
    ),
    (
        "AWS::RDS::DBInstance",
        &[
            "AvailabilityZone",
            "Condition",
            "DBClusterIdentifier",
            "DBInstanceIdentifier",
            "DBSubnetGroupName",
            "Engine",
            "KmsKeyId",
            "StorageEncrypted",
        ],
    ),
    (
        "AWS::RDS::GlobalCluster",
        &[
            "Condition",
            "Engine",
            "GlobalClusterIdentifier",
            "SourceDBClusterIdentifier",
            "StorageEncrypted",
        ],
    ),
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    for stack in design.stacks() {
        judge_inputs(stack, judge);
    }
    for global in design.of("AWS::RDS::GlobalCluster") {
        judge.subject();
        judge_source(design, global, judge);
    }
}

fn judge_inputs(stack: &Stack, judge: &mut Judge<'_>) {
    let mut followed: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for input in stack.inputs.iter().filter(|input| names_the_active_side(&input.name)) {
        let key = (input.resource.as_str(), input.property.as_str());
        followed.entry(key).or_default().push(&input.name);
    }
    for ((resource, property), names) in followed {
        let Some(declared) = stack.resources.get(resource) else { continue };
        let fixed = FIXED.iter().find(|(kind, _)| *kind == declared.kind);
        if fixed.is_some_and(|(_, properties)| properties.contains(&property)) {
            report(Resource { stack, declared }, property, &names.join("`, `"), judge);
        }
    }
}

fn report(resource: Resource<'_>, property: &str, names: &str, judge: &mut Judge<'_>) {
    let (place, what) = if property == "Condition" {
        (resource.whole(), format!("whether `{}` exists", resource.id()))
    } else {
        (resource.at(property), format!("`{property}`"))
    };
    judge.finding(
        &place,
        format!("{what} follows `{names}`, which by its name says which side is active"),
        format!("let {what} depend on home roles only, which never change; who the writer is, `DescribeGlobalClusters` says"),
    );
}

fn judge_source(design: &Design, global: Resource<'_>, judge: &mut Judge<'_>) {
    let from = source(global);
    let Some(arn) = from.value().known().and_then(|value| design.text(value).known()) else {
        return;
    };
    let region = arn.split(':').nth(3).unwrap_or_default();
    if !region.is_empty() && !global.region().is_empty() && region != global.region() {
        judge.finding(
            &from,
            format!("the global cluster is in {}, and its source cluster in {region}", global.region()),
            format!(
                "leave the cluster of {} that the global database was made from in `SourceDBClusterIdentifier`, whoever is the writer",
                global.region()
            ),
        );
    }
}

/// Whether a name says which side is active now, and not a home role nor which instance writes.
fn names_the_active_side(name: &str) -> bool {
    let words: Vec<String> = words_and_numbers(name).collect();
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let a_side = has(&["region", "cluster", "side", "site"]);
    has(&["active", "current"]) && (a_side || has(&["primary", "role", "writer", "is"]))
        || has(&["writer", "promoted"]) && a_side
        || words.len() == 1 && words[0] == "active"
}
