//! The rows of a table as a planted bug has them: in another order, or with one left out.

use planted::{Bug, is_planted};

use super::Row;
use crate::action::{ActionName, OnFailure};

/// The rows; those of the table, when nothing is planted.
pub(super) fn rows(table: &[Row]) -> Vec<Row> {
    let mut rows = table.to_vec();
    let left_out = [
        (Bug::HoldingLeftOut, ActionName::HoldMissing),
        (Bug::SettlingLeftOut, ActionName::SettleMissing),
        (Bug::EpochNotRaised, ActionName::RaiseEpoch),
        (Bug::AbortPastNoReturn, ActionName::ConfirmWriter),
    ];
    for (bug, name) in left_out {
        rows.retain(|row| row.name != name || !is_planted(bug));
    }
    let misplaced = [
        (Bug::FencedBeforeApproval, ActionName::BeginRun, ActionName::ApproveLoss),
        (Bug::PromotedBeforeFence, ActionName::PromoteDatabase, ActionName::WaitForFence),
        (Bug::SwitchedBeforeFence, ActionName::SwitchDatabase, ActionName::WaitForFence),
        (Bug::OpenedBeforeHolding, ActionName::Open, ActionName::HoldMissing),
    ];
    for (bug, name, before) in misplaced {
        if is_planted(bug) {
            move_before(&mut rows, name, before);
        }
    }
    if is_planted(Bug::LostRegionRequired) {
        for row in rows.iter_mut().filter(|row| row.name == ActionName::StopSource) {
            row.on_failure = OnFailure::Stop;
        }
    }
    rows
}

/// Does one action right before another, if the table has both.
fn move_before(rows: &mut Vec<Row>, name: ActionName, before: ActionName) {
    let place = |rows: &[Row], name| rows.iter().position(|row| row.name == name);
    if let (Some(from), Some(to)) = (place(rows, name), place(rows, before)) {
        let row = rows.remove(from);
        rows.insert(to, row);
    }
}
