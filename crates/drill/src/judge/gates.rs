//! Gates: none of a Region is open that the control record lets not write, and never two at once
//! (`pay-write-gate-lease`).
//!
//! A gate is open up to the millisecond at which it closes and not in it. So what closes in the
//! millisecond in which another opens, or the point of no return is passed, was closed in time,
//! whichever of the two moments comes first in the history.

use crate::history::{Site, What};
use crate::judge::case::Case;
use crate::judge::subject::At;
use crate::judge::tenure::Tenure;
use crate::judge::violation::Violation;

/// What a gate of a Region is at.
#[derive(Clone, Copy, Default)]
struct Gate {
    /// Its epoch while it is open.
    open: Option<u64>,
    /// Since when it must not be open and is.
    forbidden_since: Option<u64>,
}

#[derive(Default)]
struct Gates<'h> {
    tenure: Tenure<'h>,
    gates: [Gate; 2],
    /// Since when both are open.
    both_since: Option<u64>,
}

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut gates = Gates::default();
    for moment in &case.history.moments {
        match &moment.what {
            What::Record(record) => {
                gates.tenure.turn(record);
                gates.note_forbidden(moment.at_ms);
            }
            What::Gate { site, open, .. } => {
                let at = At { ms: moment.at_ms, site: *site };
                // The end of what was open before, under whatever epoch.
                if open.is_none() || gates.gates[*site as usize].open.is_some() {
                    gates.close(at, found);
                }
                if let Some(epoch) = open {
                    gates.open(at, *epoch);
                }
            }
            _ => {}
        }
    }
    // What is open in the end is open in its last millisecond too.
    for site in Site::ALL {
        gates.close(At { ms: case.history.end.at_ms.saturating_add(1), site }, found);
    }
}

impl Gates<'_> {
    /// Whose permission ended, or began again.
    fn note_forbidden(&mut self, ms: u64) {
        for site in Site::ALL {
            let is_forbidden = !self.tenure.lets(site);
            let gate = &mut self.gates[site as usize];
            if gate.open.is_some() && is_forbidden {
                gate.forbidden_since.get_or_insert(ms);
            }
        }
    }

    fn open(&mut self, at: At, epoch: u64) {
        self.gates[at.site as usize].open = Some(epoch);
        if self.gates[at.site.other() as usize].open.is_some() {
            self.both_since.get_or_insert(at.ms);
        }
        self.note_forbidden(at.ms);
    }

    fn close(&mut self, at: At, found: &mut Vec<Violation>) {
        let Gate { open, forbidden_since } = std::mem::take(&mut self.gates[at.site as usize]);
        let Some(epoch) = open else { return };
        if let Some(since_ms) = forbidden_since.filter(|since_ms| *since_ms < at.ms) {
            found.push(Violation::GateWithoutPermission {
                epoch,
                site: at.site,
                since_ms,
                until_ms: at.ms,
            });
        }
        if let Some(since_ms) = self.both_since.take().filter(|since_ms| *since_ms < at.ms) {
            found.push(Violation::TwoGates { since_ms, until_ms: at.ms });
        }
    }
}
