//! The replication rule of a bucket: everything to the other Region within 15 minutes, changes of metadata
//! both ways, so that what is written after a failover comes home (rule `s3-bidirectional-for-failback`).

use cfn::s3::bucket::{
    DeleteMarkerReplication, DeleteMarkerReplicationStatus, EncryptionConfiguration, Metrics,
    MetricsStatus, ReplicaModifications, ReplicaModificationsStatus, ReplicationConfiguration,
    ReplicationDestination, ReplicationRule, ReplicationRuleFilter, ReplicationRuleStatus,
    ReplicationTime, ReplicationTimeStatus, ReplicationTimeValue, SourceSelectionCriteria,
    SseKmsEncryptedObjects, SseKmsEncryptedObjectsStatus,
};
use cfn::{RoleArn, Value, set, sub};

use crate::site::{KeyUse, Site};

/// Id of the rule, a dimension of its metrics.
pub(crate) const RULE_ID: &str = "to-the-other-region";

/// S3 replication time control knows no other bound ("Meeting compliance requirements with S3 RTC").
pub(crate) const MINUTES: i64 = 15;

pub(crate) fn replication(site: Site<'_>, role: Value<RoleArn>) -> ReplicationConfiguration {
    let rule = ReplicationRule {
        id: set(RULE_ID),
        priority: set(1),
        filter: set(ReplicationRuleFilter { prefix: set(""), ..ReplicationRuleFilter::default() }),
        delete_marker_replication: set(delete_markers(site)),
        source_selection_criteria: set(SourceSelectionCriteria {
            replica_modifications: set(ReplicaModifications::new(
                ReplicaModificationsStatus::Enabled,
            )),
            sse_kms_encrypted_objects: set(SseKmsEncryptedObjects::new(
                SseKmsEncryptedObjectsStatus::Enabled,
            )),
        }),
        ..ReplicationRule::new(destination(site.other()), ReplicationRuleStatus::Enabled)
    };
    ReplicationConfiguration::new(role, [rule])
}

/// Decided in the topology: with markers both sides stay equal, without them the other side keeps a copy of
/// what was deleted (rule `s3-delete-marker-policy-explicit`).
fn delete_markers(site: Site<'_>) -> DeleteMarkerReplication {
    let status = if site.topology.storage.replicate_delete_markers {
        DeleteMarkerReplicationStatus::Enabled
    } else {
        DeleteMarkerReplicationStatus::Disabled
    };
    DeleteMarkerReplication { status: set(status) }
}

fn destination(other: Site<'_>) -> ReplicationDestination {
    let key = other.key_alias_arn(KeyUse::Data);
    let bucket = sub(other.bucket_arn());
    let threshold = || ReplicationTimeValue::new(MINUTES);
    let metrics =
        Metrics { event_threshold: set(threshold()), ..Metrics::new(MetricsStatus::Enabled) };
    ReplicationDestination {
        encryption_configuration: set(EncryptionConfiguration::new(key)),
        metrics: set(metrics),
        replication_time: set(ReplicationTime::new(ReplicationTimeStatus::Enabled, threshold())),
        ..ReplicationDestination::new(bucket)
    }
}
