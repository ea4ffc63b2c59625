//! Which resources hold data that their stack must not take along, and which stacks hold such resources.

use std::collections::BTreeSet;

use crate::answer::Answer;
use crate::design::Design;
use crate::place::{Place, Resource};

/// What guards a type of resource against being deleted, apart from its stack's policies.
struct Kind {
    name: &'static str,
    /// The property by which the service refuses to delete it, and the value that says so.
    guard: Option<(&'static str, &'static str)>,
    /// What CloudFormation does on deletion where the template says nothing.
    default: &'static str,
}

const fn kind(
    name: &'static str,
    guard: Option<(&'static str, &'static str)>,
    default: &'static str,
) -> Kind {
    Kind { name, guard, default }
}

/// Types that hold data. Keys and secrets are not here: the services keep them for days after deletion.
static KINDS: [Kind; 9] = [
    kind("AWS::Cognito::UserPool", Some(("DeletionProtection", "ACTIVE")), "Delete"),
    kind("AWS::DocDB::DBCluster", Some(("DeletionProtection", "true")), "Delete"),
    kind("AWS::DynamoDB::GlobalTable", Some(("DeletionProtectionEnabled", "true")), "Delete"),
    kind("AWS::DynamoDB::Table", Some(("DeletionProtectionEnabled", "true")), "Delete"),
    kind("AWS::EFS::FileSystem", None, "Delete"),
    kind("AWS::Neptune::DBCluster", Some(("DeletionProtection", "true")), "Delete"),
    kind("AWS::RDS::DBCluster", Some(("DeletionProtection", "true")), "Snapshot"),
    kind("AWS::RDS::DBInstance", Some(("DeletionProtection", "true")), "Snapshot"),
    kind("AWS::S3::Bucket", None, "Delete"),
];

/// A resource that holds data.
pub(super) struct Stateful<'d> {
    /// The resource.
    pub(super) resource: Resource<'d>,
    /// What becomes of it on deletion where the template says nothing.
    pub(super) default: &'static str,
    /// Whether the service itself refuses to delete it.
    pub(super) guarded: Answer<bool>,
}

/// The resources of the pair's Regions that hold data.
pub(super) fn all(design: &Design) -> Vec<Stateful<'_>> {
    let emptied = emptied(design);
    let mut found = Vec::new();
    for kind in &KINDS {
        for resource in design.of(kind.name) {
            if design.home(resource).is_some() && holds_data(resource) {
                let guarded = match kind.name {
                    // S3 does not delete a bucket with objects in it, unless something empties it first.
                    "AWS::S3::Bucket" => Answer::Known(
                        !emptied.contains(&(resource.stack.index, resource.id().to_owned())),
                    ),
                    _ => guarded(resource, kind),
                };
                found.push(Stateful { resource, default: kind.default, guarded });
            }
        }
    }
    found
}

/// The buckets that a custom resource of the CDK empties when they are deleted.
fn emptied(design: &Design) -> BTreeSet<(usize, String)> {
    let named = design.of("Custom::S3AutoDeleteObjects").map(|one| one.at("BucketName"));
    let bucket =
        |place: Place<'_>| place.reference().known().map(|one| (one.stack, one.resource.clone()));
    named.filter_map(bucket).collect()
}

/// Members of a cluster and replicas of an instance hold no data of their own. A bucket without versions, and a table
/// whose items expire and that cannot be restored to a point in time, are not meant to last.
fn holds_data(resource: Resource<'_>) -> bool {
    let is_on = |keys: &str| resource.at(keys).bool().known() == Some(true);
    let is_absent = |keys: &str| resource.at(keys).exists() == Answer::Known(false);
    match resource.kind() {
        "AWS::RDS::DBInstance" => {
            is_absent("DBClusterIdentifier") && is_absent("SourceDBInstanceIdentifier")
        }
        "AWS::S3::Bucket" => {
            resource.at("VersioningConfiguration.Status").text().known().as_deref()
                == Some("Enabled")
        }
        "AWS::DynamoDB::Table" => {
            !is_on("TimeToLiveSpecification.Enabled")
                || is_on("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled")
        }
        _ => true,
    }
}

fn guarded(resource: Resource<'_>, kind: &Kind) -> Answer<bool> {
    let Some((property, on)) = kind.guard else { return Answer::Known(false) };
    let is_on = |text: String| text.eq_ignore_ascii_case(on);
    if resource.kind() != "AWS::DynamoDB::GlobalTable" {
        return or_not(resource.at(property).text().map(is_on));
    }
    let replicas = match resource.at("Replicas").items() {
        Answer::Known(replicas) => replicas,
        Answer::Absent => return Answer::Known(false),
        Answer::Unknown(why) => return Answer::Unknown(why),
    };
    let mut all = Answer::Known(true);
    for replica in replicas {
        match or_not(replica.at(property).text().map(is_on)) {
            Answer::Known(true) | Answer::Absent => {}
            other => all = other,
        }
    }
    all
}

fn or_not(answer: Answer<bool>) -> Answer<bool> {
    if answer == Answer::Absent { Answer::Known(false) } else { answer }
}
