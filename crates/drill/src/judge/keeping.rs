//! No acknowledged payment or refund is missing from ledger and quarantine: not when a target is
//! opened, not when it is acknowledged afterwards, and not in the end (`pay-intent-before-effect`,
//! `pay-reconcile-after-loss`).

use crate::history::{Answer, Site, What};
use crate::judge::case::Case;
use crate::judge::detail::MissedWhen;
use crate::judge::subject::At;
use crate::judge::tenure::{Tenure, Turn};
use crate::judge::violation::Violation;

/// Whether the ledger that counts has a movement.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Row {
    /// No ledger was seen to have it.
    #[default]
    Unseen,
    /// It has it.
    There,
    /// Only the other one has it.
    Absent,
}

/// What is known of a movement while the history is read.
#[derive(Clone, Copy, Default)]
struct Known {
    row: Row,
    is_held: bool,
    /// When it was first acknowledged.
    acknowledged: Option<At>,
    is_reported: bool,
}

impl Known {
    fn is_missing(self) -> bool {
        self.row == Row::Absent && !self.is_held && !self.is_reported
    }
}

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut reader = Reader::new(case);
    for (number, moment) in case.moments() {
        reader.read(number, moment.at_ms, &moment.what, found);
    }
    for number in 0..case.movements.len() {
        let is_kept = case.movements[number].in_ledger.is_some() || case.is_held(number);
        if !is_kept {
            reader.known[number].row = Row::Absent;
            reader.known[number].is_held = false;
            reader.report_if_missing(number, MissedWhen::End, found);
        }
    }
}

struct Reader<'c, 'h> {
    case: &'c Case<'h>,
    known: Vec<Known>,
    tenure: Tenure<'h>,
    /// Whose ledger counts: that of the database that was promoted last, or of the Region that was
    /// opened.
    writer: Option<Site>,
    /// Whether a database was promoted and its Region not yet opened: nothing must be held yet.
    is_between: bool,
}

impl<'c, 'h> Reader<'c, 'h> {
    fn new(case: &'c Case<'h>) -> Self {
        let known = case.for_each_movement(Known::default());
        Self { case, known, tenure: Tenure::default(), writer: None, is_between: false }
    }

    fn read(&mut self, number: Option<usize>, ms: u64, what: &'h What, found: &mut Vec<Violation>) {
        match (what, number) {
            (What::Committed { site, .. }, Some(number)) => {
                self.commit(number, *site);
            }
            (What::Quarantine { held, .. }, Some(number)) => self.known[number].is_held = *held,
            (What::Told { from, answer: Answer::Acknowledged(_), .. }, Some(number)) => {
                self.known[number].acknowledged.get_or_insert(At { ms, site: *from });
                if !self.is_between {
                    self.report_if_missing(number, MissedWhen::Acknowledged, found);
                }
            }
            (What::Promoted { site, lost }, _) => self.promote(*site, lost),
            (What::Record(record), _) => {
                if let Turn::Opened(site) = self.tenure.turn(record) {
                    self.open(At { ms, site }, found);
                }
            }
            _ => {}
        }
    }

    /// What is committed in the ledger that counts is there; what the other commits is not.
    fn commit(&mut self, number: usize, site: Site) {
        let row = &mut self.known[number].row;
        let is_by_writer = self.writer.is_none_or(|writer| writer == site);
        *row = match *row {
            _ if is_by_writer => Row::There,
            Row::Unseen => Row::Absent,
            row => row,
        };
    }

    fn promote(&mut self, site: Site, lost: &[payments::MovementId]) {
        self.writer = Some(site);
        self.is_between = true;
        for movement in lost {
            if let Some(number) = self.case.number(*movement) {
                self.known[number].row = Row::Absent;
            }
        }
    }

    fn open(&mut self, at: At, found: &mut Vec<Violation>) {
        self.writer = Some(at.site);
        self.is_between = false;
        for number in 0..self.known.len() {
            self.report_if_missing(number, MissedWhen::Opened(at), found);
        }
    }

    fn report_if_missing(&mut self, number: usize, when: MissedWhen, found: &mut Vec<Violation>) {
        let known = &mut self.known[number];
        if let (true, Some(acknowledged)) = (known.is_missing(), known.acknowledged) {
            known.is_reported = true;
            found.push(Violation::Lost {
                subject: self.case.subject(number),
                acknowledged,
                missed: when,
            });
        }
    }
}
