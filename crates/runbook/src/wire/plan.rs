//! A plan as JSON: all of it, because whoever goes on with a run does what was planned, and not what
//! a later version would plan.

use std::collections::BTreeMap;

use fence::{DurationMs, Epoch, RegionName, RunId, Timing};
use serde_json::{Value, json};

use super::Unreadable;
use super::read::Fields;
use crate::action::{Action, Call, Condition, OnFailure, Plane, Retry, Service, Side, Stage};
use crate::plan::{Plan, PlanKind};
use crate::plans::known_api;
use crate::unmet::Precondition;

pub(super) fn write(plan: &Plan) -> Value {
    let mut value = json!({
        "run": plan.run.as_str(),
        "kind": plan.kind.as_str(),
        "source": plan.source.as_str(),
        "target": plan.target.as_str(),
        "witness": plan.witness.as_str(),
        "seen": plan.seen.number(),
        "epoch": plan.epoch.number(),
        "earlier": plan.earlier.as_ref().map(RunId::as_str),
        "timing": {
            "lease_length_ms": plan.timing.lease_length.0,
            "renewal_interval_ms": plan.timing.renewal_interval.0,
            "clock_bound_ms": plan.timing.clock_bound.0,
        },
        "actions": plan.actions.iter().map(write_action).collect::<Value>(),
        "way_back": plan.way_back.iter().map(write_action).collect::<Value>(),
    });
    // Written only where there is something, as the first plans were that had neither.
    if let Some(change) = &plan.change {
        value["change"] = json!(change);
    }
    if !plan.despite.is_empty() {
        value["despite"] = json!(despite(plan));
    }
    value
}

fn despite(plan: &Plan) -> BTreeMap<&'static str, &str> {
    plan.despite.iter().map(|(what, found)| (what.as_str(), found.as_str())).collect()
}

fn write_action(action: &Action) -> Value {
    json!({
        "name": action.name.as_str(),
        "stage": action.stage.as_str(),
        "side": action.side.as_str(),
        "region": action.region.as_str(),
        "calls": action.calls.iter().map(write_call).collect::<Value>(),
        "time_limit_ms": action.time_limit.0,
        "attempts_max": action.retry.attempts_max,
        "interval_ms": action.retry.interval.0,
        "on_failure": action.on_failure.as_str(),
        "is_skippable": action.is_skippable,
        "condition": write_condition(action.condition),
        "approvers": action.approvers,
    })
}

fn write_call(call: &Call) -> Value {
    json!({
        "service": call.service.as_str(),
        "api": call.api,
        "plane": call.plane.as_str(),
        "region": call.region.as_str(),
    })
}

/// Null for what is always due: what is due only sometimes must not become that by losing a member.
fn write_condition(condition: Condition) -> Value {
    match condition {
        Condition::Always => Value::Null,
        Condition::IfRefused(of) => json!({"if": "refused", "of": of.as_str()}),
        Condition::IfDone(of) => json!({"if": "done", "of": of.as_str()}),
        Condition::IfBegun => json!({"if": "begun"}),
    }
}

pub(super) fn read(fields: &Fields<'_>) -> Result<Plan, Unreadable> {
    let timing = fields.object("timing")?;
    let actions = |name| fields.objects(name)?.iter().map(read_action).collect::<Result<_, _>>();
    Ok(Plan {
        run: RunId::new(fields.text("run")?),
        kind: fields.word("kind", KINDS, PlanKind::as_str)?,
        source: RegionName::new(fields.text("source")?),
        target: RegionName::new(fields.text("target")?),
        witness: RegionName::new(fields.text("witness")?),
        seen: Epoch::new(fields.number("seen")?),
        epoch: Epoch::new(fields.number("epoch")?),
        earlier: fields.text_or_none("earlier")?.map(RunId::new),
        change: fields.text_or_none("change")?.map(str::to_owned),
        despite: fields.texts_by_word("despite", Precondition::ALL, Precondition::as_str)?,
        timing: Timing {
            lease_length: DurationMs(timing.number("lease_length_ms")?),
            renewal_interval: DurationMs(timing.number("renewal_interval_ms")?),
            clock_bound: DurationMs(timing.number("clock_bound_ms")?),
        },
        actions: actions("actions")?,
        way_back: actions("way_back")?,
    })
}

fn read_action(fields: &Fields<'_>) -> Result<Action, Unreadable> {
    Ok(Action {
        name: fields.action("name")?,
        stage: fields.word("stage", STAGES, Stage::as_str)?,
        side: fields.word("side", SIDES, Side::as_str)?,
        region: RegionName::new(fields.text("region")?),
        calls: fields.objects("calls")?.iter().map(read_call).collect::<Result<_, _>>()?,
        time_limit: DurationMs(fields.number("time_limit_ms")?),
        retry: Retry {
            attempts_max: fields.small("attempts_max")?,
            interval: DurationMs(fields.number("interval_ms")?),
        },
        on_failure: fields.word("on_failure", ON_FAILURE, OnFailure::as_str)?,
        is_skippable: fields.truth("is_skippable")?,
        condition: read_condition(fields.object_or_null("condition")?.as_ref())?,
        approvers: fields.small("approvers")?,
    })
}

fn read_call(fields: &Fields<'_>) -> Result<Call, Unreadable> {
    Ok(Call {
        service: fields.word("service", SERVICES, Service::as_str)?,
        api: known_api(fields.text("api")?).ok_or_else(|| fields.unknown("api"))?,
        plane: fields.word("plane", &[Plane::Data, Plane::Control], Plane::as_str)?,
        region: RegionName::new(fields.text("region")?),
    })
}

fn read_condition(fields: Option<&Fields<'_>>) -> Result<Condition, Unreadable> {
    let Some(fields) = fields else { return Ok(Condition::Always) };
    Ok(match fields.text("if")? {
        "refused" => Condition::IfRefused(fields.action("of")?),
        "done" => Condition::IfDone(fields.action("of")?),
        "begun" => Condition::IfBegun,
        _ => return Err(fields.unknown("if")),
    })
}

const KINDS: &[PlanKind] = &[PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback];

const STAGES: &[Stage] = &[
    Stage::Decide,
    Stage::Fence,
    Stage::Promote,
    Stage::Verify,
    Stage::Route,
    Stage::Stabilize,
    Stage::Restore,
];

const SIDES: &[Side] = &[Side::Source, Side::Target, Side::Global];

const ON_FAILURE: &[OnFailure] = &[OnFailure::GoOn, OnFailure::Stop, OnFailure::Abort];

const SERVICES: &[Service] = &[
    Service::ApiGateway,
    Service::CloudFront,
    Service::CloudWatch,
    Service::Dns,
    Service::DynamoDb,
    Service::EventBridgeScheduler,
    Service::Https,
    Service::Iam,
    Service::Lambda,
    Service::Ledger,
    Service::Rds,
    Service::Route53,
    Service::S3,
    Service::StepFunctions,
];
