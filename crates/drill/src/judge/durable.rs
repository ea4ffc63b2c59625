//! Nothing is promised before it is kept: an intent before the first commit, a commit before the
//! acknowledgement (`pay-intent-before-effect`).

use crate::history::{Answer, What};
use crate::judge::case::Case;
use crate::judge::subject::At;
use crate::judge::violation::Violation;

/// How far a movement is kept; a step that comes without the one before it is told once.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Kept {
    #[default]
    Nowhere,
    Accepted,
    Committed,
}

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut kept = case.for_each_movement(Kept::Nowhere);
    for (number, moment) in case.moments() {
        let Some(number) = number else { continue };
        let before = kept[number];
        let at = |site| At { ms: moment.at_ms, site };
        match &moment.what {
            What::IntentWritten { .. } => kept[number] = before.max(Kept::Accepted),
            What::Committed { site, .. } => {
                kept[number] = Kept::Committed;
                if before == Kept::Nowhere {
                    let (subject, at) = (case.subject(number), at(*site));
                    found.push(Violation::CommittedBeforeIntent { subject, at });
                }
            }
            What::Told { from, answer: Answer::Acknowledged(_), .. } => {
                kept[number] = Kept::Committed;
                if before != Kept::Committed {
                    let (subject, at) = (case.subject(number), at(*from));
                    found.push(Violation::AcknowledgedBeforeCommit { subject, at });
                }
            }
            _ => {}
        }
    }
}
