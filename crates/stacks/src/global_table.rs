//! What the global tables have in common: one stack in the home standby owns all replicas of a table, and each
//! replica is protected by itself.
//!
//! The standby owns them because it is the Region one still has when a table must be changed during a long
//! outage (rules `ddb-one-stack-owns-all-replicas`, `ddb-owner-stack-in-standby`). How the replicas of a table
//! agree is the table's own business.

use std::collections::BTreeMap;

use cfn::dynamodb::GlobalTable;
use cfn::dynamodb::global_table::{
    AttributeDefinition, AttributeDefinitionAttributeType, GlobalTableBillingMode, KeySchema,
    KeySchemaKeyType, PointInTimeRecoverySpecification, ReplicaSpecification,
    ReplicaSseSpecification, SseSpecification, SseSpecificationSseType,
};
use cfn::{Stack, Tag, Value, set};

use crate::foundation::Foundation;
use crate::site::{KeyUse, ROLE_TAG, Site};

/// A table on demand with a string as its key and a replica in each home Region. Its stack waits for the keys of
/// both (rule `ddb-cmk-same-kind-each-region`).
pub(crate) fn global_table(
    stack: &mut Stack,
    site: Site<'_>,
    foundation: &Foundation,
    name: String,
    key: &str,
) -> GlobalTable {
    stack.depends_on.insert(site.other().stack_id("Foundation").into());
    stack.depends_on.insert(foundation.data_key.stack().clone());
    let encryption = SseSpecification {
        sse_type: set(SseSpecificationSseType::Kms),
        ..SseSpecification::new(true)
    };
    let attribute = AttributeDefinition::new(key, AttributeDefinitionAttributeType::S);
    GlobalTable {
        table_name: set(name),
        billing_mode: set(GlobalTableBillingMode::PayPerRequest),
        attribute_definitions: set([attribute]),
        key_schema: set([KeySchema::new(key, KeySchemaKeyType::Hash)]),
        sse_specification: set(encryption),
        ..GlobalTable::new([replica(site, &stack.tags), replica(site.other(), &stack.tags)])
    }
}

/// Recovery, protection, key and tags are each replica's own and off by default (rule `ddb-pitr-each-replica`).
fn replica(site: Site<'_>, tags: &BTreeMap<String, String>) -> ReplicaSpecification {
    let key = site.key_alias_arn(KeyUse::Data);
    let tags = tags.iter().filter(|(name, _)| *name != ROLE_TAG);
    let tags = tags.map(|(name, value)| Tag::new(name, value));
    let tags: Vec<Value<Tag>> =
        tags.chain([Tag::new(ROLE_TAG, "global")]).map(Into::into).collect();
    ReplicaSpecification {
        deletion_protection_enabled: set(true),
        point_in_time_recovery_specification: set(PointInTimeRecoverySpecification {
            point_in_time_recovery_enabled: set(true),
            ..PointInTimeRecoverySpecification::default()
        }),
        sse_specification: set(ReplicaSseSpecification::new(key)),
        tags: set(tags),
        ..ReplicaSpecification::new(site.region().name())
    }
}
