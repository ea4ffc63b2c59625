//! One outcome for each idempotency key: a 2xx for one movement, or a refusal, and the same for ever;
//! no movement answers for two keys, and each is what was asked for under its key
//! (`pay-idempotency-survives-region-loss`).

use payments::{IdempotencyKey, MovementId, Order, Scope, ScopedKey};

use crate::history::{Answer, RequestKind, What};
use crate::judge::case::Case;
use crate::judge::detail::Outcome;
use crate::judge::subject::At;
use crate::judge::violation::Violation;

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut first: Vec<Option<(Outcome, At)>> = vec![None; case.history.requests.len()];
    let mut is_reported = vec![false; first.len()];
    for (number, moment) in case.moments() {
        let What::Told { request, from, answer, .. } = &moment.what else { continue };
        let outcome = match answer {
            Answer::Acknowledged(movement) => Outcome::Movement(*movement),
            Answer::Refused => Outcome::Refusal,
            _ => continue,
        };
        let at = At { ms: moment.at_ms, site: *from };
        let (before, first_at) = *first[*request as usize].get_or_insert((outcome, at));
        let is_reported = &mut is_reported[*request as usize];
        if before != outcome && !*is_reported {
            *is_reported = true;
            let request = case.subject_of_request(*request);
            found.push(Violation::TwoOutcomes {
                request,
                first: (before, first_at),
                then: (outcome, at),
            });
        }
        let Some(number) = number else { continue };
        if case.movements[number].request.is_some_and(|other| other != *request) {
            let (subject, other) = (case.subject(number), case.subject_of_request(*request));
            found.push(Violation::SharedMovement { subject, other, at });
        }
    }
    movements(case, found);
}

/// What was acknowledged is what was asked for.
fn movements(case: &Case<'_>, found: &mut Vec<Violation>) {
    for (number, movement) in case.movements.iter().enumerate() {
        let (Some(request), Some(at)) = (movement.request, movement.acknowledged) else { continue };
        if !is_of(case, number, request) {
            found.push(Violation::OtherKeysMovement { subject: case.subject(number), at });
        }
        if let Some((_, booked)) = movement.in_ledger
            && case.history.requests[request as usize].money() != booked
        {
            found.push(Violation::OtherAmount { subject: case.subject(number), booked });
        }
    }
}

/// Whether the movement's intent has the name that this request's key gives it, as far as that can
/// be told.
fn is_of(case: &Case<'_>, number: usize, request: u32) -> bool {
    let movement = &case.movements[number];
    let wanted = &case.history.requests[request as usize];
    let scope = match (wanted.kind, movement.id, movement.intent.map(|intent| &intent.order)) {
        (RequestKind::Payment, MovementId::Payment(_), Some(Order::Payment(order))) => {
            Scope::PaymentsOf(order.account())
        }
        (RequestKind::Payment, MovementId::Payment(_), None) => return true,
        (RequestKind::Refund { of }, MovementId::Refund(payment, _), _) => {
            let refunded = case.payment_of(number).map(|payment| &case.movements[payment]);
            if refunded.is_some_and(|payment| payment.request.is_some_and(|asked| asked != of)) {
                return false;
            }
            Scope::RefundsOf(payment)
        }
        _ => return false,
    };
    let key = IdempotencyKey::parse(Some(&wanted.key)).ok();
    let name = key.map(|key| ScopedKey::new(scope, &key));
    movement.key.is_none() || movement.key == name
}
