//! Liveness: after the faults the service is back in time for those who wait, every client has its
//! answer, nothing is left to do, and the Region is active that should be.

use crate::history::{Answer, What};
use crate::judge::case::Case;
use crate::judge::facts::Facts;
use crate::judge::outages::Outage;
use crate::judge::tenure::active;
use crate::judge::violation::Violation;

pub(super) fn judge(case: &Case<'_>, facts: &Facts, found: &mut Vec<Violation>) {
    let (end, expectation) = (&case.history.end, case.expectation);
    pauses(case, facts, found);
    unanswered(case, found);
    if !end.is_at_rest {
        found.push(Violation::NotAtRest { at_ms: end.at_ms, left: end.left.clone() });
    }
    let is_active = end.record.as_ref().and_then(active);
    if let Some(expected) = expectation.active.filter(|expected| is_active != Some(*expected)) {
        found.push(Violation::OtherRegionActive { at_ms: end.at_ms, expected, active: is_active });
    }
}

fn pauses(case: &Case<'_>, facts: &Facts, found: &mut Vec<Violation>) {
    for Outage { began_ms: disturbed_ms, served } in &facts.outages {
        let (Some(allowed_ms), disturbed_ms, served) =
            (case.expectation.rto_ms, *disturbed_ms, *served)
        else {
            break;
        };
        let until_ms = disturbed_ms.saturating_add(allowed_ms);
        let is_in_time = served.is_some_and(|at| at.ms <= until_ms);
        if !is_in_time && waits(case, until_ms) {
            found.push(Violation::ServedTooLate { disturbed_ms, served, allowed_ms });
        }
    }
    let pause = facts.longest_pause;
    if let Some(allowed_ms) = case.expectation.pause_ms
        && pause.until_ms - pause.from_ms > allowed_ms
    {
        found.push(Violation::PauseTooLong { pause, allowed_ms });
    }
}

/// Whether a client waits to be served at this time. Where nobody asks, nobody can be; and who heard
/// that its payment is in quarantine is served, if not acknowledged.
fn waits(case: &Case<'_>, at_ms: u64) -> bool {
    let mut waiting = vec![Waiting::No; case.history.requests.len()];
    for moment in case.history.moments.iter().take_while(|moment| moment.at_ms <= at_ms) {
        let (request, now) = match moment.what {
            What::Sent { request, attempt: 1, .. } => (request, Waiting::Yes),
            What::Told { request, answer, .. } => (request, Waiting::after(answer)),
            _ => continue,
        };
        let waiting = &mut waiting[request as usize];
        if *waiting != Waiting::NeverAgain {
            *waiting = now;
        }
    }
    waiting.contains(&Waiting::Yes)
}

/// Whether somebody waits for the answer to a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    No,
    Yes,
    NeverAgain,
}

impl Waiting {
    fn after(answer: Answer) -> Self {
        match answer {
            Answer::Acknowledged(_) | Answer::Refused => Self::NeverAgain,
            Answer::Pending => Self::No,
            Answer::Switching | Answer::TryAgain | Answer::Silence | Answer::NoConnection => {
                Self::Yes
            }
        }
    }
}

fn unanswered(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut sent_ms: Vec<Option<u64>> = vec![None; case.history.requests.len()];
    let mut is_answered = vec![false; sent_ms.len()];
    for moment in &case.history.moments {
        match moment.what {
            What::Sent { request, .. } => {
                sent_ms[request as usize].get_or_insert(moment.at_ms);
            }
            What::Told { request, answer: Answer::Acknowledged(_) | Answer::Refused, .. } => {
                is_answered[request as usize] = true;
            }
            _ => {}
        }
    }
    for (number, sent_ms) in (0..).zip(sent_ms) {
        if let (Some(sent_ms), false) = (sent_ms, is_answered[number as usize]) {
            let request = case.subject_of_request(number);
            found.push(Violation::NoFinalAnswer { request, sent_ms });
        }
    }
}
