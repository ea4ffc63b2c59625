//! How much of everything there was.

use crate::history::{Answer, History, RequestKind, What};
use crate::judge::Counts;

/// Numbers of one drill, or sums over many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Requests that clients sent, each under one idempotency key.
    pub requests: u64,
    /// Refunds that clients want, those that they never came to send too.
    pub refunds: u64,
    /// How often they were sent, again included.
    pub sent: u64,
    /// Requests that were acknowledged.
    pub acknowledged: u64,
    /// Requests that were refused for good.
    pub refused: u64,
    /// Answers that asked to try again or to wait.
    pub put_off: u64,
    /// Tries that had no answer.
    pub unanswered: u64,
    /// Times that the processor moved money.
    pub moved: u64,
    /// Ledger transactions.
    pub committed: u64,
    /// Rows that promotions lost.
    pub lost: u64,
    /// Movements that were put into quarantine.
    pub held: u64,
    /// Movements that left it.
    pub settled: u64,
}

impl Totals {
    /// The sums.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            refunds: self.refunds + other.refunds,
            sent: self.sent + other.sent,
            acknowledged: self.acknowledged + other.acknowledged,
            refused: self.refused + other.refused,
            put_off: self.put_off + other.put_off,
            unanswered: self.unanswered + other.unanswered,
            moved: self.moved + other.moved,
            committed: self.committed + other.committed,
            lost: self.lost + other.lost,
            held: self.held + other.held,
            settled: self.settled + other.settled,
        }
    }

    /// Each by its name in files, with its words for people.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, &'static str, u64); 12] {
        [
            ("requests", "requests of clients, each under one key", self.requests),
            ("refunds", "refunds wanted", self.refunds),
            ("sent", "times sent, again included", self.sent),
            ("acknowledged", "requests acknowledged", self.acknowledged),
            ("refused", "requests refused for good", self.refused),
            ("put_off", "answers that asked to wait or try again", self.put_off),
            ("unanswered", "tries without an answer", self.unanswered),
            ("moved", "times the processor moved money", self.moved),
            ("committed", "ledger transactions", self.committed),
            ("lost", "rows that a promotion lost", self.lost),
            ("held", "movements put into quarantine", self.held),
            ("settled", "movements settled out of it", self.settled),
        ]
    }
}

/// The numbers of a drill; what the judge has counted is not counted again.
pub(super) fn totals(history: &History, counted: &Counts) -> Totals {
    let is_refund = |kind: RequestKind| matches!(kind, RequestKind::Refund { .. });
    let refunds = history.requests.iter().filter(|request| is_refund(request.kind)).count();
    let mut totals = Totals {
        requests: counted.requests,
        refunds: refunds as u64,
        acknowledged: counted.acknowledged,
        refused: counted.refused,
        moved: counted.moved,
        ..Totals::default()
    };
    for moment in &history.moments {
        totals.note(&moment.what);
    }
    totals
}

impl Totals {
    fn note(&mut self, what: &What) {
        match what {
            What::Sent { .. } => self.sent += 1,
            What::Told { answer: Answer::Silence | Answer::NoConnection, .. } => {
                self.unanswered += 1;
            }
            What::Told {
                answer: Answer::Pending | Answer::Switching | Answer::TryAgain, ..
            } => {
                self.put_off += 1;
            }
            What::Committed { .. } => self.committed += 1,
            What::Promoted { lost, .. } => self.lost += lost.len() as u64,
            What::Quarantine { held: true, .. } => self.held += 1,
            What::Quarantine { held: false, .. } => self.settled += 1,
            _ => {}
        }
    }
}
