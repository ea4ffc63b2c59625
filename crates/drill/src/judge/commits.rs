//! No commit under an old epoch, none through an open gate of a Region that gave its permission up,
//! and none of the kind that was acknowledged (`pay-fencing-epoch`, `pay-write-gate-lease`).

use crate::history::{Answer, Site, What};
use crate::judge::case::Case;
use crate::judge::subject::At;
use crate::judge::tenure::{Tenure, Turn};
use crate::judge::violation::Violation;

/// The first commit of a movement in each Region's database, when the other Region was open already.
type Late = [Option<Option<LateCommit>>; 2];

#[derive(Clone, Copy)]
struct LateCommit {
    at: At,
    opened: At,
}

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut tenure = Tenure::default();
    let mut opened: Option<At> = None;
    let mut late: Vec<Late> = case.for_each_movement([None; 2]);
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
                late[number][*site as usize].get_or_insert(late_commit(at, opened));
            }
            (What::Told { from, answer: Answer::Acknowledged(_), .. }, Some(number)) => {
                let acknowledged = At { ms: moment.at_ms, site: *from };
                if let Some(Some(LateCommit { at: committed, opened })) =
                    late[number][*from as usize]
                {
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

fn late_commit(at: At, opened: Option<At>) -> Option<LateCommit> {
    opened.filter(|opened| is_other(opened.site, at.site)).map(|opened| LateCommit { at, opened })
}

fn is_other(site: Site, other: Site) -> bool {
    site != other
}
