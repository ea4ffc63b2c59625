//! What is removed with its data because its name was said, and what is refused; decided before anything is changed.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value as Json;

use super::There;
use crate::assembly::resources;
use crate::guard::Refusal;
use crate::stateful::{NESTED, is_kept, is_stateful};

/// How long a secret can be restored, in days: the most that Secrets Manager gives.
pub(super) const SECRET_DAYS: u64 = 30;

/// How long a key can be restored whose template does not say it, in days (`PendingWindowInDays`).
const KEY_DAYS: u64 = 30;

pub(super) const BUCKET: &str = "AWS::S3::Bucket";
pub(super) const CLUSTER: &str = "AWS::RDS::DBCluster";
pub(super) const GLOBAL_CLUSTER: &str = "AWS::RDS::GlobalCluster";
pub(super) const SECRET: &str = "AWS::SecretsManager::Secret";
const INSTANCE: &str = "AWS::RDS::DBInstance";
pub(super) const KEYS: [&str; 2] = ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"];

/// Types of which CloudFormation takes a snapshot before it deletes them (template reference, `DeletionPolicy`).
const WITH_SNAPSHOT: [&str; 8] = [
    "AWS::DocDB::DBCluster",
    "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
];

/// A resource that is removed with what is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Removal {
    /// The stack that it is of.
    pub stack: String,
    /// Its Region.
    pub region: String,
    /// Its construct path.
    pub path: String,
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub type_name: String,
    /// What it is called in AWS.
    pub physical_id: String,
    /// How it is removed.
    pub manner: Manner,
}

/// How a resource is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manner {
    /// It is deleted, and nothing is left.
    Deleted,
    /// A snapshot is taken, then it is deleted.
    Snapshotted,
    /// Every version of every object is deleted, then the bucket.
    Emptied,
    /// A key, which can be restored for so many days.
    Scheduled(u64),
    /// A secret, which can be restored for so many days.
    Recoverable(u64),
}

impl fmt::Display for Manner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deleted => f.write_str("deleted for good"),
            Self::Snapshotted => f.write_str("deleted after a final snapshot"),
            Self::Emptied => f.write_str("emptied of all versions, then deleted"),
            Self::Scheduled(days) => write!(f, "unusable at once, deleted in {days} days"),
            Self::Recoverable(days) => write!(f, "deleted, can be restored for {days} days"),
        }
    }
}

/// The resources of a stack whose names were said. What only carries the data of such a resource goes with it.
pub(super) fn removals(
    there: &There,
    names: &BTreeSet<String>,
    takes_snapshots: bool,
) -> Vec<Removal> {
    let stack = &there.seat.stack;
    let is_said = |id: &str| {
        let physical = there.physical_ids.get(id);
        [Some(id), Some(stack.path(id)), physical.map(String::as_str)]
            .into_iter()
            .flatten()
            .any(|name| names.contains(name))
    };
    let is_of_said = |resource: &Json| {
        let cluster = &resource["Properties"]["DBClusterIdentifier"];
        cluster["Ref"].as_str().is_some_and(is_said)
    };
    let said = resources(&there.template).filter(|(id, it)| is_said(id) || is_of_said(it));
    // What has no name in AWS is not there: its creation failed, or it was deleted before.
    let said = said.filter_map(|(id, it)| Some((id, it, there.physical_ids.get(id)?)));
    let removals = said.map(|(id, resource, physical_id)| Removal {
        stack: stack.id.clone(),
        region: there.seat.region().to_owned(),
        path: stack.path(id).to_owned(),
        logical_id: id.to_owned(),
        type_name: resource["Type"].as_str().unwrap_or_default().to_owned(),
        physical_id: physical_id.clone(),
        manner: manner(resource, takes_snapshots),
    });
    removals.collect()
}

/// How a resource is removed.
pub(super) fn manner(resource: &Json, takes_snapshots: bool) -> Manner {
    let properties = &resource["Properties"];
    match resource["Type"].as_str().unwrap_or_default() {
        BUCKET => Manner::Emptied,
        SECRET => Manner::Recoverable(SECRET_DAYS),
        key if KEYS.contains(&key) => {
            Manner::Scheduled(properties["PendingWindowInDays"].as_u64().unwrap_or(KEY_DAYS))
        }
        // An instance of a cluster holds nothing itself.
        INSTANCE if !properties["DBClusterIdentifier"].is_null() => Manner::Deleted,
        type_name if takes_snapshots && WITH_SNAPSHOT.contains(&type_name) => Manner::Snapshotted,
        _ => Manner::Deleted,
    }
}

/// Why a stack is not taken away: what holds data and would go with it though its name was not said, and its protection.
pub(super) fn refusals(
    there: &There,
    removals: &[Removal],
    unprotect: &BTreeSet<String>,
) -> Vec<Refusal> {
    let There { seat, found, template, .. } = there;
    let stack = &seat.stack;
    let is_said = |id: &str| removals.iter().any(|it| it.logical_id == id);
    let lost = resources(template).filter(|(id, resource)| {
        let type_name = resource["Type"].as_str().unwrap_or_default();
        let holds_data = is_stateful(type_name) || type_name == NESTED;
        holds_data && !is_kept(resource["DeletionPolicy"].as_str()) && !is_said(id)
    });
    let mut refusals: Vec<Refusal> = lost
        .map(|(id, resource)| {
            let type_name = resource["Type"].as_str().unwrap_or_default();
            let what = if type_name == NESTED { ", whatever that is" } else { "" };
            Refusal {
                stack: stack.id.clone(),
                path: stack.path(id).to_owned(),
                why: format!("({type_name}) would be deleted with what is in it{what}"),
                advice: format!("if that is meant: `--delete-data {id}`"),
            }
        })
        .collect();
    let is_unprotected = unprotect.contains(&stack.id) || unprotect.contains(&stack.name);
    if found.is_protected && !is_unprotected {
        let (name, region) = (&stack.name, seat.region());
        refusals.push(Refusal {
            stack: stack.id.clone(),
            path: String::new(),
            why: format!("the stack `{name}` in {region} is protected from being deleted"),
            advice: format!("if it is meant: `--unprotect {}`", stack.id),
        });
    }
    refusals
}

/// Names that were said and that no resource of the chosen stacks has, there or by the assembly.
pub(super) fn unknown(names: &BTreeSet<String>, known: &BTreeSet<String>) -> Vec<Refusal> {
    let refusal = |name: &String| Refusal {
        stack: String::new(),
        path: name.clone(),
        why: "is the name of no resource of these stacks".to_owned(),
        advice: "`tideover destroy --dry-run` shows what stays of them".to_owned(),
    };
    names.difference(known).map(refusal).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_snapshot_is_taken_of_holds_data() {
        assert!(WITH_SNAPSHOT.into_iter().all(is_stateful));
    }

    #[test]
    fn everything_goes_as_gently_as_it_can() {
        let table = [
            (CLUSTER, json!({"DBClusterIdentifier": "it"}), Manner::Snapshotted, Manner::Deleted),
            (
                "AWS::DocDB::DBCluster",
                json!({"DBClusterIdentifier": "it"}),
                Manner::Snapshotted,
                Manner::Deleted,
            ),
            (INSTANCE, json!({}), Manner::Snapshotted, Manner::Deleted),
            (
                INSTANCE,
                json!({"DBClusterIdentifier": {"Ref": "Cluster"}}),
                Manner::Deleted,
                Manner::Deleted,
            ),
            (BUCKET, json!({}), Manner::Emptied, Manner::Emptied),
            (KEYS[0], json!({}), Manner::Scheduled(30), Manner::Scheduled(30)),
            (
                KEYS[0],
                json!({"PendingWindowInDays": 7}),
                Manner::Scheduled(7),
                Manner::Scheduled(7),
            ),
            (SECRET, json!({}), Manner::Recoverable(30), Manner::Recoverable(30)),
            ("AWS::DynamoDB::GlobalTable", json!({}), Manner::Deleted, Manner::Deleted),
        ];
        for (type_name, properties, with_snapshots, without) in table {
            let resource = json!({"Type": type_name, "Properties": properties});
            let manners = [true, false].map(|takes| manner(&resource, takes));
            assert_eq!(manners, [with_snapshots, without], "{resource}");
        }
    }
}
