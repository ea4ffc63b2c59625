//! The global tables: who owns them, and what each of their replicas must have.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{VARIETY, files, resources, topology};

/// The global tables of every topology: what the file says, stack, and properties.
fn tables() -> Vec<(&'static str, String, Value)> {
    let mut tables = Vec::new();
    for text in VARIETY {
        for (stack, _, resource) in resources(&files(text)) {
            if resource["Type"] == "AWS::DynamoDB::GlobalTable" {
                tables.push((text, stack, resource["Properties"].clone()));
            }
        }
    }
    tables
}

/// Rules `ddb-one-stack-owns-all-replicas`, `ddb-owner-stack-in-standby`.
#[test]
fn one_stack_of_the_standby_owns_a_table() {
    let mut owners: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for (text, stack, table) in tables() {
        owners.entry((text, table["TableName"].to_string())).or_default().push(stack);
    }
    assert_eq!(owners.len(), 2 * VARIETY.len(), "{owners:?}");
    for (table, stacks) in owners {
        assert_eq!(stacks.len(), 1, "{table:?} {stacks:?}");
        assert!(stacks[0].starts_with("Secondary"), "{table:?} {stacks:?}");
    }
}

/// Rules `ddb-pitr-each-replica`, `ddb-cmk-same-kind-each-region`.
#[test]
fn each_replica_is_protected_by_itself() {
    for (text, stack, table) in tables() {
        let regions = topology(text).regions;
        let replicas = table["Replicas"].as_array().unwrap();
        assert_eq!(replicas.len(), 2, "{stack}");
        assert_eq!(table["SSESpecification"], json!({"SSEEnabled": true, "SSEType": "KMS"}));
        for (replica, region) in replicas.iter().zip([regions.standby, regions.primary]) {
            assert_eq!(replica["Region"], region.name(), "{stack}");
            assert_eq!(replica["DeletionProtectionEnabled"], true, "{stack}");
            let recovery = &replica["PointInTimeRecoverySpecification"];
            assert_eq!(recovery["PointInTimeRecoveryEnabled"], true, "{stack}");
            let key = replica["SSESpecification"]["KMSMasterKeyId"].to_string();
            assert!(key.contains(&format!(":kms:{region}:")), "{stack}: {key}");
        }
    }
}

/// Rules `ddb-mrsc-for-control-and-idempotency`, `ddb-mrsc-region-sets`, `ddb-mrsc-limits`.
#[test]
fn the_control_table_is_strongly_consistent() {
    let strong = |table: &Value| table["MultiRegionConsistency"] == "STRONG";
    let controls: Vec<_> = tables().into_iter().filter(|(_, _, table)| strong(table)).collect();
    assert_eq!(controls.len(), VARIETY.len());
    for (text, stack, table) in controls {
        let witness = topology(text).regions.witness;
        assert_eq!(table["GlobalTableWitnesses"], json!([{"Region": witness.name()}]), "{stack}");
        assert_eq!(table["KeySchema"], json!([{"AttributeName": "id", "KeyType": "HASH"}]));
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
        for absent in ["TimeToLiveSpecification", "LocalSecondaryIndexes", "StreamSpecification"] {
            assert!(table.get(absent).is_none(), "{stack}: {absent}");
        }
    }
}
