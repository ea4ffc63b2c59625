//! The divergent tail of an old writer: what it has committed and the new writer has not, read before it is given up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use payments::{
    Book, Fate, MovementId, PaymentId, PaymentRecord, Phase, Posting, RefundId, RefundRecord, Side,
};
use serde_json::{Value, json};

use super::watch::WatchedCommit;

/// What one ledger has and another has not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tail {
    /// The records of payments that the other has not, or not as far, or with something in the books that it has not.
    pub payments: Vec<PaymentRecord>,
    /// The postings that the other has not.
    pub postings: Vec<Posting>,
    /// What was committed and is not among the other's commits. Unlike the rest, this is so whatever the other did
    /// about the same payments since.
    pub commits: Vec<WatchedCommit>,
}

/// What became of a tail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TailRead {
    /// It was read, and is in the evidence.
    Read(Tail),
    /// It was not: the data are kept.
    Unread {
        /// Why not.
        why: String,
        /// Where they are kept.
        kept: PathBuf,
    },
}

impl TailRead {
    /// It as JSON: that of the tail, or `{"unread": "/where/they/are", "why": ""}`.
    #[must_use]
    pub fn evidence(&self) -> Value {
        match self {
            Self::Read(tail) => tail.evidence(),
            Self::Unread { why, kept } => json!({ "unread": kept, "why": why }),
        }
    }
}

/// What is in a ledger.
pub(super) struct Content {
    pub(super) payments: Vec<PaymentRecord>,
    pub(super) postings: Vec<Posting>,
    pub(super) commits: Vec<WatchedCommit>,
}

impl Tail {
    /// What the old writer has and the new one has not.
    pub(super) fn between(old: &Content, new: &Content) -> Self {
        let known: BTreeSet<_> = new.postings.iter().map(posting_key).collect();
        let is_lost = |posting: &Posting| !known.contains(&posting_key(posting));
        let postings: Vec<Posting> =
            old.postings.iter().filter(|one| is_lost(one)).copied().collect();
        let touched: BTreeSet<PaymentId> =
            postings.iter().map(|posting| posting.transfer.movement.payment()).collect();
        let records: BTreeMap<_, _> =
            new.payments.iter().map(|record| (record.id, record)).collect();
        let is_behind = |record: &PaymentRecord| match records.get(&record.id) {
            None => true,
            Some(other) => {
                touched.contains(&record.id) || other.version <= record.version && *other != record
            }
        };
        let commits: BTreeSet<_> = new.commits.iter().map(commit_key).collect();
        Self {
            payments: old.payments.iter().filter(|one| is_behind(one)).cloned().collect(),
            postings,
            commits: old
                .commits
                .iter()
                .filter(|one| !commits.contains(&commit_key(one)))
                .cloned()
                .collect(),
        }
    }

    /// Whether nothing is lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.payments.is_empty() && self.postings.is_empty() && self.commits.is_empty()
    }

    /// It as JSON: `{"payments": [], "movements": [], "commits": []}`. Amounts are in minor units.
    #[must_use]
    pub fn evidence(&self) -> Value {
        let debits = self.postings.iter().filter(|posting| posting.side == Side::Debit);
        json!({
            "payments": self.payments.iter().map(payment).collect::<Vec<_>>(),
            "movements": debits.map(|debit| self.transfer(debit)).collect::<Vec<_>>(),
            "commits": self.commits.iter().map(commit).collect::<Vec<_>>(),
        })
    }

    /// A transfer by its debit. Both halves of it are in one row of a ledger, and so both are lost.
    fn transfer(&self, debit: &Posting) -> Value {
        let is_other = |one: &&Posting| one.transfer == debit.transfer && one.side == Side::Credit;
        let credit = self.postings.iter().find(is_other).map(|credit| book(credit.book));
        json!({
            "movement": debit.transfer.movement.to_string(),
            "payment": debit.transfer.movement.payment().to_string(),
            "version": debit.transfer.version.0,
            "phase": phase(debit.transfer.phase),
            "debit": book(debit.book),
            "credit": credit,
            "amount": debit.money.amount.minor_units(),
            "currency": debit.money.currency.to_string(),
        })
    }
}

/// Names one half of a transfer, and everything in it.
fn posting_key(posting: &Posting) -> (payments::TransferId, Book, Side, i64) {
    (posting.transfer, posting.book, posting.side, posting.money.amount.minor_units())
}

/// Names a commit wherever it is: numbers alone are given again by who goes on from an earlier place.
fn commit_key(commit: &WatchedCommit) -> (u64, u64, u64, MovementId) {
    (commit.number, commit.transaction, commit.at_us, commit.movement)
}

fn payment(record: &PaymentRecord) -> Value {
    json!({
        "payment": record.id.to_string(),
        "account": record.order.account().to_string(),
        "amount": record.order.money().amount.minor_units(),
        "currency": record.order.money().currency.to_string(),
        "accepted_epoch": record.accepted.number(),
        "version": record.version.0,
        "state": record.state.name(),
        "refunds": record.refunds.iter().map(refund).collect::<Vec<_>>(),
    })
}

fn refund((id, refund): (&RefundId, &RefundRecord)) -> Value {
    let state = match refund.fate {
        Fate::Taken(state) => state.name(),
        Fate::Refused(_) => "refused",
    };
    json!({
        "refund": id.to_string(),
        "amount": refund.amount.minor_units(),
        "accepted_epoch": refund.accepted.number(),
        "state": state,
    })
}

fn commit(commit: &WatchedCommit) -> Value {
    json!({
        "at_us": commit.at_us,
        "epoch": commit.epoch,
        "row_epoch": commit.row_epoch,
        "movement": commit.movement.to_string(),
        "state": commit.state.map(payments::State::name),
    })
}

fn book(book: Book) -> String {
    match book {
        Book::Clearing => "clearing".to_owned(),
        Book::Merchant(account) => account.to_string(),
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Pending => "pending",
        Phase::Posted => "posted",
        Phase::Voided => "voided",
        Phase::Corrected => "corrected",
    }
}
