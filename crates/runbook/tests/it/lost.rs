//! The check of the lost Region: no plan needs what is lost, and what is planted is found.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use fence::{DurationMs, RegionName, RunKind};
use runbook::lost::{calls_to_lost, control_plane};
use runbook::{
    Action, ActionName, Call, Condition, OnFailure, Plan, PlanKind, Plane, Retry, Service, Side,
    Stage, plan, supposed,
};

use crate::facts::{self, Move};
use crate::pairs;

#[test]
fn no_plan_needs_what_is_lost() {
    let mut count = 0;
    for plan in pairs::plans() {
        assert_eq!(
            calls_to_lost(&plan),
            [],
            "{} from {} to {}",
            plan.kind,
            plan.source,
            plan.target
        );
        count += 1;
    }
    assert_eq!(count, 3 * (6 + 12 + 6), "ordered pairs of three sets, and three kinds of plan");
}

#[test]
fn nor_does_a_failover_upon_a_failover() {
    let moves = [Move::Begin(RunKind::Failover), Move::Pass, Move::Do("open")];
    let mut facts = facts::calm("west");
    facts.record = facts::read(&facts::record("east", &moves));
    facts::lose(&mut facts, "west");
    let plan = plan(&facts::request(PlanKind::Failover), &facts).expect("a Region is lost");
    assert!(plan.actions.iter().any(|action| action.name == ActionName::CloseEarlier));
    assert_eq!(calls_to_lost(&plan), []);
}

/// Plants something in the failover of the example, and compares what is found.
#[track_caller]
fn check(plant: impl FnOnce(&mut Plan), expected: Expect) {
    let mut plan = supposed(PlanKind::Failover, &pairs::first());
    plant(&mut plan);
    let found: Vec<String> = calls_to_lost(&plan).iter().map(ToString::to_string).collect();
    expected.assert_eq(&found.join("\n"));
}

fn action(plan: &mut Plan, name: ActionName) -> &mut Action {
    let mut actions = plan.actions.iter_mut();
    actions.find(|action| action.name == name).expect("the plan has it")
}

fn call(service: Service, api: &'static str, region: &str) -> Call {
    Call { service, api, plane: Plane::Data, region: RegionName::new(region) }
}

#[test]
fn a_required_call_to_the_source() {
    let read = call(Service::Ledger, "read", "us-east-1");
    check(
        |plan| action(plan, ActionName::VerifyDatabase).calls.push(read),
        expect!["verify-database: is required and calls ledger read of the source"],
    );
}

#[test]
fn a_required_action_in_the_source() {
    check(
        |plan| action(plan, ActionName::StopSource).on_failure = OnFailure::Stop,
        expect![[r#"
            stop-source: is required and acts in the source
            stop-source: is required and calls Lambda ListEventSourceMappings of the source
            stop-source: is required and calls Lambda UpdateEventSourceMapping of the source
            stop-source: is required and calls Lambda GetFunctionConcurrency of the source
            stop-source: is required and calls Lambda PutFunctionConcurrency of the source
            stop-source: is required and calls API Gateway GetRestApis of the source
            stop-source: is required and calls API Gateway GetStage of the source
            stop-source: is required and calls API Gateway UpdateStage of the source"#]],
    );
}

/// Whatever they say of themselves: every one of these calls declares the data plane, in the target.
#[test]
fn control_planes_of_us_east_1() {
    let calls = [
        call(Service::Route53, "ChangeResourceRecordSets", "us-east-2"),
        call(Service::Iam, "PutRolePolicy", "us-east-2"),
        call(Service::CloudFront, "UpdateDistribution", "us-east-2"),
        call(Service::S3, "PutBucketReplication", "us-east-2"),
        call(Service::ApiGateway, "CreateDomainName", "us-east-2"),
        call(Service::Lambda, "CreateFunctionUrlConfig", "us-east-2"),
    ];
    check(
        |plan| action(plan, ActionName::DirectTraffic).calls.extend(calls),
        expect![[r#"
            direct-traffic: is required and needs the control plane in us-east-1 for Route 53 ChangeResourceRecordSets
            direct-traffic: is required and needs the control plane in us-east-1 for IAM PutRolePolicy
            direct-traffic: is required and needs the control plane in us-east-1 for CloudFront UpdateDistribution
            direct-traffic: is required and needs the control plane in us-east-1 for S3 PutBucketReplication
            direct-traffic: is required and needs the control plane in us-east-1 for API Gateway CreateDomainName
            direct-traffic: is required and needs the control plane in us-east-1 for Lambda CreateFunctionUrlConfig"#]],
    );
}

#[test]
fn control_planes_of_us_east_1_when_another_region_is_lost() {
    let change = call(Service::Route53, "ChangeResourceRecordSets", "eu-central-1");
    for homes in pairs::all() {
        let mut plan = supposed(PlanKind::Failover, &homes);
        action(&mut plan, ActionName::Open).calls.push(change.clone());
        assert_eq!(calls_to_lost(&plan).len(), 1, "{homes:?}");
    }
}

#[test]
fn best_effort_that_does_not_end() {
    check(
        |plan| action(plan, ActionName::StopSource).time_limit = DurationMs::ZERO,
        expect!["stop-source: is best effort and has no time limit"],
    );
    check(
        |plan| {
            let action = action(plan, ActionName::Triage);
            action.retry = Retry { attempts_max: 3, interval: DurationMs(1_000) };
        },
        expect!["triage: is best effort and may hold everything up for 32000 ms"],
    );
    // Users are served by then.
    check(
        |plan| {
            let asked = call(Service::CloudWatch, "GetMetricData", "us-east-1");
            let action = action(plan, ActionName::ConfirmTraffic);
            action.calls.push(asked);
            action.time_limit = DurationMs(3_600_000);
        },
        expect![],
    );
}

#[test]
fn what_belongs_after_the_return() {
    check(
        |plan| {
            let rescue =
                plan.actions.iter().position(|action| action.name == ActionName::RescueTail);
            let rescue = plan.actions.remove(rescue.expect("the plan has it"));
            plan.actions.insert(8, rescue);
        },
        expect!["rescue-tail: belongs after await-source"],
    );
    check(
        |plan| plan.actions.retain(|action| action.name != ActionName::AwaitSource),
        expect![[r#"
            hold-source: belongs after await-source
            rescue-tail: belongs after await-source
            settle-missing: belongs after await-source
            converge: belongs after await-source
            restore-protection: belongs after await-source
            close: belongs after await-source"#]],
    );
}

/// An action that says it comes after the return is not thereby allowed where it stands.
#[test]
fn nothing_is_hidden_by_its_stage() {
    let asked = call(Service::Rds, "DescribeDBClusters", "us-east-1");
    let action = Action {
        name: ActionName::RecordTail,
        stage: Stage::Restore,
        side: Side::Source,
        region: RegionName::new("us-east-1"),
        calls: vec![asked],
        time_limit: DurationMs(1_000),
        retry: Retry { attempts_max: 1, interval: DurationMs::ZERO },
        on_failure: OnFailure::Stop,
        is_skippable: false,
        condition: Condition::Always,
        approvers: 0,
    };
    check(
        |plan| plan.actions.insert(0, action),
        expect!["record-tail: belongs after await-source"],
    );
}

/// A switchover has both Regions, so that it may ask either.
#[test]
fn a_switchover_asks_its_source() {
    let plan = supposed(PlanKind::Switchover, &pairs::first());
    let asks = |action: &&Action| action.is_required() && action.region == plan.source;
    assert!(plan.actions.iter().filter(asks).count() > 0);
}

/// The rule `runbook-data-plane-only`: nothing but what has no data plane.
#[test]
fn required_calls_to_control_planes_in_a_failover() {
    let plan = supposed(PlanKind::Failover, &pairs::first());
    let awaited = |action: &&Action| action.stage != Stage::Restore && action.is_required();
    let calls = plan.actions.iter().filter(awaited).flat_map(|action| &action.calls);
    let control = calls.filter(|call| call.plane == Plane::Control);
    let lines: BTreeSet<String> = control
        .map(|call| format!("{} {} in {}\n", call.service.as_str(), call.api, call.region))
        .collect();
    expect![[r#"
        API Gateway GetRestApis in us-east-2
        API Gateway GetStage in us-east-2
        API Gateway UpdateStage in us-east-2
        Lambda GetFunctionConcurrency in us-east-2
        Lambda ListEventSourceMappings in us-east-2
        Lambda PutFunctionConcurrency in us-east-2
        Lambda UpdateEventSourceMapping in us-east-2
        RDS DescribeDBClusters in us-east-2
        RDS DescribeGlobalClusters in us-east-2
        RDS FailoverGlobalCluster in us-east-2
        RDS RemoveFromGlobalCluster in us-east-2
    "#]]
    .assert_eq(&lines.into_iter().collect::<String>());
}

#[test]
fn where_control_planes_live() {
    let rows = [
        (Service::ApiGateway, "CreateRestApi"),
        (Service::ApiGateway, "UpdateStage"),
        (Service::CloudFront, "UpdateDistribution"),
        (Service::CloudWatch, "DisableAlarmActions"),
        (Service::DynamoDb, "UpdateTable"),
        (Service::EventBridgeScheduler, "UpdateSchedule"),
        (Service::Iam, "CreateRole"),
        (Service::Lambda, "CreateFunctionUrlConfig"),
        (Service::Lambda, "UpdateEventSourceMapping"),
        (Service::Rds, "FailoverGlobalCluster"),
        (Service::Route53, "UpdateHealthCheck"),
        (Service::S3, "CreateBucket"),
        (Service::S3, "DeletePublicAccessBlock"),
        (Service::S3, "GetBucketReplication"),
        (Service::S3, "PutObject"),
        (Service::StepFunctions, "StartExecution"),
    ];
    let lines = rows.map(|(service, api)| {
        let plane = control_plane(service, api);
        let page = plane.source.rsplit('/').next().expect("a page has a name");
        let lives_in = plane.lives_in.unwrap_or("each Region");
        format!("{:<22}{api:<26}{lives_in:<12}{page}\n", service.as_str())
    });
    expect![[r#"
        API Gateway           CreateRestApi             us-east-1   global-services.html
        API Gateway           UpdateStage               each Region global-services.html
        CloudFront            UpdateDistribution        us-east-1   appendix-b---edge-network-global-service-guidance.html
        CloudWatch            DisableAlarmActions       each Region global-services.html
        DynamoDB              UpdateTable               each Region global-services.html
        EventBridge Scheduler UpdateSchedule            each Region global-services.html
        IAM                   CreateRole                us-east-1   appendix-a---partitional-service-guidance.html
        Lambda                CreateFunctionUrlConfig   us-east-1   global-services.html
        Lambda                UpdateEventSourceMapping  each Region global-services.html
        RDS                   FailoverGlobalCluster     each Region global-services.html
        Route 53              UpdateHealthCheck         us-east-1   appendix-b---edge-network-global-service-guidance.html
        S3                    CreateBucket              us-east-1   global-services.html
        S3                    DeletePublicAccessBlock   us-east-1   global-services.html
        S3                    GetBucketReplication      each Region global-services.html
        S3                    PutObject                 each Region global-services.html
        Step Functions        StartExecution            each Region global-services.html
    "#]].assert_eq(&lines.concat());
}
