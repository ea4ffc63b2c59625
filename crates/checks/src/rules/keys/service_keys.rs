//! Which keys services use for the resources of these templates.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::{Reference, Value};

/// Properties by which resources name the key that their service encrypts with.
const USES: [(&str, &str); 14] = [
    ("AWS::Backup::BackupVault", "EncryptionKeyArn"),
    ("AWS::DynamoDB::GlobalTable", "Replicas"),
    ("AWS::DynamoDB::Table", "SSESpecification"),
    ("AWS::EFS::FileSystem", "KmsKeyId"),
    ("AWS::Kinesis::Stream", "StreamEncryption"),
    ("AWS::Lambda::Function", "KmsKeyArn"),
    ("AWS::Logs::LogGroup", "KmsKeyId"),
    ("AWS::RDS::DBCluster", "KmsKeyId"),
    ("AWS::RDS::DBInstance", "KmsKeyId"),
    ("AWS::S3::Bucket", "BucketEncryption"),
    ("AWS::SNS::Topic", "KmsMasterKeyId"),
    ("AWS::SQS::Queue", "KmsMasterKeyId"),
    ("AWS::SSM::Parameter", "KeyId"),
    ("AWS::SecretsManager::Secret", "KmsKeyId"),
];

/// The resources that name each key.
pub(super) fn of(design: &Design) -> BTreeMap<Reference, Vec<Resource<'_>>> {
    let mut users: BTreeMap<Reference, Vec<Resource<'_>>> = BTreeMap::new();
    for (kind, property) in USES {
        for resource in design.of(kind) {
            for key in keys(design, &resource.at(property)) {
                users.entry(key.reference(None)).or_default().push(resource);
            }
        }
    }
    users
}

/// The keys that a property refers to, directly or by an alias.
pub(super) fn keys<'d>(design: &'d Design, place: &Place<'d>) -> Vec<Resource<'d>> {
    let references = place.value().known().map(Value::references).unwrap_or_default();
    references.into_iter().filter_map(|reference| key(design, reference)).collect()
}

fn key<'d>(design: &'d Design, reference: &Reference) -> Option<Resource<'d>> {
    let named = design.resource(reference)?;
    match named.kind() {
        "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => Some(named),
        "AWS::KMS::Alias" => {
            let key = design.resource(named.at("TargetKeyId").reference().known()?)?;
            (key.kind() != "AWS::KMS::Alias").then_some(key)
        }
        _ => None,
    }
}

/// Whether a key is one of several Regions, where that is known.
pub(super) fn is_multi_region(key: Resource<'_>) -> Option<bool> {
    let property = key.at("MultiRegion");
    match key.kind() {
        "AWS::KMS::ReplicaKey" => Some(true),
        _ if property.exists().known() == Some(false) => Some(false),
        _ => property.bool().known(),
    }
}
