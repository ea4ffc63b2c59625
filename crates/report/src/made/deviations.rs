//! Where a run left its plan: what was tried again, left out, taken over, paused, given up or done without.

use ::fence::{Author, Millis};
use runbook::{Entry, Event, Precondition};

use super::people::runners;
use super::{Source, words};
use crate::report::{Deviation, Step};

/// In the order in which it happened.
pub(super) fn deviations(source: &Source<'_>, steps: &[Step]) -> Vec<Deviation> {
    let mut all = done_without(source);
    all.extend(one_approver(source));
    all.extend(source.entries.iter().skip(1).filter_map(|entry| by_people(source, entry)));
    all.extend(takeovers(source));
    all.extend(steps.iter().flat_map(of_step));
    all.sort_by(|one, other| one.at.cmp(&other.at));
    all
}

fn deviation(at: Millis, kind: &'static str, what: String, by: Option<&Author>) -> Deviation {
    let (told, principal) = (by.map(ToString::to_string), by.and_then(words::principal));
    Deviation { at: words::instant(at), kind, what, by: told, principal }
}

fn done_without(source: &Source<'_>) -> Vec<Deviation> {
    let (at, by) = (source.summary.planned_at, source.summary.by);
    let without = source.plan().despite.iter();
    let told = |(what, found): (&Precondition, &String)| {
        let what = format!("the condition `{what}` was not met: {found}");
        deviation(at, "done-without", what, Some(by))
    };
    without.map(told).collect()
}

/// A loss that one person alone may accept (rule `human-approval-before-loss` asks for two).
fn one_approver(source: &Source<'_>) -> Vec<Deviation> {
    let (at, by) = (source.summary.planned_at, source.summary.by);
    let alone = source.plan().actions.iter().filter(|action| action.approvers == 1);
    let told = alone.map(|action| {
        let what = format!("`{}` was planned to need the approval of one person", action.name);
        deviation(at, "one-approver", what, Some(by))
    });
    told.collect()
}

fn by_people(source: &Source<'_>, entry: &Entry) -> Option<Deviation> {
    let at = entry.at;
    Some(match &entry.event {
        Event::Planned { plan, by, reason } => {
            let what = format!("went on as a {}: {reason}", plan.kind);
            deviation(at, "replanned", what, Some(by))
        }
        Event::Paused { by } => deviation(at, "pause", "the run was paused".to_owned(), Some(by)),
        Event::Resumed { by } => {
            deviation(at, "resume", "the run was let go on".to_owned(), Some(by))
        }
        Event::Retried { action, by } => {
            let what = format!("`{action}` was given more attempts");
            deviation(at, "retried-by-person", what, Some(by))
        }
        Event::Skipped { action, by, reason } => {
            deviation(at, "skip", format!("`{action}` was left out: {reason}"), Some(by))
        }
        Event::Aborted { by, reason } => {
            let region = &source.plan().source;
            let what = format!("the run turned back to {region}: {reason}");
            deviation(at, "turned-back", what, Some(by))
        }
        Event::Took { .. } | Event::Began { .. } | Event::Ended { .. } | Event::Approved { .. } => {
            return None;
        }
    })
}

fn takeovers(source: &Source<'_>) -> Vec<Deviation> {
    let all: Vec<_> = runners(source.entries).collect();
    let pairs = all.windows(2).filter_map(|pair| match pair {
        [(before, _), (runner, at)] => {
            let what = format!("runner `{runner}` took the run over from `{before}`");
            Some(deviation(*at, "takeover", what, None))
        }
        _ => None,
    });
    pairs.collect()
}

/// What the attempts of an action show.
fn of_step(step: &Step) -> Vec<Deviation> {
    let mut all = Vec::new();
    let mut tell = |at: &Option<String>, kind, what: String| {
        all.extend(at.clone().map(|at| Deviation { at, kind, what, by: None, principal: None }));
    };
    let (action, attempts) = (step.action, &step.attempts);
    if attempts.len() > 1 {
        tell(&step.began_at, "retry", format!("`{action}` took {} attempts", attempts.len()));
    }
    for attempt in attempts.iter().filter(|attempt| attempt.result == "no-answer") {
        let what = format!("nobody wrote what came of attempt {} of `{action}`", attempt.number);
        tell(&Some(attempt.began_at.clone()), "no-answer", what);
    }
    if step.result == "given-up" {
        let told = step.told.as_deref().unwrap_or_default();
        tell(&step.ended_at, "given-up", format!("the run went on without `{action}`: {told}"));
    }
    all
}
