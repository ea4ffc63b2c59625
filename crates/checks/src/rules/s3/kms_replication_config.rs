//! Replication of objects that are encrypted with keys of KMS.

use super::replications::{self, Replication};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::kms;
use crate::place::{Place, Resource};
use crate::roles::Roles;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// A bucket with SSE-KMS replicates its encrypted objects with a key of the destination's Region, by a role that
    /// may use both keys.
    ///
    /// ## What is checked
    ///
    /// Every rule that is turned on, of a bucket whose default encryption is `aws:kms` or `aws:kms:dsse`:
    /// `SourceSelectionCriteria.SseKmsEncryptedObjects.Status` is `Enabled`;
    /// `Destination.EncryptionConfiguration.ReplicaKmsKeyID` is there, and of the destination's Region where both are
    /// known; the role may `kms:Decrypt` and `kms:Encrypt` some key, by its own policies or by the policy of a key in
    /// the templates. Multi-Region keys count as keys of one Region, as S3 treats them.
    ///
    /// ## Why it hurts
    ///
    /// Without `SseKmsEncryptedObjects` S3 skips every encrypted object and says nothing; with a key of the wrong
    /// Region or a role without rights every copy fails.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// SourceSelectionCriteria:
    ///   SseKmsEncryptedObjects: {Status: Enabled}
    /// Destination:
    ///   EncryptionConfiguration:
    ///     ReplicaKmsKeyID: arn:aws:kms:us-east-2:111122223333:alias/payments
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Replicating encrypted objects (SSE-S3, SSE-KMS, DSSE-KMS, SSE-C)".
    "s3-kms-replication-config": Blocker, DataLost, Documented, Template;
    why: "encrypted objects are skipped in silence, or fail, so that the other Region does not have them";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let roles = Roles::of(design);
    for replication in replications::all(design) {
        if encrypts(replication.source) {
            judge.subject();
            selection(judge, &replication.rule);
            replica_key(design, judge, &replication);
            role(design, judge, &roles, &replication);
        }
    }
}

/// The place of a bucket's default key, if its default is a key of KMS.
fn encrypts(bucket: Resource<'_>) -> bool {
    default_encryption(bucket).is_some_and(|default| {
        let algorithm = default.at("SSEAlgorithm").text().known().unwrap_or_default();
        algorithm.starts_with("aws:kms")
    })
}

fn default_encryption(bucket: Resource<'_>) -> Option<Place<'_>> {
    let rules = bucket.at("BucketEncryption.ServerSideEncryptionConfiguration").items().known()?;
    Some(rules.first()?.at("ServerSideEncryptionByDefault"))
}

fn selection(judge: &mut Judge<'_>, rule: &Place<'_>) {
    let status = rule.at("SourceSelectionCriteria.SseKmsEncryptedObjects.Status");
    if let Some(found) = judge.text(&status)
        && found.as_deref() != Some("Enabled")
    {
        let found = found.map_or("absent".to_owned(), |status| format!("`{status}`"));
        judge.finding(
            &status,
            format!(
                "the bucket is encrypted with SSE-KMS, and `SourceSelectionCriteria.SseKmsEncryptedObjects.Status` is \
                 {found}"
            ),
            "set `SourceSelectionCriteria.SseKmsEncryptedObjects.Status` to `Enabled`",
        );
    }
}

fn replica_key(design: &Design, judge: &mut Judge<'_>, replication: &Replication<'_>) {
    let key = replication.rule.at("Destination.EncryptionConfiguration.ReplicaKmsKeyID");
    match judge.known(&key, key.value()) {
        Some(None) => judge.finding(
            &key,
            "the bucket is encrypted with SSE-KMS, and the rule names no `ReplicaKmsKeyID`",
            "set `Destination.EncryptionConfiguration.ReplicaKmsKeyID` to the ARN of a key of the destination's Region",
        ),
        Some(Some(value)) => region(design, judge, replication, &key, value),
        None => {}
    }
}

fn region(
    design: &Design,
    judge: &mut Judge<'_>,
    replication: &Replication<'_>,
    key: &Place<'_>,
    value: &Value,
) {
    let Some(destination) = replication.destination else { return };
    let (Some(found), wanted) = (kms::region(design, value), destination.region()) else { return };
    if found != wanted {
        judge.finding_with(
            key,
            &[destination.whole()],
            format!("`ReplicaKmsKeyID` is a key of {found}, and the destination is in {wanted}"),
            format!("set `ReplicaKmsKeyID` to the ARN of a key in {wanted}"),
        );
    }
}

fn role<'d>(
    design: &'d Design,
    judge: &mut Judge<'_>,
    roles: &Roles<'d>,
    replication: &Replication<'d>,
) {
    let Some(role) = roles.role(&replication.role) else {
        let why = Unknown("the role is not in these templates".into());
        return judge.cannot_judge(&replication.role, why);
    };
    let permissions = roles.permissions(role);
    for (action, which) in [("kms:Decrypt", "source"), ("kms:Encrypt", "destination")] {
        match permissions.allow_somewhere(action) {
            Answer::Known(false) if keys_that_name(design, role) => {}
            Answer::Known(false) => judge.finding_with(
                &role.whole(),
                std::slice::from_ref(&replication.rule),
                format!("the role replicates encrypted objects and may not `{action}` any key"),
                format!("allow the role `{action}` on the key of the {which} bucket"),
            ),
            Answer::Unknown(why) => judge.cannot_judge(&role.whole(), why),
            Answer::Known(true) | Answer::Absent => {}
        }
    }
}

/// Whether the policy of a key in these templates names the role, which may then need no policy of its own.
fn keys_that_name(design: &Design, role: Resource<'_>) -> bool {
    let name = design.name(role).known();
    design.of("AWS::KMS::Key").any(|key| {
        let properties = &key.declared.properties;
        let refers = |reference: &&crate::value::Reference| {
            design.resource(reference).is_some_and(|found| found.is(role))
        };
        let said = |name: &String| {
            let end = format!(":role/{name}");
            properties.texts().iter().any(|(_, text)| text.ends_with(&end))
        };
        properties.references().iter().any(refers) || name.as_ref().is_some_and(said)
    })
}
