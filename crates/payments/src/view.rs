//! What is known while a request is carried out, and what an effect adds to it.

use planted::{Bug, is_planted};

use crate::decide::Effect;
use crate::epoch::Gate;
use crate::intent::{Intent, IntentState, IntentWrite};
use crate::outcome::Outcome;
use crate::ports::{Committed, Seen, Written};
use crate::record::PaymentRecord;
use crate::transaction::Transaction;

/// What is known while a request is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The gate, as it was when the request came and still is; closed if it has changed since.
    pub gate: Gate,
    /// The key's intent.
    pub intent: Seen<Intent>,
    /// The record of the intent's payment, or of the payment to be refunded.
    pub ledger: Seen<PaymentRecord>,
    /// Whether the ledger refused our epoch.
    pub is_fenced: bool,
    /// How many writes may or may not have happened.
    pub doubts: u32,
}

impl View {
    /// Nothing is known but the gate.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        let (intent, ledger) = (Seen::Unread, Seen::Unread);
        Self { gate, intent, ledger, is_fenced: false, doubts: 0 }
    }

    /// What is known after an effect that succeeds; nothing when that depends on what a store
    /// holds, or at the end.
    pub(crate) fn assuming(&self, effect: &Effect) -> Option<Self> {
        let mut view = self.clone();
        match effect {
            Effect::WriteIntent(write) => view.wrote_intent(write, Written::Done),
            Effect::Commit(transaction) => view.committed(transaction, Committed::Done),
            _ => return None,
        }
        Some(view)
    }

    /// What to note after this answer.
    pub(crate) fn note(&self, outcome: &Outcome) -> Option<Box<IntentWrite>> {
        match (outcome, &self.intent) {
            (Outcome::Acknowledged(..), Seen::Found(intent))
                if is_planted(Bug::IntentAfterLedger) =>
            {
                Some(Box::new(intent.clone().first()))
            }
            (Outcome::Acknowledged(..), Seen::Found(intent))
                if intent.state == IntentState::Accepted =>
            {
                Some(Box::new(intent.moved(IntentState::Posted)))
            }
            _ => None,
        }
    }

    pub(crate) fn wrote_intent(&mut self, write: &IntentWrite, written: Written) {
        self.intent = match written {
            Written::Done => Seen::Found(write.intent.clone()),
            Written::Changed(other) => {
                // Whoever wrote it may have written the ledger too.
                self.ledger = Seen::Doubtful;
                Seen::Found(*other)
            }
            Written::Unavailable => Seen::Silent,
            Written::Unknown => {
                self.doubts += 1;
                Seen::Doubtful
            }
        };
    }

    pub(crate) fn committed(&mut self, transaction: &Transaction, committed: Committed) {
        self.ledger = match committed {
            Committed::Unknown if is_planted(Bug::AcknowledgedOnUnknownCommit) => {
                Seen::Found(transaction.record.clone())
            }
            Committed::Done => Seen::Found(transaction.record.clone()),
            Committed::Conflict(_) => Seen::Doubtful,
            Committed::Unavailable => Seen::Silent,
            Committed::Fenced(_) => {
                self.is_fenced = true;
                Seen::Doubtful
            }
            Committed::Unknown => {
                self.doubts += 1;
                Seen::Doubtful
            }
        };
    }
}
