//! Events: what the outbox tells, written in the transaction that makes it true (`pay-outbox`).
//!
//! An event names money and movements, no card, no token and none of the merchant's own words.

use std::fmt;

use crate::book::Version;
use crate::digest::Fields;
use crate::epoch::{Epoch, Gate, Reign};
use crate::id::{AccountId, EventId, MovementId};
use crate::money::Money;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// The ledger took a payment: the processor is to be called.
    PaymentPosted,
    /// The processor took the money.
    PaymentSucceeded,
    /// The processor did not take the money.
    PaymentDeclined,
    /// The last word on a payment was put right.
    PaymentCorrected,
    /// The ledger took a refund: the processor is to be called.
    RefundPosted,
    /// The processor gave the money back.
    RefundSucceeded,
    /// The processor did not give the money back.
    RefundDeclined,
    /// The last word on a refund was put right.
    RefundCorrected,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::PaymentPosted,
        Self::PaymentSucceeded,
        Self::PaymentDeclined,
        Self::PaymentCorrected,
        Self::RefundPosted,
        Self::RefundSucceeded,
        Self::RefundDeclined,
        Self::RefundCorrected,
    ];

    /// The stable name that receivers compare.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PaymentPosted => "payment.posted",
            Self::PaymentSucceeded => "payment.succeeded",
            Self::PaymentDeclined => "payment.declined",
            Self::PaymentCorrected => "payment.corrected",
            Self::RefundPosted => "refund.posted",
            Self::RefundSucceeded => "refund.succeeded",
            Self::RefundDeclined => "refund.declined",
            Self::RefundCorrected => "refund.corrected",
        }
    }

    /// The kind of this name, as a store gave it back.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the worker that reads it from the outbox has to see to the movement, by
    /// [`crate::process()`], when it has told it.
    #[must_use]
    pub fn calls_processor(self) -> bool {
        matches!(self, Self::PaymentPosted | Self::RefundPosted)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An event without its number, which only the ledger can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventDraft {
    /// Its id; the same event has the same id however often and by whichever Region it is made and
    /// told.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// Whose account it is about.
    pub account: AccountId,
    /// The payment or refund that it is about.
    pub movement: MovementId,
    /// How much moves.
    pub money: Money,
    /// The epoch that it was written under.
    pub epoch: Epoch,
}

impl EventDraft {
    /// The event of this kind about a movement. `version` tells repeated corrections apart; all
    /// else happens once.
    ///
    /// The id comes from the movement and the kind, not from a running number: after a failover
    /// with loss, numbers start again where the ledger was cut off, and would give another event an
    /// id that receivers have seen.
    pub(crate) fn new(
        kind: EventKind,
        version: Version,
        account: AccountId,
        (movement, money): (MovementId, Money),
        epoch: Epoch,
    ) -> Self {
        let fields = Fields::of("event").text(&movement.to_string()).text(kind.name());
        let digest = match kind {
            EventKind::PaymentCorrected | EventKind::RefundCorrected => {
                fields.text(&version.0.to_string()).finish()
            }
            _ => fields.finish(),
        };
        let randomness = std::array::from_fn(|index| digest[index]);
        let id = EventId::new(movement.time(), randomness);
        Self { id, kind, account, movement, money, epoch }
    }

    /// The event as number `account_sequence` of its account, from 1: the ledger counts, in the
    /// same transaction, because clocks of two Regions do not order money (`pay-clock-not-order`).
    #[must_use]
    pub fn numbered(self, account_sequence: u64) -> Event {
        Event { draft: self, account_sequence }
    }
}

/// A row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What is told.
    pub draft: EventDraft,
    /// Its number among the events of its account, from 1, without gaps.
    pub account_sequence: u64,
}

/// Whether a worker may tell an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// It may, now.
    Allowed,
    /// It may not now: this Region's gate is closed. Look again later.
    GateClosed,
    /// It may never: this worker's epoch is over. Whoever reigns now has the row, or has it in
    /// quarantine.
    EpochOver,
    /// It may not now: the ledger or the row is of an epoch that this worker has not heard of. Look
    /// again later.
    EpochAhead,
}

/// Whether a worker whose gate is `gate` may tell a row written under `row`, found in a ledger
/// whose epoch is `current` (`pay-outbox-not-replayed-by-old-epoch`).
///
/// Rows of earlier epochs that a promoted ledger holds are told: they are true, and receivers know
/// them by their ids. What may not is a worker of an earlier epoch, whatever rows it still has.
#[must_use]
pub fn may_publish(row: Epoch, current: Epoch, gate: Gate) -> Publishing {
    let Gate::Open(Reign { epoch, .. }) = gate else { return Publishing::GateClosed };
    if epoch < current {
        Publishing::EpochOver
    } else if epoch > current || row > current {
        Publishing::EpochAhead
    } else {
        Publishing::Allowed
    }
}
