//! Epochs: the control record's never go down, under one at most one Region is ever active, and
//! under one at most one Region commits (`pay-fencing-epoch`).

use std::collections::BTreeMap;

use crate::history::{Site, What};
use crate::judge::case::Case;
use crate::judge::subject::At;
use crate::judge::tenure::active;
use crate::judge::violation::Violation;

/// The first Region of each epoch. There are few of them, and the last is asked for most.
type Firsts = BTreeMap<u64, At>;

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let (mut active_under, mut committed_under) = (Firsts::new(), Firsts::new());
    let (mut record_epoch, mut row_epochs) = (0, [0; 2]);
    for (number, moment) in case.moments() {
        let ms = moment.at_ms;
        match &moment.what {
            What::Record(record) => {
                let epoch = record.epoch().number();
                if epoch < record_epoch {
                    let from = record_epoch;
                    found.push(Violation::RecordEpochWentDown { at_ms: ms, from, to: epoch });
                }
                record_epoch = record_epoch.max(epoch);
                let Some(site) = active(record) else { continue };
                if let Some(first) = other_site(&mut active_under, epoch, At { ms, site }) {
                    found.push(Violation::TwoActive { epoch, first, then: At { ms, site } });
                }
            }
            What::Committed { site, epoch, .. } => {
                let (epoch, then) = (*epoch, At { ms, site: *site });
                let Some(first) = other_site(&mut committed_under, epoch, then) else { continue };
                let subject = number.map(|number| case.subject(number));
                let subject = subject.expect("a commit is about a movement");
                found.push(Violation::TwoRegionsUnderOneEpoch { subject, epoch, first, then });
            }
            What::EpochRaised { site, epoch } => {
                let row = &mut row_epochs[*site as usize];
                if *epoch < *row {
                    let (at, from) = (At { ms, site: *site }, *row);
                    found.push(Violation::RowEpochWentDown { at, from, to: *epoch });
                }
                *row = (*row).max(*epoch);
            }
            _ => {}
        }
    }
}

/// The first Region of this epoch when it is another one.
fn other_site(firsts: &mut Firsts, epoch: u64, at: At) -> Option<At> {
    let first = *firsts.entry(epoch).or_insert(at);
    (site_of(first) != at.site).then_some(first)
}

fn site_of(at: At) -> Site {
    at.site
}
