//! The commands. `{region}` is the Region of the call, `{peer}` the other of the two, `{source}` and
//! `{target}` are those of the run.

/// Revokes the source's lease, and waits until the last holder's time is over by any clock.
pub(super) const FENCE: &str = r#"
raise_lease {source}
document 'dr#lease#{source}' | jq '.holders_until_ms | map(. / 1000 | floor | todate)'
sleep {seconds}
"#;

pub(super) const READ_RECORD: &str = r#"
document 'dr#system' | jq .
"#;

pub(super) const COUNT_INTENTS: &str = r#"
aws dynamodb scan --region {region} --table-name "$CONTROL_TABLE" --consistent-read \
  --filter-expression 'begins_with(id, :intent)' --expression-attribute-values '{":intent": {"S": "intent#"}}' \
  --query 'Items[].document.S' --output json > intents.json
jq 'map(fromjson) | group_by(.state) | map({(.[0].state): length}) | add' intents.json
"#;

pub(super) const GLOBAL_CLUSTER: &str = r#"
aws rds describe-global-clusters --region {region} --global-cluster-identifier "$GLOBAL_CLUSTER" \
  --query 'GlobalClusters[0].[FailoverState, GlobalClusterMembers[].[DBClusterArn, IsWriter, SynchronizationStatus]]'
"#;

pub(super) const CLUSTER: &str = r#"
aws rds describe-db-clusters --region {region} --db-cluster-identifier "$(cluster {region})" \
  --query 'DBClusters[0].[Status, EngineVersion, Endpoint]'
"#;

pub(super) const SWITCH: &str = r#"
aws rds switchover-global-cluster --region {region} --global-cluster-identifier "$GLOBAL_CLUSTER" \
  --target-db-cluster-identifier "$(cluster_arn {target})"
"#;

pub(super) const PROMOTE: &str = r#"
aws rds failover-global-cluster --region {region} --global-cluster-identifier "$GLOBAL_CLUSTER" \
  --target-db-cluster-identifier "$(cluster_arn {target})" --allow-data-loss
"#;

pub(super) const DETACH: &str = r#"
aws rds remove-from-global-cluster --region {region} --global-cluster-identifier "$GLOBAL_CLUSTER" \
  --db-cluster-identifier "$(cluster_arn {target})"
"#;

pub(super) const COPY_TAIL: &str = r#"
SNAPSHOT=$(aws rds describe-db-cluster-snapshots --region {region} \
  --db-cluster-identifier "$(cluster {region})" --output json \
  --query 'sort_by(DBClusterSnapshots, &SnapshotCreateTime)[].DBClusterSnapshotIdentifier' \
  | jq -r 'map(select(contains("unplanned-global-failover")))[-1]')
aws rds copy-db-cluster-snapshot --region {region} --source-db-cluster-snapshot-identifier "$SNAPSHOT" \
  --target-db-cluster-snapshot-identifier "$RUN-tail" --kms-key-id "alias/$NAME-$SUFFIX-ledger"
aws rds wait db-cluster-snapshot-available --region {region} --db-cluster-snapshot-identifier "$RUN-tail"
"#;

/// The last data of the source in a cluster of its own, beside the one that follows.
pub(super) const RESTORE_TAIL: &str = r#"
read -r VERSION SUBNETS SECURITY < <(aws rds describe-db-clusters --region {region} --output text \
  --db-cluster-identifier "$(cluster {region})" \
  --query 'DBClusters[0].[EngineVersion, DBSubnetGroup, VpcSecurityGroups[0].VpcSecurityGroupId]')
aws rds restore-db-cluster-from-snapshot --region {region} --db-cluster-identifier "$RUN-tail" \
  --snapshot-identifier "$RUN-tail" --engine aurora-postgresql --engine-version "$VERSION" \
  --db-subnet-group-name "$SUBNETS" --vpc-security-group-ids "$SECURITY"
aws rds create-db-instance --region {region} --db-instance-identifier "$RUN-tail-1" \
  --db-cluster-identifier "$RUN-tail" --engine aurora-postgresql --db-instance-class db.r6g.large
aws rds wait db-instance-available --region {region} --db-instance-identifier "$RUN-tail-1"
ledger {region} 'SELECT count(*) FROM payments' "$RUN-tail"
"#;

pub(super) const MUTE: &str = r#"
aws cloudwatch disable-alarm-actions --region {region} --alarm-names $(alarms {region})
"#;

pub(super) const UNMUTE: &str = r#"
aws cloudwatch enable-alarm-actions --region {region} --alarm-names $(alarms {region})
"#;

pub(super) const STOP_SOURCES: &str = r#"
for uuid in $(event_sources {region}); do
  aws lambda update-event-source-mapping --region {region} --uuid "$uuid" --no-enabled --query State
done
"#;

pub(super) const START_SOURCES: &str = r#"
for uuid in $(event_sources {region}); do
  aws lambda update-event-source-mapping --region {region} --uuid "$uuid" --enabled --query State
done
"#;

pub(super) const STOP_FUNCTIONS: &str = r#"
for function in $FUNCTIONS; do
  aws lambda put-function-concurrency --region {region} --function-name "${function%=*}-$SUFFIX" \
    --reserved-concurrent-executions 0
done
"#;

pub(super) const START_FUNCTIONS: &str = r#"
for function in $FUNCTIONS; do
  aws lambda put-function-concurrency --region {region} --function-name "${function%=*}-$SUFFIX" \
    --reserved-concurrent-executions "${function#*=}"
done
"#;

pub(super) const CLOSE_STAGE: &str = r#"
aws apigateway update-stage --region {region} --rest-api-id "$(api {region})" --stage-name "$STAGE" \
  --patch-operations 'op=replace,path=/*/*/throttling/rateLimit,value=0' \
    'op=replace,path=/*/*/throttling/burstLimit,value=0'
"#;

pub(super) const OPEN_STAGE: &str = r#"
aws apigateway update-stage --region {region} --rest-api-id "$(api {region})" --stage-name "$STAGE" \
  --patch-operations "op=replace,path=/*/*/throttling/rateLimit,value=$RATE_LIMIT" \
    "op=replace,path=/*/*/throttling/burstLimit,value=$BURST_LIMIT"
"#;

pub(super) const PAY: &str = r#"
curl -fsS -m 10 "$(url {region})/payments" -H "Idempotency-Key: $RUN" -H 'Content-Type: application/json' \
  -d '{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1,"currency":"USD","token":"tok_visa_abcdefgh"}'
"#;

pub(super) const ASK_PROCESSOR: &str = r#"
# The processor is asked by its own means, key by key.
"#;

pub(super) const HEALTH: &str = r#"
curl -sS -m 10 -w ' %{http_code}\n' "$(url {region})/health"
"#;

pub(super) const READY: &str = r#"
curl -sS -m 10 -w ' %{http_code}\n' "$(url {region})/health/ready"
"#;

pub(super) const TRAFFIC: &str = r#"
curl -sS -m 10 -w ' %{http_code}\n' "$(url {region})/health/traffic"
"#;

/// Authoritative servers, then resolvers that many use; the Regional name tells what is right.
pub(super) const RESOLVE: &str = r#"
for server in $(dig +short NS "$ZONE" | head -2) 1.1.1.1 8.8.8.8; do
  echo "$server" $(dig +short "@$server" "$RECORD.$ZONE" | sort)
done
echo 'meant:' $(dig +short "$RECORD-{target}.$ZONE" | sort)
"#;

pub(super) const STORE_REPORT: &str = r#"
aws s3api put-object --region {region} --bucket "$(bucket {region})" --key "runs/$RUN/report.md" --body report.md
"#;

/// A cluster that follows has these (rule `aurora-lag-alarms-where-emitted`).
pub(super) const DATABASE_LAG: &str = r#"
metric {region} AWS/RDS AuroraGlobalDBRPOLag "DBClusterIdentifier=$(cluster {region})"
metric {region} AWS/RDS AuroraGlobalDBProgressLag "DBClusterIdentifier=$(cluster {region})"
"#;

/// The Region that is written to has it.
pub(super) const TABLE_LAG: &str = r#"
metric {region} AWS/DynamoDB ReplicationLatency "TableName=SessionTable-$SUFFIX" ReceivingRegion={peer}
"#;

pub(super) const ALL_LAGS: &str = r#"
metric {region} AWS/RDS AuroraGlobalDBRPOLag "DBClusterIdentifier=$(cluster {region})"
metric {region} AWS/RDS AuroraGlobalDBProgressLag "DBClusterIdentifier=$(cluster {region})"
metric {region} AWS/S3 BytesPendingReplication "SourceBucket=$(bucket {peer})" \
  "DestinationBucket=$(bucket {region})" RuleId=to-the-other-region
"#;

/// Tables have it where they are written, buckets where they receive (rule
/// `s3-replication-metrics-region`).
pub(super) const SENT_LAG: &str = r#"
metric {region} AWS/DynamoDB ReplicationLatency "TableName=SessionTable-$SUFFIX" ReceivingRegion={peer}
metric {region} AWS/S3 BytesPendingReplication "SourceBucket=$(bucket {peer})" \
  "DestinationBucket=$(bucket {region})" RuleId=to-the-other-region
"#;

pub(super) const RECEIVED_LAG: &str = r#"
metric {region} AWS/S3 BytesPendingReplication "SourceBucket=$(bucket {peer})" \
  "DestinationBucket=$(bucket {region})" RuleId=to-the-other-region
"#;

pub(super) const LOAD: &str = r#"
metric {region} AWS/ApiGateway Count "ApiName=$NAME-api-$SUFFIX" "Stage=$STAGE"
metric {region} AWS/RDS DatabaseConnections "DBClusterIdentifier=$(cluster {region})"
"#;
