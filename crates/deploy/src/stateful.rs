//! Which types of resource hold what cannot be had again, and which belong to a role of a Region.

/// Types whose replacement or deletion loses data, keys, or names that others know, in order.
///
/// Log groups are among them because audits ask for what is in them. Certificates are not, because another is issued; nor
/// are queues, which hold what is on its way, and whose templates retain what must not be lost, such as dead letters.
const STATEFUL: [&str; 54] = [
    "AWS::ACMPCA::CertificateAuthority",
    "AWS::AmazonMQ::Broker",
    "AWS::Backup::BackupVault",
    "AWS::Backup::LogicallyAirGappedBackupVault",
    "AWS::Cassandra::Keyspace",
    "AWS::Cassandra::Table",
    "AWS::CloudTrail::EventDataStore",
    "AWS::CloudTrail::Trail",
    "AWS::CodeArtifact::Repository",
    "AWS::CodeCommit::Repository",
    "AWS::Cognito::UserPool",
    "AWS::DSQL::Cluster",
    "AWS::DocDB::DBCluster",
    "AWS::DocDB::DBInstance",
    "AWS::DocDBElastic::Cluster",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Volume",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::Elasticsearch::Domain",
    "AWS::FSx::FileSystem",
    "AWS::FSx::Volume",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::Kinesis::Stream",
    "AWS::Lightsail::Database",
    "AWS::Logs::LogGroup",
    "AWS::MSK::Cluster",
    "AWS::MSK::ServerlessCluster",
    "AWS::MemoryDB::Cluster",
    "AWS::Neptune::DBCluster",
    "AWS::Neptune::DBInstance",
    "AWS::NeptuneGraph::Graph",
    "AWS::OpenSearchServerless::Collection",
    "AWS::OpenSearchService::Domain",
    "AWS::QLDB::Ledger",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::GlobalCluster",
    "AWS::Redshift::Cluster",
    "AWS::RedshiftServerless::Namespace",
    "AWS::Route53::HostedZone",
    "AWS::S3::Bucket",
    "AWS::S3Express::DirectoryBucket",
    "AWS::S3Tables::TableBucket",
    "AWS::SDB::Domain",
    "AWS::SecretsManager::Secret",
    "AWS::Timestream::Database",
    "AWS::Timestream::InfluxDBInstance",
    "AWS::Timestream::Table",
];

/// A stack in a stack: it may hold anything.
pub(crate) const NESTED: &str = "AWS::CloudFormation::Stack";

/// What wakes a function; `activate` turns it on where payments are taken.
pub(crate) const EVENT_SOURCE: &str = "AWS::Lambda::EventSourceMapping";

/// Types that say, or follow from, which Region is active: a change of them may take a failover back.
const OF_ROLES: [&str; 7] = [
    "AWS::DynamoDB::GlobalTable",
    EVENT_SOURCE,
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::GlobalCluster",
    "AWS::Route53::HealthCheck",
    "AWS::Route53::RecordSet",
];

/// When a difference from the templates is on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Always: it follows from what the services are.
    Always,
    /// While some Region is active.
    WhileActive,
    /// While the active Region is not the home primary.
    WhileAway,
}

/// What runs change outside the templates, or services do by themselves: type, property, and when that is meant (rules
/// `aurora-expected-drift-list` and `cfn-drift-aware-limits`; `tideover status` shows the same of what there is). The
/// templates have event sources off, and `activate` turns them on where payments are taken.
const ON_PURPOSE: [(&str, &str, Purpose); 7] = [
    ("AWS::ApiGateway::Stage", "MethodSettings", Purpose::WhileAway),
    ("AWS::CloudWatch::Alarm", "ActionsEnabled", Purpose::WhileAway),
    ("AWS::CloudWatch::CompositeAlarm", "ActionsEnabled", Purpose::WhileAway),
    (EVENT_SOURCE, "Enabled", Purpose::WhileActive),
    ("AWS::Lambda::Function", "ReservedConcurrentExecutions", Purpose::WhileAway),
    ("AWS::RDS::DBCluster", "GlobalClusterIdentifier", Purpose::Always),
    ("AWS::RDS::GlobalCluster", "SourceDBClusterIdentifier", Purpose::Always),
];

/// When a difference of this property from the template is on purpose; none when it is not.
pub(crate) fn purpose(type_name: &str, property: &str) -> Option<Purpose> {
    let is_it = |it: &&(&str, &str, Purpose)| it.0 == type_name && it.1 == property;
    ON_PURPOSE.iter().find(is_it).map(|(_, _, purpose)| *purpose)
}

/// Whether replacing or deleting a resource of this type loses what cannot be had again.
#[must_use]
pub fn is_stateful(type_name: &str) -> bool {
    STATEFUL.contains(&type_name)
}

/// Whether a resource of this type belongs to a role.
pub(crate) fn is_of_roles(type_name: &str) -> bool {
    OF_ROLES.contains(&type_name)
}

/// Whether CloudFormation leaves a resource with this deletion policy where it is.
pub(crate) fn is_kept(policy: Option<&str>) -> bool {
    matches!(policy, Some("Retain" | "RetainExceptOnCreate"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order() {
        assert!(STATEFUL.is_sorted());
        assert!(OF_ROLES.is_sorted());
    }
}
