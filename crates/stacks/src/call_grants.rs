//! What a role must be allowed for the calls that plans declare: those actions, on the system's own resources, in the
//! Regions whose endpoints the calls go to. Nothing is allowed that no action declares.

use std::collections::BTreeSet;

use cfn::{Json, sub};
use runbook::{Call, Plan, PlanKind, Service};
use topology::{Authorization, Function};

use crate::grants::{RUNS, by_alias, control_tables};
use crate::openapi::is_health;
use crate::policy::{Allow, allow};
use crate::runbooks;
use crate::site::{KeyUse, Site};

/// The calls of these plans.
pub(crate) fn calls_of(plans: &[Plan]) -> impl Iterator<Item = &Call> {
    let actions = plans.iter().flat_map(|plan| plan.actions.iter().chain(&plan.way_back));
    actions.flat_map(|action| &action.calls)
}

/// The statements for these calls, in which `site` is the Region that is opened.
pub(crate) fn call_grants<'c>(site: Site<'_>, calls: impl Iterator<Item = &'c Call>) -> Vec<Allow> {
    // By here and there rather than by name, so that both Regions' roles are in the same order.
    let calls: BTreeSet<(Service, bool, &str)> = calls
        .map(|call| (call.service, call.region.as_str() != site.region().name(), call.api))
        .collect();
    let mut statements = Vec::new();
    for (service, is_there, api) in calls {
        let place = if is_there { site.other() } else { site };
        // A call to none of the system's resources, such as to a worker where there is none, is never made.
        let needed = of_call(site, place, service, api).into_iter();
        for statement in needed.filter(|statement| !statement.resources.is_empty()) {
            merge(&mut statements, statement);
        }
    }
    statements
}

/// One statement for all actions on the same resources under the same conditions.
fn merge(statements: &mut Vec<Allow>, new: Allow) {
    let same =
        |old: &&mut Allow| old.resources == new.resources && old.conditions == new.conditions;
    match statements.iter_mut().find(same) {
        Some(old) => {
            let more = new.actions.into_iter().filter(|action| !old.actions.contains(action));
            let more: Vec<String> = more.collect();
            old.actions.extend(more);
        }
        None => statements.push(new),
    }
}

/// What a call needs. Names are asked without IAM, and so are addresses but those of an API that asks for it. No plan calls the services whose control planes all
/// Regions share (`runbook-data-plane-only`), and the call of one that did would be refused.
fn of_call(site: Site<'_>, place: Site<'_>, service: Service, api: &str) -> Vec<Allow> {
    match service {
        Service::ApiGateway => vec![api_gateway(place, api)],
        Service::CloudWatch => vec![cloudwatch(place, api)],
        Service::DynamoDb => dynamodb(site, api),
        Service::Lambda => vec![lambda(place, api)],
        Service::Ledger => vec![ledger(place)],
        Service::Rds => rds(place, api),
        Service::S3 => s3(place, api),
        Service::StepFunctions => vec![state_machine(place, api)],
        Service::Https => https(place, api).into_iter().collect(),
        Service::CloudFront
        | Service::Dns
        | Service::EventBridgeScheduler
        | Service::Iam
        | Service::Route53 => Vec::new(),
    }
}

fn one(service: &str, api: &str, resources: impl IntoIterator<Item = Json>) -> Allow {
    Allow {
        actions: vec![format!("{service}:{api}")],
        resources: resources.into_iter().collect(),
        ..allow([], [])
    }
}

/// An API that asks for IAM takes payments of those who may invoke it. Which API has the stage, only API Gateway knows.
fn https(place: Site<'_>, api: &str) -> Option<Allow> {
    let (method, path) = api.split_once(" /")?;
    let is_asked = place.topology.api.authorization == Authorization::Iam;
    if !is_asked || is_health(&format!("/{path}")) {
        return None;
    }
    let stage = &place.topology.api.stage;
    let path = path.replace("{id}", "*");
    let resource = place.arn("execute-api", &format!("*/{stage}/{method}/{path}"));
    Some(one("execute-api", "Invoke", [resource.into()]))
}

/// For actions that know no resource, or one without a Region.
fn only_in(place: Site<'_>, statement: Allow) -> Allow {
    statement.when("StringEquals", "aws:RequestedRegion", place.region().name())
}

/// The control table in both Regions: the other replica is the second way (`pay-control-store-two-endpoints`). Intents
/// are gone through as a whole; by their keys only functions of the payment service read and write them.
fn dynamodb(site: Site<'_>, api: &str) -> Vec<Allow> {
    let decrypt = [site, site.other()]
        .map(|place| by_alias(place, KeyUse::Data, "dynamodb", ["kms:Decrypt"]));
    let items = one("dynamodb", api, control_tables(site));
    let items = if api == "Scan" { items } else { items.of_items([RUNS.to_owned()]) };
    [items].into_iter().chain(decrypt).collect()
}

/// Both Regions are one account's, so that this is enough and the function needs no policy of its own.
fn ledger(place: Site<'_>) -> Allow {
    let function = place.topology.ledger_function();
    one("lambda", "InvokeFunction", [place.alias_arn(&function).into()])
}

/// A stage is known by its name; which API has it, only API Gateway knows. So it is the one of this system by its tags.
fn api_gateway(place: Site<'_>, api: &str) -> Allow {
    let is_read = api.starts_with("Get");
    let stage = &place.topology.api.stage;
    let path = if api.ends_with("Stage") {
        format!("restapis/*/stages/{stage}")
    } else {
        "restapis".to_owned()
    };
    let region = place.region();
    let resource = sub(format!("arn:${{AWS::Partition}}:apigateway:{region}::/{path}"));
    let statement = one("apigateway", if is_read { "GET" } else { "PATCH" }, [resource.into()]);
    if is_read {
        return statement;
    }
    statement.when("StringEquals", "aws:ResourceTag/Project", "PaymentDR").when(
        "StringEquals",
        "aws:ResourceTag/Environment",
        place.topology.suffix(),
    )
}

/// Reading metrics knows no resource, and looking for alarms by the beginning of their names looks at all. Only those of
/// the system are changed.
fn cloudwatch(place: Site<'_>, api: &str) -> Allow {
    if api.contains("Metric") || api == "DescribeAlarms" {
        return only_in(place, one("cloudwatch", api, ["*".into()]));
    }
    let alarms = place.arn("cloudwatch", &format!("alarm:{}-*", place.prefix()));
    one("cloudwatch", api, [alarms.into()])
}

/// Mappings have ids that nobody chose; they are known by the function that they wake.
fn lambda(place: Site<'_>, api: &str) -> Allow {
    let functions = &place.topology.functions;
    if api == "ListEventSourceMappings" {
        return only_in(place, one("lambda", api, ["*".into()]));
    }
    if let Some(worker) = functions.iter().find(|function| function.worker)
        && api.ends_with("EventSourceMapping")
    {
        let name = place.function_name(worker);
        let of_worker = [format!("function:{name}"), format!("function:{name}:*")];
        let of_worker = of_worker.map(|function| place.arn("lambda", &function));
        let mappings = place.arn("lambda", "event-source-mapping:*");
        let statement = one("lambda", api, [mappings.into()]);
        return statement.when("ArnLike", "lambda:FunctionArn", Json::list(of_worker));
    }
    let is_meant = |function: &&Function| {
        let is_asked = api.contains("Concurrency") || api == "GetFunctionConfiguration";
        is_asked && function.reserved_concurrency.is_some()
    };
    let bounded = functions.iter().filter(is_meant);
    let names = bounded.map(|function| format!("function:{}", place.function_name(function)));
    one("lambda", api, names.map(|name| place.arn("lambda", &name).into()))
}

/// A failover is the only run that is started by itself (`aurora-failback-is-switchover`).
fn state_machine(place: Site<'_>, api: &str) -> Allow {
    let name = runbooks::system(place.topology).state_machine(PlanKind::Failover);
    one("states", api, [place.arn("states", &format!("stateMachine:{name}")).into()])
}

/// The global cluster has no Region in its name, so that the Region is a condition.
fn rds(place: Site<'_>, api: &str) -> Vec<Allow> {
    let name = place.global_cluster();
    let global =
        sub(format!("arn:${{AWS::Partition}}:rds::${{AWS::AccountId}}:global-cluster:{name}"));
    let cluster =
        |place: Site<'_>| Json::from(place.arn("rds", &format!("cluster:{}", place.cluster())));
    if api == "DescribeGlobalClusters" {
        return vec![only_in(place, one("rds", api, [global.into()]))];
    }
    if api.ends_with("GlobalCluster") {
        let all = [global.into(), cluster(place), cluster(place.other())];
        return vec![only_in(place, one("rds", api, all))];
    }
    if api.contains("Snapshot") {
        return snapshots(place, api);
    }
    vec![one("rds", api, [cluster(place)])]
}

/// What was lost is read out of the snapshot that Aurora takes of a writer that comes back
/// (`aurora-save-lost-writes-snapshot`), copied and restored beside the cluster.
fn snapshots(place: Site<'_>, api: &str) -> Vec<Allow> {
    let (prefix, cluster) = (place.prefix(), place.cluster());
    let beside = [
        format!("cluster-snapshot:rds:unplanned-global-failover-{cluster}-*"),
        format!("cluster-snapshot:{prefix}-*"),
        format!("cluster:{prefix}-*"),
        "cluster-pg:*".to_owned(),
        "subgrp:*".to_owned(),
    ];
    let beside = beside.map(|resource| place.arn("rds", &resource).into());
    let actions = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];
    vec![one("rds", api, beside), by_alias(place, KeyUse::Ledger, "rds", actions)]
}

/// What is put is locked in the same call, which S3 asks a right of its own for.
fn s3(place: Site<'_>, api: &str) -> Vec<Allow> {
    let objects = sub(format!("{}/runs/*", place.bucket_arn()));
    let mut put = one("s3", api, [objects.into()]);
    put.actions.push("s3:PutObjectRetention".to_owned());
    let actions = ["kms:Decrypt", "kms:GenerateDataKey"];
    vec![put, by_alias(place, KeyUse::Data, "s3", actions)]
}
