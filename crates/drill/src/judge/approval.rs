//! No failover begins before enough different people have approved the loss, and their approvals
//! count at that time.

use std::collections::BTreeMap;

use fence::{Millis, RunKind};
use runbook::{ActionName, Entry, Event};

use crate::history::{RunStep, START_MS, What};
use crate::judge::case::Case;
use crate::judge::runs::{Run, Runs};
use crate::judge::violation::Violation;

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut runs = Runs::default();
    // How each run may begin as a failover: approved at one of the attempts, or not.
    let mut begun: BTreeMap<&str, bool> = BTreeMap::new();
    let mut is_failover: BTreeMap<&str, bool> = BTreeMap::new();
    for moment in &case.history.moments {
        match &moment.what {
            What::Run { run: id, step: RunStep::Journaled(entry) } => {
                let run = runs.run(id);
                if let Some(now) = begins(entry) {
                    let is_approved = missing_approvals(run, now).is_none();
                    *begun.entry(id).or_default() |= is_approved;
                }
                run.write(entry);
            }
            What::Record(record) => {
                let Some(run) = record.run().filter(|run| run.kind == RunKind::Failover) else {
                    continue;
                };
                let id = run.id.as_str();
                let is_known = is_failover.insert(id, true).unwrap_or_default();
                if is_known || begun.get(id) == Some(&true) {
                    continue;
                }
                // Some attempt of this run wrote the record, and none of them was approved.
                let (approvers, needed) =
                    missing_approvals(runs.run(id), Millis(START_MS + moment.at_ms))
                        .unwrap_or_else(|| (Vec::new(), needed_by(runs.run(id))));
                let (run, at_ms) = (id.to_owned(), moment.at_ms);
                found.push(Violation::LossNotApproved { run, at_ms, approvers, needed });
            }
            _ => {}
        }
    }
}

/// When this entry begins an attempt to begin the run.
fn begins(entry: &Entry) -> Option<Millis> {
    let is_begin = matches!(&entry.event, Event::Began { action: ActionName::BeginRun, .. });
    is_begin.then_some(entry.at)
}

/// Who has approved the loss, and how many must, when that is not enough.
fn missing_approvals(run: &Run<'_>, now: Millis) -> Option<(Vec<String>, u32)> {
    let approvers = run.approvers(ActionName::ApproveLoss, now.0);
    let needed = needed_by(run);
    let is_enough = u32::try_from(approvers.len()).unwrap_or(u32::MAX) >= needed;
    (!is_enough).then(|| (approvers.into_iter().map(str::to_owned).collect(), needed))
}

/// How many people the plan asks; at least one, whatever it says.
fn needed_by(run: &Run<'_>) -> u32 {
    let actions = run.plan().map_or(&[][..], |plan| &plan.actions);
    let asked = actions.iter().find(|action| action.name == ActionName::ApproveLoss);
    asked.map_or(1, |action| action.approvers.max(1))
}
