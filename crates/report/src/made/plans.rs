//! The plans of a run, their digests, and what was asked before the last of them.

use ring::digest::{SHA256, digest};
use runbook::{Entry, Event, Plan, Precondition, wire};

use super::words;
use crate::journal_file::journal_text;
use crate::report::{PlanTold, PreconditionResult};

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
