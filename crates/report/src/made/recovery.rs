//! RTO and RPO, measured beside what was promised.

use ::fence::Millis;
use runbook::{ActionName, Heading, PlanKind, Stage};

use super::{Source, loss, words};
use crate::known::Movement;
use crate::report::{Loss, Objective, Recovery, Service, Spent};

pub(super) fn recovery(source: &Source<'_>, loss: &Loss) -> Recovery {
    let planned_at = source.summary.planned_at;
    let fault_at = source.known.fault_at.map(Millis);
    let served = served(source);
    let is_untouched = is_untouched(source);
    let rto_ms = match served {
        Some((_, at)) => Some(at.since(fault_at.unwrap_or(planned_at)).0),
        None => is_untouched.then_some(0),
    };
    let objectives = source.known.objectives;
    let rpo_ms = rpo_ms(source, loss);
    Recovery {
        counts_from: if fault_at.is_some() { "fault" } else { "plan" },
        rto: objective(objectives.map(|it| it.rto_ms), rto_ms, "not-served"),
        phases: phases(source),
        served: served.map(|(action, at)| Service {
            region: region(source).to_owned(),
            at: words::instant(at),
            shown_by: action.as_str(),
        }),
        rpo: objective(objectives.map(|it| it.rpo_ms), rpo_ms, "not-known"),
    }
}

fn objective(
    target_ms: Option<u64>,
    measured_ms: Option<u64>,
    unmeasured: &'static str,
) -> Objective {
    let verdict = match (target_ms, measured_ms) {
        (_, None) => unmeasured,
        (None, Some(_)) => "not-known",
        (Some(target), Some(measured)) if measured <= target => "met",
        (Some(_), Some(_)) => "missed",
    };
    Objective { target_ms, measured_ms, verdict }
}

/// The Region that the run was to leave active.
fn region<'s>(source: &'s Source<'_>) -> &'s str {
    let plan = source.plan();
    if source.is_back() { plan.source.as_str() } else { plan.target.as_str() }
}

/// When a Region served by the run, and what shows it: the best that there is.
fn served(source: &Source<'_>) -> Option<(ActionName, Millis)> {
    let leg = source.last_leg();
    let shown = match leg.heading {
        Heading::Forward => {
            &[ActionName::ConfirmTraffic, ActionName::DirectTraffic, ActionName::Open][..]
        }
        Heading::Back => &[ActionName::ReopenSource, ActionName::Abort][..],
    };
    shown.iter().find_map(|action| leg.done(*action).map(|(at, _)| (*action, at)))
}

/// Whether a planned run turned back before it had closed anything.
fn is_untouched(source: &Source<'_>) -> bool {
    source.plan().kind != PlanKind::Failover
        && source.standing.status() == "turned-back"
        && source.legs.iter().all(|leg| leg.tries(ActionName::BeginRun).is_empty())
}

/// From the loss to the plan, if it is known when that was, and then by phase.
fn phases(source: &Source<'_>) -> Vec<Spent> {
    let detect = source.known.fault_at.map(|fault_at| Spent {
        stage: "detect",
        ms: source.summary.planned_at.since(Millis(fault_at)).0,
        in_rto: true,
    });
    let phases = source.summary.phases.iter().map(|(stage, spent)| Spent {
        stage: stage.as_str(),
        ms: spent.0,
        in_rto: *stage <= Stage::Route,
    });
    detect.into_iter().chain(phases).collect()
}

/// From when the oldest was accepted that was lost to the loss of the Region, and no less than replication was behind (rule
/// `aurora-use-rpolag-for-loss`). Where nobody said when the Region was lost, the newest of them stands for that, and only
/// beside a lag that was seen: one payment alone tells of no stretch.
fn rpo_ms(source: &Source<'_>, loss: &Loss) -> Option<u64> {
    if loss.actual_movements == Some(0) {
        return Some(0);
    }
    let movements = loss::named(source)?;
    let accepted = || movements.iter().map(|movement: &Movement| movement.accepted_at);
    let (oldest, newest) = accepted().min().zip(accepted().max())?;
    let until = |end: u64| end.max(newest).saturating_sub(oldest);
    match (source.known.fault_at, loss.lag_at_decision_ms) {
        (Some(fault_at), lag_ms) => Some(until(fault_at).max(lag_ms.unwrap_or(0))),
        (None, lag_ms) => lag_ms.map(|lag_ms| until(newest).max(lag_ms)),
    }
}
