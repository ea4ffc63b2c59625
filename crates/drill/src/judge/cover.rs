//! At no time has the ledger that counts taken more refunds of a payment than the payment has money:
//! what is under way counts, because the processor may pay it out (`pay-double-entry-invariants`).

use payments::{BookFault, MovementId, State};

use crate::history::{Site, What};
use crate::judge::case::Case;
use crate::judge::violation::Violation;

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut taken = Taken {
        case,
        counts: case.for_each_movement(false),
        sums: case.for_each_movement(0),
        is_reported: case.for_each_movement(false),
        writer: None,
    };
    for (number, moment) in case.moments() {
        match (&moment.what, number) {
            (What::Committed { site, movement, state, .. }, Some(number))
                if taken.writer.is_none_or(|writer| writer == *site) =>
            {
                taken.commit(number, *movement, *state, moment.at_ms, found);
            }
            (What::Promoted { site, lost }, _) => {
                taken.writer = Some(*site);
                // What they are now is not known: not more than they were.
                for number in lost.iter().filter_map(|movement| case.number(*movement)) {
                    taken.count(number, false);
                }
            }
            _ => {}
        }
    }
}

struct Taken<'c, 'h> {
    case: &'c Case<'h>,
    /// Whether a refund counts.
    counts: Vec<bool>,
    /// What the refunds of a payment that count add up to, in minor units.
    sums: Vec<i64>,
    is_reported: Vec<bool>,
    /// Whose database is the writer.
    writer: Option<Site>,
}

impl Taken<'_, '_> {
    fn commit(
        &mut self,
        number: usize,
        movement: MovementId,
        state: Option<State>,
        at_ms: u64,
        found: &mut Vec<Violation>,
    ) {
        let MovementId::Refund(payment, _) = movement else { return };
        self.count(number, state.is_some_and(counts));
        let Some(of) = self.case.payment_of(number) else { return };
        let is_covered = self.units(of).is_none_or(|units| self.sums[of] <= units);
        if !is_covered && !self.is_reported[of] {
            self.is_reported[of] = true;
            found.push(Violation::Books { fault: BookFault::RefundedTooMuch(payment), at_ms });
        }
    }

    /// Counts a refund, or does not any more.
    fn count(&mut self, number: usize, counts: bool) {
        let was_counted = std::mem::replace(&mut self.counts[number], counts);
        if let (Some(of), Some(units)) = (self.case.payment_of(number), self.units(number)) {
            self.sums[of] += units * (i64::from(counts) - i64::from(was_counted));
        }
    }

    fn units(&self, number: usize) -> Option<i64> {
        Some(self.case.money(number)?.amount.minor_units())
    }
}

/// Whether a refund in this state has, takes or may take money; of what is in quarantine, nobody
/// knows.
fn counts(state: State) -> bool {
    !matches!(state, State::Accepted | State::Quarantined | State::Declined)
}
