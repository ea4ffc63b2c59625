//! The plan as JSON for programs. The shape is told in `docs/runbooks/README.md`; a newer one that
//! an older reader would misread has another [`FORMAT`], fields may be added without.

use serde_json::{Value, json};

use super::numbers;
use super::words::Words;
use crate::action::{Action, Call, Condition};
use crate::plan::Plan;

/// The number of the shape.
pub const FORMAT: u64 = 1;

/// The plan as indented JSON with members in the order of their names.
#[must_use]
pub fn json(plan: &Plan) -> String {
    let value = json!({
        "format": FORMAT,
        "kind": plan.kind.as_str(),
        "run": plan.run.as_str(),
        "source": plan.source.as_str(),
        "target": plan.target.as_str(),
        "witness": plan.witness.as_str(),
        "epoch_seen": plan.seen.number(),
        "epoch_reserved": plan.epoch.number(),
        "earlier": plan.earlier.as_ref().map(fence::RunId::as_str),
        "timing": timing(plan),
        "actions": actions(plan, &plan.actions),
        "way_back": actions(plan, &plan.way_back),
    });
    format!("{value:#}\n")
}

fn timing(plan: &Plan) -> Value {
    json!({
        "lease_length_ms": plan.timing.lease_length.0,
        "renewal_interval_ms": plan.timing.renewal_interval.0,
        "clock_bound_ms": plan.timing.clock_bound.0,
    })
}

fn actions(plan: &Plan, actions: &[Action]) -> Vec<Value> {
    (1..).zip(actions).map(|(number, action)| entry(plan, number, action)).collect()
}

fn entry(plan: &Plan, number: u64, action: &Action) -> Value {
    let words = Words::of(plan, action);
    json!({
        "number": number,
        "name": action.name.as_str(),
        "stage": action.stage.as_str(),
        "side": action.side.as_str(),
        "region": action.region.as_str(),
        "does": words.does,
        "precondition": words.precondition,
        "verification": words.verification,
        "calls": action.calls.iter().map(call).collect::<Vec<_>>(),
        "time_limit_ms": action.time_limit.0,
        "attempts_max": action.retry.attempts_max,
        "interval_ms": action.retry.interval.0,
        "is_required": action.is_required(),
        "on_failure": action.on_failure.as_str(),
        "is_skippable": action.is_skippable,
        "condition": condition(action.condition),
        "approvers": action.approvers,
        "is_point_of_no_return": numbers::is_point_of_no_return(action),
    })
}

fn call(call: &Call) -> Value {
    json!({
        "service": call.service.as_str(),
        "api": call.api,
        "plane": call.plane.as_str(),
        "region": call.region.as_str(),
    })
}

fn condition(condition: Condition) -> Value {
    match condition {
        Condition::Always => json!({"when": "always"}),
        Condition::IfRefused(other) => json!({"when": "if-refused", "action": other.as_str()}),
        Condition::IfDone(other) => json!({"when": "if-done", "action": other.as_str()}),
        Condition::IfBegun => json!({"when": "if-begun"}),
    }
}
