//! What the role of a replication rule may do.

use std::collections::BTreeSet;

use super::replications::{self, Replication, arn};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::roles::Roles;
use crate::rule::rule;

rule! {
    /// The role that replicates may do everything that replication needs, on the source and on the destination.
    ///
    /// ## What is checked
    ///
    /// The policies of the rule's role in the templates, resource by resource. On the source bucket:
    /// `s3:GetReplicationConfiguration`, `s3:ListBucket`. On its objects: `s3:GetObjectVersionForReplication`,
    /// `s3:GetObjectVersionAcl`, `s3:GetObjectVersionTagging`; with Object Lock also `s3:GetObjectRetention` and
    /// `s3:GetObjectLegalHold`. On the destination's objects: `s3:ReplicateObject`, `s3:ReplicateDelete`,
    /// `s3:ReplicateTags`; where the owner changes, `s3:ObjectOwnerOverrideToBucketOwner`. A role with policies that
    /// are not in the templates is not judged. Denials and conditions are not weighed.
    ///
    /// ## Why it hurts
    ///
    /// Without the rights on tags objects arrive without their tags, and whatever goes by tags breaks in the other
    /// Region; without the others nothing arrives at all. Neither stops a deployment.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// - Effect: Allow
    ///   Action: [s3:GetObjectVersionForReplication, s3:GetObjectVersionAcl, s3:GetObjectVersionTagging]
    ///   Resource: !Sub "${Bucket.Arn}/*"
    /// - Effect: Allow
    ///   Action: [s3:ReplicateObject, s3:ReplicateDelete, s3:ReplicateTags]
    ///   Resource: arn:aws:s3:::payments-us-east-2/*
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Setting up permissions for live replication".
    "s3-role-permissions-complete": Blocker, DataLost, Documented, Template;
    why: "objects do not reach the other Region, or reach it without their tags, and no deployment says so";
    check
}

/// Actions on the source bucket itself.
const ON_BUCKET: [&str; 2] = ["s3:GetReplicationConfiguration", "s3:ListBucket"];
/// Actions on the objects of the source.
const ON_SOURCE: [&str; 3] =
    ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"];
/// Actions on the objects of a source with Object Lock.
const ON_LOCKED: [&str; 2] = ["s3:GetObjectLegalHold", "s3:GetObjectRetention"];
/// Actions on the objects of the destination.
const ON_DESTINATION: [&str; 3] = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"];
/// Action on the objects of a destination that takes them over.
const ON_OTHER_OWNER: &str = "s3:ObjectOwnerOverrideToBucketOwner";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let roles = Roles::of(design);
    let mut said = BTreeSet::new();
    for replication in replications::all(design) {
        judge.subject();
        let Some(role) = roles.role(&replication.role) else {
            let why = crate::Unknown("the role is not in these templates".into());
            judge.cannot_judge(&replication.role, why);
            continue;
        };
        let permissions = roles.permissions(role);
        let mut missing = Vec::new();
        for (action, resource) in needed(design, &replication) {
            match permissions.allow(design, action, &resource) {
                Answer::Known(false) => missing.push((action, resource)),
                Answer::Unknown(why) => judge.cannot_judge(&role.whole(), why),
                Answer::Known(true) | Answer::Absent => {}
            }
        }
        if !missing.is_empty() && said.insert((role.stack.index, role.id(), missing.clone())) {
            judge.finding_with(
                &role.whole(),
                std::slice::from_ref(&replication.rule),
                format!(
                    "the role replicates `{}` and may not {}",
                    replication.source.id(),
                    list(&missing)
                ),
                format!("allow the role {}", list(&missing)),
            );
        }
    }
}

/// What must be allowed, with the resource that it must be allowed on.
fn needed(design: &Design, replication: &Replication<'_>) -> Vec<(&'static str, String)> {
    let source = arn(design, replication.source);
    // Policies may name a prefix; any object that the rule copies must be covered.
    let prefix = replication.prefix().unwrap_or_default();
    let locked = replication.source.at("ObjectLockEnabled").bool() == Answer::Known(true);
    let objects = format!("{source}/{prefix}*");
    let mut needed: Vec<_> = ON_BUCKET.map(|action| (action, source.clone())).into();
    needed.extend(ON_SOURCE.map(|action| (action, objects.clone())));
    needed.extend(ON_LOCKED.map(|action| (action, objects.clone())).into_iter().filter(|_| locked));
    let bucket = replication.rule.at("Destination.Bucket").value().known();
    if let Some(destination) = bucket.and_then(|bucket| design.symbol(bucket)) {
        let objects = format!("{destination}/{prefix}*");
        let owner = replication.rule.at("Destination.AccessControlTranslation").exists();
        needed.extend(ON_DESTINATION.map(|action| (action, objects.clone())));
        needed.extend((owner == Answer::Known(true)).then_some((ON_OTHER_OWNER, objects)));
    }
    needed
}

/// Actions by resource, for people.
fn list(missing: &[(&str, String)]) -> String {
    let mut said: Vec<String> = Vec::new();
    for group in missing.chunk_by(|left, right| left.1 == right.1) {
        let actions: Vec<_> = group.iter().map(|(action, _)| format!("`{action}`")).collect();
        said.push(format!("{} on `{}`", actions.join(", "), readable(&group[0].1)));
    }
    said.join("; ")
}

/// A resource without the mark that tells equal logical ids of different stacks apart.
fn readable(resource: &str) -> String {
    match (resource.split_once('<'), resource.split_once('>')) {
        (Some((before, _)), Some((name, after))) => {
            let name = name.split_once(' ').map_or(name, |(_, name)| name);
            format!("{before}{name}{after}")
        }
        _ => resource.to_owned(),
    }
}
