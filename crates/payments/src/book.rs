//! Double entry: every transfer debits one book and credits another by the same money, and is never
//! changed.
//!
//! A movement is written in two phases: reserved as pending, then posted or voided. What was wrong
//! is put right by a further transfer the other way (`pay-double-entry-invariants`).

use crate::id::{AccountId, MovementId};
use crate::money::Money;

/// A book of the ledger, in each currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Book {
    /// What the processor holds for us: an asset, raised by debits.
    Clearing,
    /// What we owe a merchant: a liability, raised by credits.
    Merchant(AccountId),
}

/// What a transfer does to balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Reserves the money.
    Pending,
    /// Moves the money that was reserved.
    Posted,
    /// Frees the money that was reserved.
    Voided,
    /// Moves money without reserving it, to put an earlier last word right.
    Corrected,
}

/// How often the record of a payment was written: 1 when it first is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64);

impl Version {
    /// The version after this one.
    #[must_use]
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The name of a transfer: derived, so that writing it twice is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransferId {
    /// What moves.
    pub movement: MovementId,
    /// The version of the payment's record that the transfer was written with.
    pub version: Version,
    /// What it does.
    pub phase: Phase,
}

/// One transfer between two books; immutable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Its name.
    pub id: TransferId,
    /// The book that is debited.
    pub debit: Book,
    /// The book that is credited.
    pub credit: Book,
    /// How much; above zero.
    pub money: Money,
}

/// The sides of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Left.
    Debit,
    /// Right.
    Credit,
}

/// One half of a transfer, as the ledger stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The transfer that it is a half of.
    pub transfer: TransferId,
    /// The book.
    pub book: Book,
    /// Its side.
    pub side: Side,
    /// How much; above zero.
    pub money: Money,
}

impl Transfer {
    /// The transfer that this phase of a movement writes in the books of `account`.
    pub(crate) fn of(id: TransferId, account: AccountId, money: Money) -> Self {
        let (debit, credit) = match id.movement {
            MovementId::Payment(_) => (Book::Clearing, Book::Merchant(account)),
            MovementId::Refund(..) => (Book::Merchant(account), Book::Clearing),
        };
        Self { id, debit, credit, money }
    }

    /// The same with debit and credit exchanged.
    pub(crate) fn reversed(self) -> Self {
        Self { debit: self.credit, credit: self.debit, ..self }
    }

    /// Its two halves.
    #[must_use]
    pub fn postings(&self) -> [Posting; 2] {
        let half = |book, side| Posting { transfer: self.id, book, side, money: self.money };
        [half(self.debit, Side::Debit), half(self.credit, Side::Credit)]
    }
}
