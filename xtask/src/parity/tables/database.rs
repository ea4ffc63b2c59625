//! What became of the databases: the ledger's and the session table.

use super::super::item::OUTPUT;
use super::super::rule::{Family, Fate::*, Rule, Subject, at, changed, kept, rule};
use super::{EXPORT_FUNCTION, EXPORT_READER, EXPORT_ROLE, EXPORT_WRITER};

pub(crate) const FAMILY: Family = Family {
    title: "Database",
    stack: "{home}Database",
    note: "",
    rules: RULES,
    settings: SETTINGS,
};

const RULES: &[Rule] = &[
    rule(
        "AWS::RDS::GlobalCluster",
        "PaymentGlobalDBdev",
        Same(at("PrimaryGlobalDatabase", "GlobalCluster")),
    )
    .because(
        "A stack of its own, which makes the primary's cluster the first member (`aurora-primary-form`).",
    ),
    rule("AWS::RDS::DBCluster", "PaymentDBdev*", Same(at("{home}Database", "Cluster"))),
    rule("AWS::RDS::DBInstance", "PaymentDBdevwriter*", Same(at("{home}Database", "Instance1")))
        .because(
            "Beside it stands `Instance2`, so that losing an instance needs no other Region \
             (`aurora-two-instances-each-region`).",
        ),
    rule(
        "AWS::RDS::DBSubnetGroup",
        "PaymentDBdevSubnets*",
        Same(at("{home}Database", "SubnetGroup")),
    ),
    rule(
        "AWS::EC2::SecurityGroup",
        "PaymentDBdevSecurityGroup*",
        Same(at("{home}VPC", "DatabaseSecurityGroup")),
    )
    .because("It lets the functions in, where the original let nobody in."),
    rule(
        "AWS::SecretsManager::Secret",
        "PrimaryDatabasedevPaymentDBdevSecret*",
        Same(at("PrimaryDatabase", "Secret")),
    ),
    rule(
        "AWS::SecretsManager::Secret",
        "PaymentDBdevSecret*",
        Part("AWS::SecretsManager::Secret", at("PrimaryDatabase", "Secret"), "ReplicaRegions/0"),
    )
    .because(
        "A secret of its own never matched the replicated user; now it is the replica of the one \
         secret (`secret-one-replicated`).",
    ),
    rule("AWS::SecretsManager::SecretTargetAttachment", "PaymentDBdevSecretAttachment*", Dropped)
        .because(
            "It writes one Region's host into the secret, which would be wrong in the other's replica; \
             functions get the host from their own Region.",
        ),
    rule(
        "AWS::DynamoDB::GlobalTable",
        "SessionTabledev*",
        Same(at("SecondarySessions", "SessionTable")),
    )
    .because(
        "Owned by the Region one still has when the table must be changed during a long outage \
         (`ddb-owner-stack-in-standby`).",
    ),
    EXPORT_WRITER,
    EXPORT_READER,
    EXPORT_FUNCTION,
    EXPORT_ROLE,
    rule(
        OUTPUT,
        "GlobalClusterIdentifier",
        Same(at("PrimaryGlobalDatabase", "GlobalClusterIdentifier")),
    ),
    rule(OUTPUT, "DynamoDBTableName", Same(at("SecondarySessions", "SessionTableName"))),
    rule(OUTPUT, "DBClusterEndpoint", Same(at("{home}Database", "ClusterEndpoint"))),
];

const LEDGER_IS_KEPT: &str =
    "Neither deletion nor replacement may take the ledger along (`aurora-deletion-protection`).";

const SETTINGS: &[Subject] = &[
    Subject {
        stack: "{home}Database",
        kind: "AWS::RDS::GlobalCluster",
        id: "*",
        settings: &[
            kept("GlobalClusterIdentifier"),
            changed("EngineVersion", "Taken over from the source cluster."),
            changed("StorageEncrypted", "Taken over from the source cluster."),
            changed("DeletionProtection", LEDGER_IS_KEPT),
        ],
    },
    Subject {
        stack: "{home}Database",
        kind: "AWS::RDS::DBCluster",
        id: "*",
        settings: &[
            kept("Engine"),
            kept("Port"),
            kept("StorageEncrypted"),
            kept("CopyTagsToSnapshot"),
            changed(
                "KmsKeyId",
                "Each member needs a key of its own Region (`aurora-kms-key-per-region`).",
            ),
            changed(
                "DBClusterParameterGroupName",
                "A group of our own, the same in both Regions, which asks for TLS \
                 (`aurora-config-parity`).",
            ),
            changed("DeletionPolicy", LEDGER_IS_KEPT),
            changed("DeletionProtection", LEDGER_IS_KEPT),
        ],
    },
    Subject {
        stack: "PrimaryDatabase",
        kind: "AWS::RDS::DBCluster",
        id: "*",
        settings: &[
            kept("MasterUsername"),
            kept("BackupRetentionPeriod"),
            kept("PreferredBackupWindow"),
            changed(
                "EngineVersion",
                "14 leaves standard support in 2027, 17.7 has long-term support \
                 (`aurora-version-eol-horizon`).",
            ),
            changed(
                "GlobalClusterIdentifier",
                "The global database names its first member instead (`aurora-primary-form`).",
            ),
        ],
    },
    Subject {
        stack: "SecondaryDatabase",
        kind: "AWS::RDS::DBCluster",
        id: "*",
        settings: &[
            changed(
                "MasterUsername",
                "User and password come from the first member, and RDS refuses others \
                 (`aurora-secondary-no-credentials`).",
            ),
            changed(
                "BackupRetentionPeriod",
                "After promotion it is this cluster's own period that counts \
                 (`backup-retention-both-members`).",
            ),
            changed("PreferredBackupWindow", "As in the primary (`aurora-config-parity`)."),
            changed(
                "EngineVersion",
                "A supported one, the same as the first member has (`aurora-engine-version-on-global-only`).",
            ),
            changed("GlobalClusterIdentifier", "By name, which needs no reference across Regions."),
        ],
    },
    Subject {
        stack: "{home}Database",
        kind: "AWS::RDS::DBInstance",
        id: "*",
        settings: &[
            kept("PromotionTier"),
            kept("PubliclyAccessible"),
            changed(
                "DBInstanceClass",
                "A global database takes memory-optimized classes only \
                 (`aurora-global-memory-class`).",
            ),
        ],
    },
    Subject {
        stack: "PrimaryDatabase",
        kind: "AWS::SecretsManager::Secret",
        id: "*",
        settings: &[
            kept("GenerateSecretString/SecretStringTemplate/username"),
            kept("GenerateSecretString/GenerateStringKey"),
            changed(
                "GenerateSecretString/PasswordLength",
                "Letters and digits only, so more of them.",
            ),
            changed("Name", "One secret for both Regions, so no home role in its name."),
            changed(
                "ReplicaRegions/*/Region",
                "The standby logs in with the same password (`secret-one-replicated`).",
            ),
        ],
    },
    Subject {
        stack: "{home}Database",
        kind: "AWS::DynamoDB::GlobalTable",
        id: "*",
        settings: &[
            kept("TableName"),
            kept("KeySchema/*/AttributeName"),
            kept("BillingMode"),
            kept("StreamSpecification/StreamViewType"),
            kept("Replicas/*/Region"),
            kept("Replicas/*/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled"),
            changed("Replicas/*/DeletionProtectionEnabled", "No slip may delete a replica."),
            changed(
                "SSESpecification/SSEType",
                "A key of our own in each Region (`ddb-cmk-same-kind-each-region`).",
            ),
            changed("DeletionPolicy", "No slip may delete the table."),
        ],
    },
];
