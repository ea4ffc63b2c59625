# The document of an item of the control table; `None` when there is none.
document() {
  aws dynamodb get-item --region "$CONTROL_REGION" --table-name "$CONTROL_TABLE" --consistent-read \
    --key "{\"id\":{\"S\":\"$1\"}}" --query Item.document.S --output text
}

# Writes an item over the document that was read, and over no other: old and new document, attributes.
write_over() {
  local condition='#document = :old' names='{"#document":"document"}' values
  values=$(jq -nc --arg old "$1" '{":old": {S: $old}}')
  if [ "$1" = None ]; then
    aws dynamodb put-item --region "$CONTROL_REGION" --table-name "$CONTROL_TABLE" \
      --item "$(jq -c --arg new "$2" "$3" <<<"$2")" --condition-expression 'attribute_not_exists(id)'
  else
    aws dynamodb put-item --region "$CONTROL_REGION" --table-name "$CONTROL_TABLE" \
      --item "$(jq -c --arg new "$2" "$3" <<<"$2")" --condition-expression "$condition" \
      --expression-attribute-names "$names" --expression-attribute-values "$values"
  fi
}

# Changes the control record: what must be so, and what is to be so, in the language of jq.
change_record() {
  local old new
  old=$(document 'dr#system') || return
  if ! jq -e --arg run "$RUN" --argjson seen "$SEEN" --argjson epoch "$EPOCH" "$1" <<<"$old" >/dev/null; then
    echo "nothing is changed, because the record is not as it must be: $old"
    return 1
  fi
  new=$(jq -c --arg run "$RUN" --argjson epoch "$EPOCH" --arg by "$OPERATOR" --arg reason "$REASON" \
    "$2 | .updated_by = \$by | .reason = \$reason" <<<"$old") || return
  write_over "$old" "$new" '{id: {S: "dr#system"}, document: {S: $new}, epoch: {N: (.epoch | tostring)},
    state: {S: .state}, traffic_region: {S: .traffic_region}}
    + if .active_region then {active_region: {S: .active_region}} else {} end
    + if .run then {run_id: {S: .run.id}, point_of_no_return: {S: .run.point_of_no_return}} else {} end'
}

# Raises the lease of a Region to the epoch of the run, so that nobody renews it any more.
raise_lease() {
  local old new
  old=$(document "dr#lease#$1") || return
  if [ "$old" = None ]; then
    new=$(jq -nc --arg region "$1" --argjson epoch "$EPOCH" \
      '{format: 1, region: $region, epoch: $epoch, holders_until_ms: {}, revision: 1}')
  else
    new=$(jq -c --argjson epoch "$EPOCH" \
      'if .epoch < $epoch then .epoch = $epoch | .revision += 1 else . end' <<<"$old") || return
  fi
  write_over "$old" "$new" '{id: {S: ("dr#lease#" + .region)}, document: {S: $new},
    revision: {N: (.revision | tostring)}, epoch: {N: (.epoch | tostring)}}'
}

# The largest values of a metric in the last 15 minutes: Region, namespace, name, and dimensions as NAME=VALUE.
metric() {
  local region=$1 namespace=$2 name=$3
  shift 3
  aws cloudwatch get-metric-data --region "$region" --start-time "$(jq -nr 'now - 900 | todate')" \
    --end-time "$(jq -nr 'now | todate')" --query 'MetricDataResults[0].[Timestamps, Values]' --output text \
    --metric-data-queries "$(jq -nc --arg namespace "$namespace" --arg name "$name" '[{Id: "asked", MetricStat: {
      Period: 60, Stat: "Maximum", Metric: {Namespace: $namespace, MetricName: $name,
      Dimensions: [$ARGS.positional[] | split("=") | {Name: .[0], Value: .[1]}]}}}]' --args "$@")"
}

# Asks the ledger of a Region, from a machine that reaches its database: Region, SQL, and the name of another cluster.
ledger() {
  local host secret
  host=$(aws rds describe-db-clusters --region "$1" --db-cluster-identifier "${3:-$(cluster "$1")}" \
    --query 'DBClusters[0].Endpoint' --output text) || return
  secret=$(aws secretsmanager get-secret-value --region "$1" --secret-id "$NAME-$SUFFIX/ledger" \
    --query SecretString --output text) || return
  PGPASSWORD=$(jq -r .password <<<"$secret") psql -X -v ON_ERROR_STOP=1 \
    "host=$host dbname=$DATABASE user=$(jq -r .username <<<"$secret") sslmode=require connect_timeout=5" -c "$2"
}

# Names and addresses of a Region.
cluster() { echo "$NAME-$SUFFIX-$1"; }
cluster_arn() { echo "arn:aws:rds:$1:$ACCOUNT:cluster:$(cluster "$1")"; }
bucket() { echo "$NAME-data-$SUFFIX-$1-$ACCOUNT"; }
url() { echo "https://$RECORD-$1.$ZONE"; }
alarms() {
  aws cloudwatch describe-alarms --region "$1" --alarm-name-prefix "$NAME-$SUFFIX-" \
    --query 'MetricAlarms[].AlarmName' --output text
}
event_sources() {
  aws lambda list-event-source-mappings --region "$1" \
    --query "EventSourceMappings[?contains(EventSourceArn, ':$NAME-$SUFFIX-')].UUID" --output text
}
api() {
  aws apigateway get-rest-apis --region "$1" --query "items[?name=='$NAME-api-$SUFFIX'].id" --output text
}
