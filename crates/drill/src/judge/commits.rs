//! No commit under an old epoch, none through an open gate of a Region that gave its permission up,
//! and none of the kind that was acknowledged (`pay-fencing-epoch`, `pay-write-gate-lease`).

use crate::history::{Answer, What};
use crate::judge::case::Case;
use crate::judge::subject::At;
use crate::judge::tenure::{Tenure, Turn};
use crate::judge::violation::Violation;

/// The first commit of a movement in each Region's database, and which Region had been opened last.
type Firsts = [Option<First>; 2];

#[derive(Clone, Copy)]
struct First {
    at: At,
    opened: Option<At>,
}

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut tenure = Tenure::default();
    let mut opened: Option<At> = None;
    let mut firsts: Vec<Firsts> = case.for_each_movement([None; 2]);
    for (number, moment) in case.moments() {
        match (&moment.what, number) {
            (What::Record(record), _) => {
                if let Turn::Opened(site) = tenure.turn(record) {
                    opened = Some(At { ms: moment.at_ms, site });
                }
            }
            (What::Committed { site, epoch, row_epoch, gate, .. }, Some(number)) => {
                let at = At { ms: moment.at_ms, site: *site };
                let (epoch, row_epoch) = (*epoch, *row_epoch);
                if epoch != row_epoch {
                    let subject = case.subject(number);
                    found.push(Violation::CommittedUnderOtherEpoch {
                        subject,
                        at,
                        epoch,
                        row_epoch,
                    });
                }
                if *gate == Some(true) && !tenure.lets(*site) {
                    let subject = case.subject(number);
                    found.push(Violation::CommittedThroughGate { subject, at, epoch });
                }
                firsts[number][*site as usize].get_or_insert(First { at, opened });
            }
            (What::Told { from, answer: Answer::Acknowledged(_), .. }, Some(number)) => {
                let acknowledged = At { ms: moment.at_ms, site: *from };
                let first = firsts[number][*from as usize];
                if let Some((committed, opened)) = late(first, opened) {
                    let subject = case.subject(number);
                    found.push(Violation::AcknowledgedAfterHandover {
                        subject,
                        committed,
                        opened,
                        acknowledged,
                    });
                }
            }
            _ => {}
        }
    }
}

/// When it was committed although the other Region had been opened, as long as that one still is the
/// last that was: what was held in a ledger before its Region was opened counts from then on.
fn late(first: Option<First>, opened: Option<At>) -> Option<(At, At)> {
    let First { at, opened: opened_then } = first?;
    let opened = opened.filter(|opened| opened_then == Some(*opened))?;
    (opened.site != at.site).then_some((at, opened))
}
