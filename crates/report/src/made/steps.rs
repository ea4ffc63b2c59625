//! Every action of a run with its attempts, and what came of it.

use ::fence::Millis;
use runbook::{Action, Condition, Heading};

use super::legs::{Leg, Try};
use super::{Source, words};
use crate::known::{ApiCall, AttemptCalls};
use crate::report::{Attempt, CallTold, Step};

/// The steps in their order: of a leg that the run has left only those that anybody came to.
pub(super) fn steps(source: &Source<'_>) -> Vec<Step> {
    let last = source.legs.len().saturating_sub(1);
    let of_leg = |(index, leg): (usize, &Leg<'_>)| {
        let is_last = index == last;
        let actions = leg.plan.way(leg.heading).iter();
        let actions = actions.filter(|action| is_last || leg.has_touched(action.name));
        actions.map(|action| step(source, leg, action, is_last)).collect::<Vec<_>>()
    };
    source.legs.iter().enumerate().flat_map(of_leg).collect()
}

fn step(source: &Source<'_>, leg: &Leg<'_>, action: &Action, is_last: bool) -> Step {
    let tries = leg.tries(action.name);
    let began_at = tries.first().map(|first| first.began_at);
    let ended_at = tries.last().and_then(|last| last.ended).map(|(at, _)| at);
    let (result, told) = result(source, leg, action, is_last);
    Step {
        action: action.name.as_str(),
        stage: action.stage.as_str(),
        plan: leg.number,
        way: way(leg.heading),
        region: action.region.to_string(),
        is_required: action.is_required(),
        result,
        told,
        began_at: began_at.map(words::instant),
        ended_at: ended_at.map(words::instant),
        took_ms: began_at.zip(ended_at).map(|(began, ended)| ended.since(began).0),
        attempts: tries.iter().map(|one| attempt(source, leg, action, one)).collect(),
    }
}

const fn way(heading: Heading) -> &'static str {
    match heading {
        Heading::Forward => "forward",
        Heading::Back => "back",
    }
}

/// What came of an action, and what there is to tell of that.
fn result(
    source: &Source<'_>,
    leg: &Leg<'_>,
    action: &Action,
    is_last: bool,
) -> (&'static str, Option<String>) {
    let ended = leg.tries(action.name).last().map(|last| last.ended.map(|(_, result)| result));
    let is_at = is_last && source.standing.action().is_some_and(|at| at.name == action.name);
    match (ended, leg.skipped(action.name)) {
        (Some(Some(Ok(observed))), _) => ("done", words::observed(observed)),
        (_, Some((by, reason))) => ("skipped", Some(format!("{by}: {reason}"))),
        (Some(Some(Err(failure))), _) if is_at => ("failed", Some(failure.to_string())),
        (Some(Some(Err(failure))), _) if action.is_required() => {
            ("failed", Some(failure.to_string()))
        }
        (Some(Some(Err(failure))), _) => ("given-up", Some(failure.to_string())),
        (Some(None), _) if is_at => ("in-hand", None),
        (Some(None), _) => ("unanswered", Some("nobody wrote what came of it".to_owned())),
        (None, None) => (untouched(source, action), None),
    }
}

/// What is to be said of an action that nobody came to.
fn untouched(source: &Source<'_>, action: &Action) -> &'static str {
    let is_over = matches!(source.standing.status(), "finished" | "turned-back");
    if is_over && action.condition != Condition::Always { "not-due" } else { "not-begun" }
}

fn attempt(source: &Source<'_>, leg: &Leg<'_>, action: &Action, one: &Try<'_>) -> Attempt {
    let (result, told) = match one.ended {
        Some((_, Ok(observed))) => ("done", words::observed(observed)),
        Some((_, Err(failure))) => ("failed", Some(failure.to_string())),
        None => ("no-answer", None),
    };
    let calls = source.known.calls.as_ref();
    Attempt {
        number: one.number,
        runner: one.runner.to_string(),
        began_at: words::instant(one.began_at),
        ended_at: one.ended.map(|(at, _)| words::instant(at)),
        result,
        told,
        calls: calls.map(|calls| calls_of(calls, leg, action, one)),
    }
}

/// The calls of an attempt. The same number may stand for one on the way forward and one on the way back, or for one
/// under each plan, which are told apart by their time.
fn calls_of(
    calls: &[AttemptCalls],
    leg: &Leg<'_>,
    action: &Action,
    one: &Try<'_>,
) -> Vec<CallTold> {
    let is_of = |of: &&AttemptCalls| of.action == action.name.as_str() && of.attempt == one.number;
    let until = one.ended.map_or(Millis(u64::MAX), |(at, _)| at);
    // Clocks of a runner and of its journal are a clock bound apart.
    let slack = leg.plan.timing.clock_bound;
    let is_within = |call: &&ApiCall| {
        Millis(call.at).plus(slack) >= one.began_at && Millis(call.at) <= until.plus(slack)
    };
    calls.iter().filter(is_of).flat_map(|of| &of.calls).filter(is_within).map(call).collect()
}

fn call(call: &ApiCall) -> CallTold {
    CallTold {
        at: words::instant(Millis(call.at)),
        region: call.region.clone(),
        service: call.service.clone(),
        operation: call.operation.clone(),
        request_id: call.request_id.clone(),
        status: call.status,
        ms: call.ms,
    }
}
