//! Which keys services use for the resources of these templates.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::kms::{self, Aliases};
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

/// Keys of a design, and what services use them for.
pub(super) struct ServiceKeys<'d> {
    design: &'d Design,
    aliases: Aliases<'d>,
}

impl<'d> ServiceKeys<'d> {
    /// The keys that these templates declare.
    pub(super) fn of(design: &'d Design) -> Self {
        Self { design, aliases: kms::aliases(design) }
    }

    /// The resources that name each key.
    pub(super) fn users(&self) -> BTreeMap<Reference, Vec<Resource<'d>>> {
        let mut users: BTreeMap<Reference, Vec<Resource<'d>>> = BTreeMap::new();
        for (kind, property) in USES {
            for resource in self.design.of(kind) {
                for key in self.named(&resource.at(property)) {
                    users.entry(key.reference(None)).or_default().push(resource);
                }
            }
        }
        users
    }

    /// The keys that stand anywhere in a property, directly or by an alias.
    pub(super) fn named(&self, place: &Place<'d>) -> Vec<Resource<'d>> {
        let Some(value) = place.value().known() else { return Vec::new() };
        let references = value.references().into_iter().cloned().map(Value::Reference);
        let texts = value.texts().into_iter().map(|(_, text)| Value::Text(text));
        let values = references.chain(texts);
        values.filter_map(|value| kms::key(self.design, &self.aliases, &value)).collect()
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
