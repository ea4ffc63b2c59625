//! The session table: one global table, owned by one stack in the home standby.
//!
//! The standby owns it because it is the Region one still has when the table must be changed during a long
//! outage (rules `ddb-one-stack-owns-all-replicas`, `ddb-owner-stack-in-standby`). Sessions are soft state:
//! the last writer wins, and nothing about money is kept here (`ddb-mrec-is-last-writer-wins`).

use std::collections::BTreeMap;

use cfn::dynamodb::GlobalTable;
use cfn::dynamodb::global_table::{
    AttributeDefinition, AttributeDefinitionAttributeType, GlobalTableBillingMode, KeySchema,
    KeySchemaKeyType, PointInTimeRecoverySpecification, ReplicaSpecification,
    ReplicaSseSpecification, SseSpecification, SseSpecificationSseType, StreamSpecification,
    StreamSpecificationStreamViewType,
};
use cfn::{Attributes, Stack, Tag, Value, set};

use crate::foundation::Foundation;
use crate::site::{KeyUse, ROLE_TAG, Site};

pub(crate) fn sessions(site: Site<'_>, foundation: &Foundation) -> Stack {
    let mut stack = site.protected_stack("Sessions", "Session table with a replica in each Region");
    stack.depends_on.insert(site.other().stack_id("Foundation").into());
    stack.depends_on.insert(foundation.data_key.stack().clone());
    let encryption = SseSpecification {
        sse_type: set(SseSpecificationSseType::Kms),
        ..SseSpecification::new(true)
    };
    let stream = StreamSpecification::new(StreamSpecificationStreamViewType::NewAndOldImages);
    let key = AttributeDefinition::new("sessionId", AttributeDefinitionAttributeType::S);
    let table = GlobalTable {
        table_name: set(site.session_table()),
        billing_mode: set(GlobalTableBillingMode::PayPerRequest),
        attribute_definitions: set([key]),
        key_schema: set([KeySchema::new("sessionId", KeySchemaKeyType::Hash)]),
        sse_specification: set(encryption),
        stream_specification: set(stream),
        ..GlobalTable::new([replica(site, &stack.tags), replica(site.other(), &stack.tags)])
    };
    let table = stack.add_with("SessionTable", table, Attributes::retained());
    stack.output(
        "SessionTableName",
        "Name of the session table in both Regions",
        table.reference(),
    );
    stack
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
