//! No money moves twice: not under one key of the processor's, not for one movement, not for one
//! idempotency key; refunds give back no more than was taken; the books say what the processor
//! did (`pay-at-most-once-external`); and a payment that was acknowledged is carried out.

use payments::{Fate, MovementId, ProcessorKey, ScopedKey, State};

use crate::history::{Card, What};
use crate::judge::case::Case;
use crate::judge::detail::Books;
use crate::judge::subject::At;
use crate::judge::violation::Violation;

/// Money that moved for a movement.
#[derive(Clone, Copy)]
struct Moved {
    at: At,
    minor_units: i64,
}

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let moved = movements(case, found);
    keys(case, &moved, found);
    compare_with_books(case, &moved, found);
    carried_out(case, found);
}

/// The first move of each movement, while the moves are read in their order.
fn movements(case: &Case<'_>, found: &mut Vec<Violation>) -> Vec<Option<Moved>> {
    let mut moved = case.for_each_movement(None::<Moved>);
    let mut given_back = case.for_each_movement(0_i64);
    for (number, moment) in case.moments() {
        let (What::Moved { key, movement, minor_units, from }, Some(number)) =
            (&moment.what, number)
        else {
            continue;
        };
        let (at, minor_units) = (At { ms: moment.at_ms, site: *from }, *minor_units);
        if *key != ProcessorKey::of(*movement) {
            found.push(Violation::OtherProcessorKey {
                subject: case.subject(number),
                key: *key,
                at,
            });
        }
        match moved[number] {
            None => moved[number] = Some(Moved { at, minor_units }),
            Some(Moved { at: first, .. }) => {
                found.push(Violation::MovedTwice {
                    subject: case.subject(number),
                    first,
                    again: at,
                });
            }
        }
        if matches!(movement, MovementId::Refund(..)) {
            let payment = case.payment_of(number);
            let taken = payment.and_then(|payment| moved[payment]).map_or(0, |it| it.minor_units);
            let given = payment.map_or(minor_units, |payment| {
                given_back[payment] += minor_units;
                given_back[payment]
            });
            if given > taken {
                let subject = case.subject(number);
                found.push(Violation::RefundedTooMuch { subject, at, taken, given });
            }
        }
    }
    moved
}

/// Two movements of one idempotency key that both moved money.
fn keys(case: &Case<'_>, moved: &[Option<Moved>], found: &mut Vec<Violation>) {
    let mut by_key: Vec<(ScopedKey, At, usize)> = Vec::new();
    for (number, movement) in case.movements.iter().enumerate() {
        if let (Some(key), Some(Moved { at, .. })) = (movement.key, moved[number]) {
            by_key.push((key, at, number));
        }
    }
    by_key.sort_unstable();
    for pair in by_key.windows(2) {
        let [(key, first, one), (other_key, again, other)] = pair else { continue };
        if key == other_key {
            let (subject, other) = (case.subject(*one), case.subject(*other));
            let (first, again) = (*first, *again);
            found.push(Violation::MovedForOneKey { subject, first, other, again });
        }
    }
}

/// In the end the books say `succeeded` of what moved money, and of nothing else.
fn compare_with_books(case: &Case<'_>, moved: &[Option<Moved>], found: &mut Vec<Violation>) {
    for (number, movement) in case.movements.iter().enumerate() {
        let books = match movement.in_ledger {
            _ if case.is_held(number) => continue,
            None => Books::Missing,
            Some((Fate::Refused(_), _)) => Books::Refused,
            Some((Fate::Taken(state), money)) => Books::Say(state, money),
        };
        let agrees = match (&books, moved[number]) {
            (Books::Say(State::Succeeded, money), moved) => {
                moved.is_some_and(|it| it.minor_units == money.amount.minor_units())
            }
            (_, None) => true,
            (Books::Say(State::Declined, _) | Books::Missing | Books::Refused, Some(_)) => false,
            // The processor's answer may still be on its way, unless nothing is.
            (Books::Say(..), Some(_)) => !case.history.end.is_at_rest,
        };
        if !agrees {
            let moved = moved[number].map(|it| (it.minor_units, it.at));
            found.push(Violation::MovedUnlikeBooks { subject: case.subject(number), moved, books });
        }
    }
}

/// A payment that was acknowledged, and whose card accepts it, is not declined in the end. That none
/// is left open for ever is liveness.
fn carried_out(case: &Case<'_>, found: &mut Vec<Violation>) {
    for (number, movement) in case.movements.iter().enumerate() {
        let accepts = |request: u32| case.history.requests[request as usize].card == Card::Accepts;
        let is_declined = matches!(movement.in_ledger, Some((Fate::Taken(State::Declined), _)));
        if let (Some(request), Some(acknowledged)) = (movement.request, movement.acknowledged)
            && accepts(request)
            && is_declined
        {
            found.push(Violation::NotCarriedOut { subject: case.subject(number), acknowledged });
        }
    }
}
