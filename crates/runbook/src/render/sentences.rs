//! Sentences about a plan and its actions that text and page have in common.

use crate::action::{Action, ActionName, Condition, OnFailure, Plane, Stage};
use crate::plan::{Plan, PlanKind};

/// What a plan is, in a few lines.
pub(super) fn head(plan: &Plan) -> Vec<String> {
    let Plan { kind, run, source, target, witness, seen, epoch, .. } = plan;
    let mut lines = vec![
        format!("{kind} from {source} to {target}; the witness is {witness}"),
        format!("run {run}, decided in epoch {seen}, reserves epoch {epoch}"),
    ];
    lines.extend(plan.earlier.as_ref().map(|run| format!("closes run {run} first")));
    lines.push(format!("control-plane calls that users wait for: {}", control_plane_calls(plan)));
    lines
}

/// The calls to control planes that the way forward rests on until everything but the return of the
/// source is done (rule `runbook-data-plane-only`).
pub(super) fn control_plane_calls(plan: &Plan) -> String {
    let awaited = |action: &&Action| action.stage != Stage::Restore && action.is_required();
    let calls = plan.actions.iter().filter(awaited).flat_map(|action| &action.calls);
    let mut control: Vec<String> = calls
        .filter(|call| call.plane == Plane::Control)
        .map(|call| format!("{} {} in {}", call.service.as_str(), call.api, call.region))
        .collect();
    control.sort_unstable();
    control.dedup();
    if control.is_empty() { "none".to_owned() } else { control.join(", ") }
}

/// When an action is due, unless it always is.
pub(super) fn condition(action: &Action) -> Option<String> {
    match action.condition {
        Condition::Always => None,
        Condition::IfRefused(other) => {
            Some(format!("only if {other} was refused because of versions"))
        }
        Condition::IfDone(other) => Some(format!("only if {other} was done and not skipped")),
        Condition::IfBegun => Some("only if the run has begun, or may have".to_owned()),
    }
}

/// Who is waited for, if anybody is.
pub(super) fn approval(action: &Action) -> Option<String> {
    match action.approvers {
        0 => None,
        1 => Some("waits for the approval of 1 person".to_owned()),
        several => Some(format!("waits for the approval of {several} people")),
    }
}

/// What is special about an action, in a line: nothing, for most.
pub(super) fn notes(action: &Action) -> Option<String> {
    let skip = action.is_skippable.then(|| "may be skipped".to_owned());
    let back = turns_back(action).map(str::to_owned);
    let notes: Vec<String> =
        [approval(action), condition(action), skip, back].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// When an action takes the way back by itself, if it does.
fn turns_back(action: &Action) -> Option<&'static str> {
    match action.on_failure {
        OnFailure::Abort => Some("takes the way back when it fails"),
        _ if action.name == ActionName::SwitchDatabase => {
            Some("takes the way back when nothing was moved")
        }
        OnFailure::GoOn | OnFailure::Stop => None,
    }
}

/// What the run does when all attempts of an action failed.
pub(super) fn on_failure(action: &Action) -> &'static str {
    match action.on_failure {
        OnFailure::GoOn => "The run goes on without it.",
        OnFailure::Stop => "The run waits for a person.",
        OnFailure::Abort => "The run takes the way back.",
    }
}

/// The first line of a page.
pub(super) fn title(plan: &Plan) -> String {
    let (source, target) = (&plan.source, &plan.target);
    match plan.kind {
        PlanKind::Switchover => format!("Switchover from {source} to {target}"),
        PlanKind::Failover => format!("Failover: {source} is lost, {target} takes over"),
        PlanKind::Failback => format!("Failback from {source} home to {target}"),
    }
}
