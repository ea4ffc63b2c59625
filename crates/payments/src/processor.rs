//! The words between us and whoever moves the money outside.

use std::fmt;

use crate::id::MovementId;
use crate::money::Money;
use crate::order::Token;
use crate::record::{Fate, PaymentRecord};
use crate::state::{State, Verdict};

/// The processor's idempotency key of a movement (`pay-at-most-once-external`).
///
/// It is the movement's id, which the client's key fixed in the intent: no two tries for one
/// movement can have two keys, before or after the loss of a Region. There is no other way to make
/// one:
///
/// ```compile_fail
/// let _ = payments::ProcessorKey("another".to_owned());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessorKey(MovementId);

impl ProcessorKey {
    /// The key of this movement.
    #[must_use]
    pub fn of(movement: MovementId) -> Self {
        Self(movement)
    }
}

impl fmt::Display for ProcessorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for ProcessorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A request to the processor to move money.
///
/// One exists only for a movement that the ledger holds as [`State::Processing`], which it becomes
/// from [`State::Posted`], and from [`State::Unknown`] when the processor, asked just before, has not
/// seen its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    key: ProcessorKey,
    money: Money,
    kind: CallKind,
}

/// What the processor is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// Take the money from this card.
    Charge(Token),
    /// Give money back of what it took under this key.
    Refund(ProcessorKey),
}

impl Call {
    /// The call that is being made for a movement; nothing when none is.
    pub(crate) fn of(record: &PaymentRecord, movement: MovementId) -> Option<Self> {
        let is_due = record.fate(movement) == Some(Fate::Taken(State::Processing));
        let money = record.money(movement).filter(|_| is_due)?;
        let kind = match movement {
            MovementId::Payment(_) => CallKind::Charge(record.order.token().clone()),
            MovementId::Refund(payment, _) => {
                CallKind::Refund(ProcessorKey::of(MovementId::Payment(payment)))
            }
        };
        Some(Self { key: ProcessorKey::of(movement), money, kind })
    }

    /// The idempotency key to send it with.
    #[must_use]
    pub fn key(&self) -> ProcessorKey {
        self.key
    }

    /// The movement that it is made for.
    #[must_use]
    pub fn movement(&self) -> MovementId {
        self.key.0
    }

    /// How much.
    #[must_use]
    pub fn money(&self) -> Money {
        self.money
    }

    /// What to do.
    #[must_use]
    pub fn kind(&self) -> &CallKind {
        &self.kind
    }
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The processor answered.
    Answered(Verdict),
    /// No byte of it can have reached the processor: the connection was refused, say.
    NotSent,
    /// Anything else, time-outs first of all.
    NoAnswer,
}

/// What the processor knows of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The last word.
    Known(Verdict),
    /// It is at work on it.
    Pending,
    /// It has not moved money under the key, now or ever before; a call under it may still arrive.
    /// The caller is going to call under it.
    Unseen,
    /// It has not moved money under the key, and will not: it refuses it.
    Closed,
    /// It did not answer the question, or cannot tell: a processor that forgets what it did under old
    /// keys says this of keys that are older, and never that it has not seen them. A person asks then.
    NoAnswer,
}
