"""Read every resource of every stack back by its own service's API; print what is there and what is not, as JSON.

Arguments: address, account, Regions, those that have replicas of tables first. A type without a reader is told as such, never as there.
"""
import json, sys
import botocore.session
from botocore.config import Config

URL, ACCOUNT, REGIONS = sys.argv[1], sys.argv[2], sys.argv[3:]
SESSION = botocore.session.get_session()
CFG = Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, inject_host_prefix=False)
CLIENTS = {}

def api(service, region):
    if (service, region) not in CLIENTS:
        CLIENTS[service, region] = SESSION.create_client(service, region_name=region, endpoint_url=URL,
            aws_access_key_id=ACCOUNT, aws_secret_access_key="x", config=CFG)
    return CLIENTS[service, region]

def one(items): assert items, "nothing is there"; return items

# Each reads a resource back from its physical id `p`; `r` is the Region, `s` the physical ids of its stack by type.
READ = {
    "AWS::EC2::VPC": lambda p, r, s: one(api("ec2", r).describe_vpcs(VpcIds=[p])["Vpcs"]),
    "AWS::EC2::Subnet": lambda p, r, s: one(api("ec2", r).describe_subnets(SubnetIds=[p])["Subnets"]),
    "AWS::EC2::InternetGateway": lambda p, r, s: one(api("ec2", r).describe_internet_gateways(InternetGatewayIds=[p])["InternetGateways"]),
    "AWS::EC2::VPCGatewayAttachment": lambda p, r, s: one([a for g in api("ec2", r).describe_internet_gateways()["InternetGateways"] for a in g["Attachments"] if a["VpcId"] == p.split("|")[1]]),
    "AWS::EC2::RouteTable": lambda p, r, s: one(api("ec2", r).describe_route_tables(RouteTableIds=[p])["RouteTables"]),
    "AWS::EC2::Route": lambda p, r, s: one([x for x in api("ec2", r).describe_route_tables(RouteTableIds=[p.split("|")[0]])["RouteTables"][0]["Routes"] if x.get("DestinationCidrBlock") == p.split("|")[1] and (x.get("GatewayId", "local") != "local" or x.get("NatGatewayId"))]),
    "AWS::EC2::SubnetRouteTableAssociation": lambda p, r, s: one([a for t in api("ec2", r).describe_route_tables()["RouteTables"] for a in t["Associations"] if a["RouteTableAssociationId"] == p]),
    "AWS::EC2::EIP": lambda p, r, s: one([a for a in api("ec2", r).describe_addresses()["Addresses"] if a["PublicIp"] == p]),
    "AWS::EC2::NatGateway": lambda p, r, s: one(api("ec2", r).describe_nat_gateways(NatGatewayIds=[p])["NatGateways"]),
    "AWS::EC2::VPCEndpoint": lambda p, r, s: one(api("ec2", r).describe_vpc_endpoints(VpcEndpointIds=[p])["VpcEndpoints"]),
    "AWS::EC2::SecurityGroup": lambda p, r, s: one(api("ec2", r).describe_security_groups(GroupIds=[p])["SecurityGroups"]),
    "AWS::EC2::FlowLog": lambda p, r, s: one([f for f in api("ec2", r).describe_flow_logs()["FlowLogs"] if f["FlowLogId"] == p]),
    "AWS::RDS::GlobalCluster": lambda p, r, s: one(api("rds", r).describe_global_clusters(GlobalClusterIdentifier=p)["GlobalClusters"][0]["GlobalClusterMembers"]),
    "AWS::RDS::DBCluster": lambda p, r, s: one(api("rds", r).describe_db_clusters(DBClusterIdentifier=p)["DBClusters"]),
    "AWS::RDS::DBInstance": lambda p, r, s: one(api("rds", r).describe_db_instances(DBInstanceIdentifier=p)["DBInstances"]),
    "AWS::RDS::DBSubnetGroup": lambda p, r, s: one(api("rds", r).describe_db_subnet_groups(DBSubnetGroupName=p)["DBSubnetGroups"]),
    "AWS::RDS::DBClusterParameterGroup": lambda p, r, s: one(api("rds", r).describe_db_cluster_parameter_groups(DBClusterParameterGroupName=p)["DBClusterParameterGroups"]),
    "AWS::SecretsManager::Secret": lambda p, r, s: api("secretsmanager", r).describe_secret(SecretId=p)["ARN"],
    "AWS::DynamoDB::GlobalTable": lambda p, r, s: [api("dynamodb", x).describe_table(TableName=p)["Table"]["TableArn"] for x in REGIONS[:2]],
    "AWS::DynamoDB::Table": lambda p, r, s: api("dynamodb", r).describe_table(TableName=p)["Table"]["TableArn"],
    "AWS::S3::Bucket": lambda p, r, s: api("s3", r).head_bucket(Bucket=p),
    "AWS::IAM::Role": lambda p, r, s: one(api("iam", r).get_role(RoleName=p)["Role"]),
    "AWS::IAM::ManagedPolicy": lambda p, r, s: one(api("iam", r).get_policy(PolicyArn=p)["Policy"]),
    "AWS::KMS::Key": lambda p, r, s: one(api("kms", r).describe_key(KeyId=p)["KeyMetadata"]),
    "AWS::KMS::ReplicaKey": lambda p, r, s: one(api("kms", r).describe_key(KeyId=p)["KeyMetadata"]),
    "AWS::KMS::Alias": lambda p, r, s: one([a for a in api("kms", r).list_aliases()["Aliases"] if a["AliasName"] == p]),
    "AWS::Lambda::Function": lambda p, r, s: one(api("lambda", r).get_function(FunctionName=p)["Configuration"]),
    "AWS::Lambda::Alias": lambda p, r, s: one([a for f in api("lambda", r).list_functions()["Functions"] for a in api("lambda", r).list_aliases(FunctionName=f["FunctionName"])["Aliases"] if a["AliasArn"] == p]),
    "AWS::Lambda::Version": lambda p, r, s: one([v for f in api("lambda", r).list_functions()["Functions"] for v in api("lambda", r).list_versions_by_function(FunctionName=f["FunctionName"])["Versions"] if v["FunctionArn"] == p]),
    "AWS::Lambda::Permission": lambda p, r, s: one([f for f in api("lambda", r).list_functions()["Functions"] for q in [None, "live"] if p in sids(r, f["FunctionName"], q)]),
    "AWS::Lambda::EventSourceMapping": lambda p, r, s: one(api("lambda", r).get_event_source_mapping(UUID=p)["UUID"]),
    "AWS::Lambda::EventInvokeConfig": lambda p, r, s: api("lambda", r).get_function_event_invoke_config(FunctionName=p.split(":")[0], Qualifier=p.split(":")[1])["FunctionArn"],
    "AWS::Logs::LogGroup": lambda p, r, s: one([g for g in api("logs", r).describe_log_groups(logGroupNamePrefix=p)["logGroups"] if g["logGroupName"] == p]),
    "AWS::ApiGateway::RestApi": lambda p, r, s: one(api("apigateway", r).get_resources(restApiId=p)["items"]),
    "AWS::ApiGateway::Deployment": lambda p, r, s: api("apigateway", r).get_deployment(restApiId=s["AWS::ApiGateway::RestApi"][0], deploymentId=p)["id"],
    "AWS::ApiGateway::Stage": lambda p, r, s: one(api("apigateway", r).get_stage(restApiId=s["AWS::ApiGateway::RestApi"][0], stageName=p)["deploymentId"]),
    "AWS::ApiGateway::DomainName": lambda p, r, s: one(api("apigateway", r).get_domain_name(domainName=p)["domainName"]),
    "AWS::ApiGateway::BasePathMapping": lambda p, r, s: one(api("apigateway", r).get_base_path_mapping(domainName=p.split("/")[0], basePath=p.split("/")[1])["restApiId"]),
    "AWS::CertificateManager::Certificate": lambda p, r, s: one(api("acm", r).describe_certificate(CertificateArn=p)["Certificate"]),
    "AWS::Route53::HostedZone": lambda p, r, s: one(api("route53", r).get_hosted_zone(Id=p)["HostedZone"]),
    "AWS::Route53::HealthCheck": lambda p, r, s: one(api("route53", r).get_health_check(HealthCheckId=p)["HealthCheck"]),
    "AWS::Route53::RecordSet": lambda p, r, s: one([x for z in api("route53", r).list_hosted_zones()["HostedZones"] for x in api("route53", r).list_resource_record_sets(HostedZoneId=z["Id"])["ResourceRecordSets"] if x["Name"].rstrip(".") == p.split("|")[0].rstrip(".")]),
    "AWS::SNS::Topic": lambda p, r, s: one(api("sns", r).get_topic_attributes(TopicArn=p)["Attributes"]),
    "AWS::SNS::Subscription": lambda p, r, s: one(api("sns", r).get_subscription_attributes(SubscriptionArn=p)["Attributes"]),
    "AWS::SQS::Queue": lambda p, r, s: one(api("sqs", r).get_queue_attributes(QueueUrl=p, AttributeNames=["All"])["Attributes"]),
    "AWS::CloudWatch::Alarm": lambda p, r, s: one(api("cloudwatch", r).describe_alarms(AlarmNames=[p.split(":")[-1]])["MetricAlarms"]),
    "AWS::CloudWatch::CompositeAlarm": lambda p, r, s: one(api("cloudwatch", r).describe_alarms(AlarmNames=[p.split(":")[-1]], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]),
    "AWS::CloudWatch::Dashboard": lambda p, r, s: one(api("cloudwatch", r).get_dashboard(DashboardName=p)["DashboardBody"]),
    "AWS::SSM::Parameter": lambda p, r, s: one(api("ssm", r).get_parameter(Name=p)["Parameter"]),
    "AWS::StepFunctions::StateMachine": lambda p, r, s: one(api("stepfunctions", r).describe_state_machine(stateMachineArn=p)["definition"]),
    "AWS::Events::Rule": lambda p, r, s: one(api("events", r).describe_rule(Name=p.split("/")[-1].split("|")[-1])["Name"]),
    "AWS::WAFv2::WebACL": lambda p, r, s: one([a for a in api("wafv2", r).list_web_acls(Scope="REGIONAL")["WebACLs"] if a["Name"] == p.split("|")[0] or a["Id"] in p]),
    "AWS::WAFv2::WebACLAssociation": lambda p, r, s: one(api("wafv2", r).get_web_acl_for_resource(ResourceArn=p.split("|")[1])["WebACL"]),
    "AWS::Backup::BackupVault": lambda p, r, s: one(api("backup", r).describe_backup_vault(BackupVaultName=p)["BackupVaultName"]),
    "AWS::Backup::BackupPlan": lambda p, r, s: one(api("backup", r).get_backup_plan(BackupPlanId=p)["BackupPlan"]),
    "AWS::Backup::BackupSelection": lambda p, r, s: one(api("backup", r).get_backup_selection(SelectionId=p.split("_")[0], BackupPlanId=p.split("_")[1])["BackupSelection"]),
}

# Those whose physical id says nothing to the service: `q` are the properties in the template, `i` physical ids by logical id.
BY_PROPERTIES = {
    "AWS::ApiGateway::Account": lambda q, r, i: one([a for a in [api("apigateway", r).get_account().get("cloudwatchRoleArn", "")] if a.split("/")[-1] == value(q["CloudWatchRoleArn"], i)]),
    "AWS::EC2::SecurityGroupEgress": lambda q, r, i: one([x for g in api("ec2", r).describe_security_groups(GroupIds=[value(q["GroupId"], i)])["SecurityGroups"] for x in g["IpPermissionsEgress"] if is_rule(x, q, i)]),
    "AWS::EC2::SecurityGroupIngress": lambda q, r, i: one([x for g in api("ec2", r).describe_security_groups(GroupIds=[value(q["GroupId"], i)])["SecurityGroups"] for x in g["IpPermissions"] if is_rule(x, q, i)]),
    "AWS::S3::BucketPolicy": lambda q, r, i: same(api("s3", r).get_bucket_policy(Bucket=value(q["Bucket"], i))["Policy"], q),
    "AWS::SNS::TopicPolicy": lambda q, r, i: [same(api("sns", r).get_topic_attributes(TopicArn=value(t, i))["Attributes"]["Policy"], q) for t in one(q["Topics"])],
    "AWS::SQS::QueuePolicy": lambda q, r, i: [same(api("sqs", r).get_queue_attributes(QueueUrl=value(u, i), AttributeNames=["Policy"])["Attributes"]["Policy"], q) for u in one(q["Queues"])],
}

def value(v, ids):
    """What a reference to a resource of the same stack comes to, by the id that CloudFormation knows it by."""
    if isinstance(v, dict) and "Ref" in v: return ids[v["Ref"]]
    if isinstance(v, dict) and "Fn::GetAtt" in v: return ids[v["Fn::GetAtt"][0]]
    return v

def is_rule(x, q, ids):
    wanted = value(q.get("SourceSecurityGroupId") or q.get("DestinationSecurityGroupId"), ids)
    peers = [g["GroupId"] for g in x.get("UserIdGroupPairs", [])]
    return x["IpProtocol"] == q["IpProtocol"] and x.get("FromPort") == q["FromPort"] and x.get("ToPort") == q["ToPort"] and wanted in peers

def actions(document):
    listed = [s["Action"] for s in document["Statement"]]
    return [[a] if isinstance(a, str) else list(a) for a in listed]

def same(text, q):
    assert actions(json.loads(text)) == actions(q["PolicyDocument"]), f"it is another policy: {text}"

def sids(region, function, qualifier):
    names = {"Qualifier": qualifier} if qualifier else {}
    try: return [s["Sid"] for s in json.loads(api("lambda", region).get_policy(FunctionName=function, **names)["Policy"])["Statement"]]
    except api("lambda", region).exceptions.ResourceNotFoundException: return []

def properties(region, stack):
    body = api("cloudformation", region).get_template(StackName=stack)["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    return {i: x.get("Properties", {}) for i, x in template["Resources"].items()}

def stacks(region):
    listed = api("cloudformation", region).describe_stacks()["Stacks"]
    return [s["StackName"] for s in listed if s["StackStatus"] != "DELETE_COMPLETE" and s["StackName"] != "CDKToolkit"]

verified, missing, unread = {}, [], set()
for region in REGIONS:
    for stack in stacks(region):
        pages = api("cloudformation", region).get_paginator("list_stack_resources").paginate(StackName=stack)
        resources = [x for page in pages for x in page["StackResourceSummaries"]]
        by_type = {}
        for x in resources: by_type.setdefault(x["ResourceType"], []).append(x.get("PhysicalResourceId", ""))
        ids = {x["LogicalResourceId"]: x.get("PhysicalResourceId", "") for x in resources}
        declared = properties(region, stack) if any(x["ResourceType"] in BY_PROPERTIES for x in resources) else {}
        for x in resources:
            kind, pid = x["ResourceType"], x.get("PhysicalResourceId", "")
            if kind not in READ and kind not in BY_PROPERTIES: unread.add(kind); continue
            try:
                if kind in READ: READ[kind](pid, region, by_type)
                else: BY_PROPERTIES[kind](declared[x["LogicalResourceId"]], region, ids)
                verified[kind] = verified.get(kind, 0) + 1
            except Exception as e:
                missing.append(f"{region} {stack} {x['LogicalResourceId']} ({kind}, {pid}): {type(e).__name__}: {e}")
print(json.dumps({"verified": verified, "missing": sorted(missing), "unread": sorted(unread)}))
