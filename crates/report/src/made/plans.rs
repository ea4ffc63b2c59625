//! The plans of a run, their digests, and what was asked before the last of them.

use ::fence::Millis;
use ring::digest::{SHA256, digest};
use runbook::{Entry, Event, Plan, Precondition, wire};

use super::{Source, words};
use crate::journal_file::journal_text;
use crate::report::{DeployedTold, PlanTold, PreconditionResult, TemplateTold};

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn journal_sha256(entries: &[Entry]) -> String {
    sha256(journal_text(entries).as_bytes())
}

pub(super) fn plans(entries: &[Entry]) -> Vec<PlanTold> {
    let plans = entries.iter().filter_map(|entry| match &entry.event {
        Event::Planned { plan, by, reason } => Some(PlanTold {
            kind: plan.kind.as_str(),
            by: by.to_string(),
            principal: words::principal(by),
            reason: reason.clone(),
            at: words::instant(entry.at),
            format: wire::FORMAT,
            sha256: sha256((wire::encode(entry) + "\n").as_bytes()),
            epoch_seen: plan.seen.number(),
            epoch_reserved: plan.epoch.number(),
            actions: plan.actions.len(),
        }),
        _ => None,
    });
    plans.collect()
}

/// There is a plan only where every condition was met, or was done without.
pub(super) fn preconditions(plan: &Plan) -> Vec<PreconditionResult> {
    let asked = Precondition::ALL.iter().filter(|what| what.is_asked_of(plan.kind));
    let results = asked.map(|what| {
        let found = plan.despite.get(what).cloned();
        let result = if found.is_some() { "done-without" } else { "met" };
        PreconditionResult { name: what.as_str(), result, found }
    });
    results.collect()
}

/// The templates, in the order of Regions and stacks.
pub(super) fn templates(source: &Source<'_>) -> Option<Vec<TemplateTold>> {
    let planned_at = source.summary.planned_at;
    let told = source.known.templates.iter().flatten().map(|template| TemplateTold {
        region: template.region.clone(),
        stack: template.stack.clone(),
        sha256: template.sha256.clone(),
        deployed: template.deployed.as_ref().map(|deployed| DeployedTold {
            sha256: deployed.sha256.clone(),
            is_same: deployed.is_same,
            was_there_before: deployed.changed_at.is_some_and(|at| Millis(at) <= planned_at),
            changed_at: deployed.changed_at.map(|at| words::instant(Millis(at))),
        }),
        not_deployed: template.not_deployed.clone(),
    });
    let mut told: Vec<TemplateTold> = told.collect();
    told.sort();
    source.known.templates.is_some().then_some(told)
}
