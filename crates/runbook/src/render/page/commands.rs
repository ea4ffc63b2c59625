//! What an action calls, as it is typed: one command or a few for each of its calls, over the
//! functions that stand at the top of the page.

use super::{orders, sql, typed};
use crate::action::{Action, ActionName, Call, Service};
use crate::plan::Plan;

/// The lines that do by hand what the action calls; none where people do all of it.
pub(super) fn commands(plan: &Plan, action: &Action) -> String {
    if action.name == ActionName::WaitForFence {
        let longest = plan.timing.lease_length.plus(plan.timing.clock_bound);
        let seconds = longest.0.div_ceil(1_000).to_string();
        return typed::FENCE
            .replace("{source}", plan.source.as_str())
            .replace("{seconds}", &seconds);
    }
    if let Some(order) = orders::order(plan, action) {
        return format!("change_record \\\n  '{}' \\\n  '{}'\n", order.condition, order.change);
    }
    action.calls.iter().map(|call| filled(plan, call, text(plan, action, call))).collect()
}

/// The commands for a call, with names of Regions in braces.
fn text(plan: &Plan, action: &Action, call: &Call) -> &'static str {
    let in_source = call.region == plan.source;
    match (call.service, call.api) {
        (Service::DynamoDb, "GetItem") => typed::READ_RECORD,
        (Service::DynamoDb, "Scan") => typed::COUNT_INTENTS,
        (Service::Rds, api) => rds(api),
        (Service::CloudWatch, "GetMetricData") => metrics(action.name, in_source),
        // The functions at the top of the page look these up.
        (
            Service::CloudWatch | Service::Lambda | Service::ApiGateway,
            "DescribeAlarms"
            | "ListEventSourceMappings"
            | "GetFunctionConcurrency"
            | "GetRestApis"
            | "GetStage",
        ) => "",
        (Service::CloudWatch, "DisableAlarmActions") => typed::MUTE,
        (Service::CloudWatch, _) => typed::UNMUTE,
        (Service::Lambda, "UpdateEventSourceMapping") if is_stop(action) => typed::STOP_SOURCES,
        (Service::Lambda, "UpdateEventSourceMapping") => typed::START_SOURCES,
        (Service::Lambda, _) if is_stop(action) => typed::STOP_FUNCTIONS,
        (Service::Lambda, _) => typed::START_FUNCTIONS,
        (Service::ApiGateway, _) if is_stop(action) => typed::CLOSE_STAGE,
        (Service::ApiGateway, _) => typed::OPEN_STAGE,
        (Service::Ledger, _) => sql::typed(action.name),
        (Service::Https, "POST /payments") => typed::PAY,
        (Service::Https, "GET /payments/{id}") => "",
        (Service::Https, "the processor") => typed::ASK_PROCESSOR,
        (Service::Https, "GET /health/traffic") => typed::TRAFFIC,
        (Service::Https, "GET /health/ready") => typed::READY,
        (Service::Https, _) => typed::HEALTH,
        (Service::Dns, _) => typed::RESOLVE,
        (Service::S3, _) => typed::STORE_REPORT,
        (
            Service::DynamoDb
            | Service::CloudFront
            | Service::EventBridgeScheduler
            | Service::Iam
            | Service::Route53
            | Service::StepFunctions,
            _,
        ) => "",
    }
}

fn is_stop(action: &Action) -> bool {
    let stops = [ActionName::StopIntake, ActionName::StopSource, ActionName::HoldSource];
    stops.contains(&action.name)
}

fn rds(api: &str) -> &'static str {
    match api {
        "DescribeGlobalClusters" => typed::GLOBAL_CLUSTER,
        "DescribeDBClusters" => typed::CLUSTER,
        "SwitchoverGlobalCluster" => typed::SWITCH,
        "FailoverGlobalCluster" => typed::PROMOTE,
        "RemoveFromGlobalCluster" => typed::DETACH,
        "CopyDBClusterSnapshot" => typed::COPY_TAIL,
        "RestoreDBClusterFromSnapshot" => typed::RESTORE_TAIL,
        _ => "",
    }
}

/// What the action looks at, in the Region that has it.
fn metrics(action: ActionName, in_source: bool) -> &'static str {
    match action {
        ActionName::CheckPreconditions if in_source => typed::TABLE_LAG,
        ActionName::CheckPreconditions => typed::ALL_LAGS,
        ActionName::WaitForReplication | ActionName::Converge if in_source => typed::SENT_LAG,
        ActionName::WaitForReplication | ActionName::Converge => typed::RECEIVED_LAG,
        ActionName::Stabilize => typed::LOAD,
        _ => typed::DATABASE_LAG,
    }
}

fn filled(plan: &Plan, call: &Call, text: &str) -> String {
    let peer = if call.region == plan.source { &plan.target } else { &plan.source };
    text.trim_start()
        .replace("{region}", call.region.as_str())
        .replace("{peer}", peer.as_str())
        .replace("{source}", plan.source.as_str())
        .replace("{target}", plan.target.as_str())
}
