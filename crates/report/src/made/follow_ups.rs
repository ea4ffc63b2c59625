//! What is to be done after a run, and by whom. What follows from the run is its initiator's, unless somebody else
//! decided it.

use runbook::{ActionName, Heading, PlanKind};

use super::Source;
use crate::known::FollowUp;
use crate::report::Report;

pub(super) fn follow_ups(source: &Source<'_>, report: &Report) -> Vec<FollowUp> {
    let owner = &report.run.initiator;
    let mut all: Vec<FollowUp> = Vec::new();
    let mut add = |what: String| all.push(FollowUp { what, owner: owner.clone() });
    if source.standing.is_open() {
        add(open(source, report));
    }
    let waiting = report.reconciliation.movements.iter().flatten();
    let waiting = waiting.filter(|movement| !is_settled(&movement.state)).count();
    if waiting > 0 {
        add(format!("see what was lost and is open to its end: {waiting} payments or refunds"));
    }
    for (name, objective) in [("RTO", &report.recovery.rto), ("RPO", &report.recovery.rpo)] {
        if objective.verdict == "missed" {
            add(format!("find out why the {name} was missed"));
        }
    }
    for step in report.steps.iter().filter(|step| step.result == "given-up") {
        add(format!("see to `{}`, which the run went on without", step.action));
    }
    if has_failed_over(source) {
        add(afterwards(source, report));
    }
    all.extend(skips(source));
    all.extend(source.known.follow_ups.iter().cloned());
    all
}

fn open(source: &Source<'_>, report: &Report) -> String {
    let run = &report.run.id;
    if source.standing.waits_for_people() {
        format!("decide about run {run}: {}", report.run.standing)
    } else {
        format!("see run {run} to its end: {}", report.run.standing)
    }
}

fn is_settled(state: &str) -> bool {
    matches!(state, "succeeded" | "declined" | "refused")
}

/// A service that is away from home goes back; one that came home needs its standby again.
fn afterwards(source: &Source<'_>, report: &Report) -> String {
    let (left, opened) = (&report.run.source, &report.run.target);
    match &source.known.home {
        Some(home) if home == opened => {
            format!(
                "see that {left} can take over again: {opened} is home, and has no standby until then"
            )
        }
        Some(home) => format!("fail back to {home} when its conditions are met"),
        None => format!("fail back to {left} when its conditions are met, if it is home"),
    }
}

/// Whether a failover has opened its target.
fn has_failed_over(source: &Source<'_>) -> bool {
    let leg = source.last_leg();
    source.plan().kind == PlanKind::Failover
        && leg.heading == Heading::Forward
        && leg.done(ActionName::Open).is_some()
}

/// What was skipped is whose who skipped it.
fn skips(source: &Source<'_>) -> Vec<FollowUp> {
    let skipped = source.summary.skipped.iter();
    let told = skipped.map(|(action, by, _)| FollowUp {
        what: format!("make up for `{action}`, which was left out"),
        owner: by.to_string(),
    });
    told.collect()
}
