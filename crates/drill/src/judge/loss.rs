//! A loss is named before the target answers anybody: everything that a promotion lost and that was
//! accepted is in quarantine or back in the ledger when the target is opened, and the control record
//! notes since when something may be lost. A switchover loses nothing, a failover only where the scenario expects it (`pay-reconcile-after-loss`).

use fence::{ControlRecord, RunKind};
use payments::MovementId;

use crate::history::{Site, What};
use crate::judge::case::Case;
use crate::judge::subject::At;
use crate::judge::tenure::{Tenure, Turn};
use crate::judge::violation::Violation;

/// What is known of a movement.
#[derive(Clone, Copy, Default)]
struct Row {
    is_accepted: bool,
    /// Whether its last commit was a refusal: there is nothing to lose.
    is_refused: bool,
    is_held: bool,
    /// The promotion that lost it, until the ledger has it again.
    lost: Option<At>,
}

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut rows = case.for_each_movement(Row::default());
    let mut tenure = Tenure::default();
    for (number, moment) in case.moments() {
        match (&moment.what, number) {
            (What::IntentWritten { .. }, Some(number)) => rows[number].is_accepted = true,
            (What::Quarantine { held, .. }, Some(number)) => rows[number].is_held = *held,
            (What::Committed { site, state, .. }, Some(number)) => {
                let row = &mut rows[number];
                row.is_refused = state.is_none();
                row.lost = row.lost.filter(|lost| is_gone(lost.site, *site));
            }
            (What::Promoted { site, lost }, _) => {
                let at = At { ms: moment.at_ms, site: *site };
                note_lost(case, &mut rows, at, lost);
                let kind = tenure.record().and_then(|record| Some(record.run()?.kind));
                if !lost.is_empty() && !may_lose(case, kind) {
                    let kind = kind.unwrap_or(RunKind::Failover);
                    let subject = case.number(lost[0]).map(|number| case.subject(number));
                    let subject = subject.expect("what was lost has a number");
                    found.push(Violation::RowsLost { at, kind, count: lost.len(), subject });
                }
            }
            (What::Record(record), _) => {
                if let Turn::Opened(site) = tenure.turn(record) {
                    let opened = At { ms: moment.at_ms, site };
                    report(case, &mut rows, opened, found);
                    check_note(record, opened, found);
                }
            }
            _ => {}
        }
    }
}

/// Whoever looks for what is lost begins at the epoch that the record notes.
fn check_note(record: &ControlRecord, opened: At, found: &mut Vec<Violation>) {
    let is_failover = record.run().is_some_and(|run| {
        run.kind == RunKind::Failover && Site::of(&run.target) == Some(opened.site)
    });
    let (epoch, noted) = (record.epoch(), record.nothing_lost_since());
    if is_failover && noted != epoch {
        let (epoch, noted) = (epoch.number(), noted.number());
        found.push(Violation::LossNotNoted { opened, epoch, noted });
    }
}

fn may_lose(case: &Case<'_>, kind: Option<RunKind>) -> bool {
    case.expectation.may_lose_rows && kind != Some(RunKind::Switchover)
}

/// What the old writer still commits brings nothing back.
fn is_gone(writer: Site, committed_in: Site) -> bool {
    writer != committed_in
}

fn note_lost(case: &Case<'_>, rows: &mut [Row], at: At, lost: &[MovementId]) {
    for movement in lost {
        if let Some(number) = case.number(*movement) {
            rows[number].lost = Some(at);
        }
    }
}

fn report(case: &Case<'_>, rows: &mut [Row], opened: At, found: &mut Vec<Violation>) {
    for (number, row) in rows.iter_mut().enumerate() {
        let Row { is_accepted: true, is_refused: false, is_held: false, lost: Some(promoted) } =
            *row
        else {
            continue;
        };
        row.lost = None;
        found.push(Violation::LossUnnamed { subject: case.subject(number), promoted, opened });
    }
}
