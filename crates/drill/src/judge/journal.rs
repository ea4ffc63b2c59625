//! The journals: positions without gaps and doubles, actions in the order of the plan, and no effect
//! before its beginning is written down.

use runbook::{ActionName, Entry, Event};

use crate::history::{RunStep, What};
use crate::judge::case::Case;
use crate::judge::runs::{Run, Runs};
use crate::judge::violation::Violation;

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut runs = Runs::default();
    for moment in &case.history.moments {
        let What::Run { run: id, step } = &moment.what else { continue };
        match step {
            RunStep::Journaled(entry) => {
                let run = runs.run(id);
                read(run, (id, moment.at_ms), entry, found);
                run.write(entry);
            }
            RunStep::Shortened(lines) => runs.run(id).shorten(*lines),
            RunStep::Performed { action, .. } if !runs.run(id).may_act(*action) => {
                let (run, at_ms, action) = (id.clone(), moment.at_ms, *action);
                found.push(Violation::EffectBeforeJournal { run, at_ms, action });
            }
            _ => {}
        }
    }
}

fn read(run: &Run<'_>, (id, at_ms): (&str, u64), entry: &Entry, found: &mut Vec<Violation>) {
    let (id, expected) = (id.to_owned(), run.length);
    if entry.position != expected {
        let (run, position) = (id.clone(), entry.position);
        found.push(Violation::JournalGap { run, at_ms, expected, position });
    }
    let Event::Began { action, .. } = &entry.event else { return };
    if let Some(before) = out_of_order(run, *action) {
        found.push(Violation::OutOfOrder { run: id, at_ms, action: *action, before });
    }
}

/// What should have been over before this action begins. An action that the plan does not have
/// should not have begun at all.
fn out_of_order(run: &Run<'_>, action: ActionName) -> Option<Option<ActionName>> {
    if !run.is_planned(action) {
        return Some(None);
    }
    run.skipped_over(action).map(Some)
}
