//! What became of the buckets.

use super::super::item::OUTPUT;
use super::super::rule::{Family, Fate::*, Rule, Subject, at, changed, kept, rule};

pub(crate) const FAMILY: Family =
    Family { title: "Storage", stack: "{home}Storage", note: "", rules: RULES, settings: SETTINGS };

const NO_AUTO_DELETE: &str = "Removing a stack must not erase records of payments \
                              (`s3-no-auto-delete-of-payment-data`).";

const RULES: &[Rule] = &[
    rule("AWS::S3::Bucket", "PaymentDatadev*", Same(at("{home}Storage", "Bucket"))),
    rule(
        "AWS::S3::BucketPolicy",
        "PaymentDatadevPolicy*",
        Same(at("{home}Storage", "BucketPolicy")),
    )
    .because("It refuses requests without TLS; the original's let its deleting function in."),
    rule("AWS::IAM::Role", "S3ReplicationRoledev*", Same(at("{home}Storage", "ReplicationRole"))),
    rule(
        "AWS::IAM::Policy",
        "S3ReplicationRoledevDefaultPolicy*",
        Part("AWS::IAM::Role", at("{home}Storage", "ReplicationRole"), "Policies/0"),
    )
    .because(
        "Inside the role, with tags and keys, which it lacked (`s3-role-permissions-complete`).",
    ),
    rule("Custom::S3AutoDeleteObjects", "PaymentDatadevAutoDelete*", Dropped)
        .because(NO_AUTO_DELETE),
    rule("AWS::Lambda::Function", "CustomS3AutoDeleteObjects*", Dropped).because(NO_AUTO_DELETE),
    rule("AWS::IAM::Role", "CustomS3AutoDeleteObjects*", Dropped).because(NO_AUTO_DELETE),
    rule(OUTPUT, "BucketArn", Same(at("{home}Storage", "BucketArn"))),
    rule(OUTPUT, "BucketName", Same(at("{home}Storage", "BucketName"))),
];

const BOTH_WAYS: &str = "Objects written after a failover must find their way home \
                         (`s3-bidirectional-for-failback`).";

const SETTINGS: &[Subject] = &[
    Subject {
        stack: "{home}Storage",
        kind: "AWS::S3::Bucket",
        id: "*",
        settings: &[
            kept("VersioningConfiguration/Status"),
            kept("PublicAccessBlockConfiguration/*"),
            kept("LifecycleConfiguration/Rules/0/Transitions/*/TransitionInDays"),
            changed(
                "LifecycleConfiguration/Rules/0/Transitions/*/StorageClass",
                "What is in the deeper classes no longer replicates home \
                 (`s3-archive-tiers-dont-replicate`). In any class objects below 128 KB, such as receipts, stay where \
                 they are.",
            ),
            changed(
                "BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault\
                 /SSEAlgorithm",
                "A key of our own in each Region (`kms-regional-keys-for-services`).",
            ),
            changed("BucketName", "The Region in place of the home role."),
            changed("DeletionPolicy", NO_AUTO_DELETE),
        ],
    },
    Subject {
        stack: "PrimaryStorage",
        kind: "AWS::S3::Bucket",
        id: "*",
        settings: &[
            kept("ReplicationConfiguration/Rules/0/Status"),
            kept("ReplicationConfiguration/Rules/0/Priority"),
            kept("ReplicationConfiguration/Rules/0/Destination/ReplicationTime/Time/Minutes"),
            kept("ReplicationConfiguration/Rules/0/Destination/Metrics/EventThreshold/Minutes"),
            changed(
                "ReplicationConfiguration/Rules/0/DeleteMarkerReplication/Status",
                "S3 refuses a rule with a filter that does not say it \
                 (`s3-v2-needs-delete-marker-element`).",
            ),
            changed(
                "ReplicationConfiguration/Rules/0/SourceSelectionCriteria/ReplicaModifications/Status",
                BOTH_WAYS,
            ),
        ],
    },
    Subject {
        stack: "SecondaryStorage",
        kind: "AWS::S3::Bucket",
        id: "*",
        settings: &[
            changed("ReplicationConfiguration/Rules/0/Status", BOTH_WAYS),
            changed(
                "ReplicationConfiguration/Rules/0/Destination/ReplicationTime/Time/Minutes",
                BOTH_WAYS,
            ),
        ],
    },
];
