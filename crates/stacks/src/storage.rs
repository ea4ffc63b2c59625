//! Payment data in a Region: a versioned, encrypted bucket that replicates to the other Region's and back.
//!
//! Nothing in it is locked by itself; whoever stores evidence can lock it, so that nobody deletes it before its time
//! (rules `ops-report-in-two-places`, `s3-object-lock-both`).
//!
//! Each bucket's rule needs the other bucket to exist, which no order of two stacks can give. So the rule of
//! the bucket that is created first waits behind a parameter: its stack is updated once with
//! `ReplicationPeer=present` after the other bucket is there (rule `s3-two-phase-create`).

use cfn::iam::Role;
use cfn::iam::role::Policy as InlinePolicy;
use cfn::kms::Key;
use cfn::s3::bucket::{
    AbortIncompleteMultipartUpload, BucketEncryption, LifecycleConfiguration,
    NotificationConfiguration, OwnershipControls, OwnershipControlsRule,
    OwnershipControlsRuleObjectOwnership, PublicAccessBlockConfiguration, Rule, RuleStatus,
    ServerSideEncryptionByDefault, ServerSideEncryptionByDefaultSseAlgorithm,
    ServerSideEncryptionRule, TopicConfiguration, Transition, TransitionStorageClass,
    VersioningConfiguration, VersioningConfigurationStatus,
};
use cfn::s3::{Bucket, BucketPolicy};
use cfn::{Attributes, Condition, Handle, Json, Parameter, Stack, concat, only_if, set, sub};
use topology::Home;

use crate::foundation::Foundation;
use crate::policy::{self, Allow, allow};
use crate::replication::replication;
use crate::site::{KeyUse, Site};

const PEER: &str = "ReplicationPeer";
const PEER_EXISTS: &str = "ReplicationPeerExists";

pub(crate) fn storage(site: Site<'_>, foundation: &Foundation) -> Stack {
    let mut stack = site.protected_stack("Storage", "Payment data of the Region");
    declare_peer(&mut stack, site);
    let role = Role {
        description: set("Copies payment data to the other Region"),
        policies: set([InlinePolicy::new(
            policy::document(replicate(site, foundation)),
            "replicate",
        )]),
        ..Role::new(policy::trust_for_own_account("s3.amazonaws.com"))
    };
    let role = stack.add("ReplicationRole", role);
    let bucket = Bucket {
        replication_configuration: Some(only_if(PEER_EXISTS, replication(site, role.arn()))),
        ..bucket(site, foundation)
    };
    let bucket = stack.add_with("Bucket", bucket, Attributes::retained());
    let document = policy::with_statements(vec![refuse_plain_text(&bucket)]);
    stack.add("BucketPolicy", BucketPolicy::new(bucket.reference(), document));
    stack.output("BucketName", "Bucket of payment data", bucket.reference());
    stack.output("BucketArn", "Bucket of payment data", bucket.arn());
    stack
}

/// The home standby's stack comes first, so its peer is missing at first; the home primary's comes second.
fn declare_peer(stack: &mut Stack, site: Site<'_>) {
    let other = site.other();
    let default = match site.home {
        Home::Primary => {
            stack.depends_on.insert(other.stack_id("Storage").into());
            "present"
        }
        Home::Standby => {
            let id = &stack.id;
            stack.notes.push(format!(
                "objects replicate back from {} after a second pass, which `tideover deploy` makes by itself; with the CDK, once, \
                 after the first deployment of all stacks: `cdk deploy --app cdk.out {id} --exclusively --parameters {id}:{PEER}=present`",
                site.region()
            ));
            "missing"
        }
    };
    let parameter = Parameter {
        description: format!(
            "Whether the bucket in {} exists, so that this one can replicate to it",
            other.region()
        ),
        default: default.to_owned(),
        allowed: vec!["missing".to_owned(), "present".to_owned()],
    };
    stack.parameters.insert(PEER.to_owned(), parameter);
    let condition = Condition { parameter: PEER.to_owned(), equals: "present".to_owned() };
    stack.conditions.insert(PEER_EXISTS.to_owned(), condition);
}

fn bucket(site: Site<'_>, foundation: &Foundation) -> Bucket {
    Bucket {
        versioning_configuration: set(VersioningConfiguration::new(
            VersioningConfigurationStatus::Enabled,
        )),
        lifecycle_configuration: set(lifecycle(site)),
        object_lock_enabled: set(true),
        notification_configuration: set(notifications(foundation)),
        ..guarded(site.bucket_name(), &foundation.data_key)
    }
}

/// A bucket of this name with the Region's key, which the public never sees.
pub(crate) fn guarded(name: String, key: &Handle<Key>) -> Bucket {
    Bucket {
        bucket_name: set(sub(name)),
        bucket_encryption: set(encryption(key)),
        ownership_controls: set(OwnershipControls::new([OwnershipControlsRule {
            object_ownership: set(OwnershipControlsRuleObjectOwnership::BucketOwnerEnforced),
        }])),
        public_access_block_configuration: set(PublicAccessBlockConfiguration {
            block_public_acls: set(true),
            block_public_policy: set(true),
            ignore_public_acls: set(true),
            restrict_public_buckets: set(true),
        }),
        ..Bucket::default()
    }
}

fn encryption(key: &Handle<Key>) -> BucketEncryption {
    let algorithm = ServerSideEncryptionByDefaultSseAlgorithm::AwsKms;
    let default = ServerSideEncryptionByDefault {
        kms_master_key_id: set(key.arn()),
        ..ServerSideEncryptionByDefault::new(algorithm)
    };
    BucketEncryption::new([ServerSideEncryptionRule {
        bucket_key_enabled: set(true),
        server_side_encryption_by_default: set(default),
        ..ServerSideEncryptionRule::default()
    }])
}

/// Old objects go to the archive tier from which they still replicate home without being restored first
/// (rule `s3-archive-tiers-dont-replicate`). S3 moves none below 128 KB, because moving one would cost more than keeping
/// it (Amazon S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle"): receipts stay, and are not asked for
/// otherwise.
fn lifecycle(site: Site<'_>) -> LifecycleConfiguration {
    let archive = Transition {
        transition_in_days: set(i64::from(site.topology.storage.archive_after_days)),
        ..Transition::new(TransitionStorageClass::GlacierIr)
    };
    let archive =
        Rule { id: set("archive"), transitions: set([archive]), ..Rule::new(RuleStatus::Enabled) };
    let tidy = Rule {
        id: set("drop-unfinished-uploads"),
        abort_incomplete_multipart_upload: set(AbortIncompleteMultipartUpload::new(7)),
        ..Rule::new(RuleStatus::Enabled)
    };
    LifecycleConfiguration::new([archive, tidy])
}

/// Metrics do not name the objects that failed to replicate; these events do (rule `s3-failed-events`).
fn notifications(foundation: &Foundation) -> NotificationConfiguration {
    let events = [
        "s3:Replication:OperationFailedReplication",
        "s3:Replication:OperationMissedThreshold",
        "s3:Replication:OperationReplicatedAfterThreshold",
    ];
    let topic = &foundation.alarm_topic;
    NotificationConfiguration {
        topic_configurations: set(
            events.map(|event| TopicConfiguration::new(event, topic.topic_arn()))
        ),
        ..NotificationConfiguration::default()
    }
}

/// All that S3 needs to read here, write there and keep tags (rules `s3-role-permissions-complete`,
/// `s3-kms-replication-config`).
fn replicate(site: Site<'_>, foundation: &Foundation) -> Vec<Allow> {
    let other = site.other();
    let own = |suffix: &str| sub(format!("{}{suffix}", site.bucket_arn())).into();
    let there = sub(format!("{}/*", other.bucket_arn())).into();
    let other_keys = other.arn("kms", "key/*").into();
    let read = [
        "s3:GetObjectLegalHold",
        "s3:GetObjectRetention",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionTagging",
    ];
    vec![
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], [own("")]),
        allow(read, [own("/*")]),
        allow(["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"], [there]),
        allow(["kms:Decrypt"], [foundation.data_key.arn().into()]).when(
            "StringEquals",
            "kms:ViaService",
            via_s3(site),
        ),
        allow(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], [other_keys])
            .when("StringEquals", "kms:ViaService", via_s3(other))
            .when("ForAnyValue:StringEquals", "kms:ResourceAliases", other.key_alias(KeyUse::Data)),
    ]
}

fn via_s3(site: Site<'_>) -> String {
    format!("s3.{}.amazonaws.com", site.region())
}

pub(crate) fn refuse_plain_text(bucket: &Handle<Bucket>) -> Json {
    let objects = concat([bucket.arn().into(), "/*".into()]);
    Json::object([
        ("Effect", "Deny".into()),
        ("Principal", "*".into()),
        ("Action", "s3:*".into()),
        ("Resource", [bucket.arn().into(), objects.into()].into()),
        (
            "Condition",
            Json::object([("Bool", Json::object([("aws:SecureTransport", "false".into())]))]),
        ),
    ])
}
