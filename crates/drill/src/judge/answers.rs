//! One outcome for each idempotency key: a 2xx for one movement, or a refusal, and the same for ever;
//! and no movement answers for two keys (`pay-idempotency-survives-region-loss`).

use crate::history::{Answer, What};
use crate::judge::case::Case;
use crate::judge::subject::At;
use crate::judge::violation::{Outcome, Violation};

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
    amounts(case, found);
}

/// What was acknowledged is in the ledger as it was asked for.
fn amounts(case: &Case<'_>, found: &mut Vec<Violation>) {
    for (number, movement) in case.movements.iter().enumerate() {
        let (Some(request), Some((_, booked))) = (movement.request, movement.in_ledger) else {
            continue;
        };
        if case.history.requests[request as usize].money() != booked {
            found.push(Violation::OtherAmount { subject: case.subject(number), booked });
        }
    }
}
