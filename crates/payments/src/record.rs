//! What the ledger knows of a payment and its refunds, read and written as one.

use std::collections::BTreeMap;

use planted::{Bug, is_planted};

use crate::book::Version;
use crate::epoch::Epoch;
use crate::id::{MovementId, PaymentId, RefundId};
use crate::key::ScopedKey;
use crate::money::{Amount, Money};
use crate::order::PaymentOrder;
use crate::refusal::Refusal;
use crate::state::State;

/// A payment in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRecord {
    /// Its id.
    pub id: PaymentId,
    /// The name of its intent.
    pub key: ScopedKey,
    /// What was ordered.
    pub order: PaymentOrder,
    /// The epoch that its intent was accepted in.
    pub accepted: Epoch,
    /// How often the record was written; every write expects the version that it read.
    pub version: Version,
    /// Where it stands.
    pub state: State,
    /// Its refunds, refused ones too.
    pub refunds: BTreeMap<RefundId, RefundRecord>,
}

/// A refund in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRecord {
    /// The name of its intent.
    pub key: ScopedKey,
    /// How much, in minor units of the payment's currency.
    pub amount: Amount,
    /// The epoch that its intent was accepted in.
    pub accepted: Epoch,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a movement that the ledger was asked to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was taken, and stands here.
    Taken(State),
    /// It was refused. The ledger keeps that, so that whoever else works on the same key finds the
    /// same answer.
    Refused(Refusal),
}

impl Fate {
    /// Whether it counts against what can still be refunded: it did, will or may take the money.
    fn reserves(self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Taken(State::Declined))
    }

    fn state(self) -> Option<State> {
        match self {
            Self::Taken(state) => Some(state),
            Self::Refused(_) => None,
        }
    }
}

impl PaymentRecord {
    /// What the processor took: the whole amount once the payment succeeded, before that nothing.
    #[must_use]
    pub fn captured(&self) -> Amount {
        match self.state {
            State::Succeeded => self.order.money.amount,
            _ => Amount::ZERO,
        }
    }

    /// What refunds took, are taking or may be taking; the largest amount there is when the sum
    /// does not fit.
    #[must_use]
    pub fn reserved(&self) -> Amount {
        self.refunded(Fate::reserves)
    }

    /// What refunds took or are taking, but for those of which nobody knows.
    pub(crate) fn taken(&self) -> Amount {
        self.refunded(|fate| fate.reserves() && fate != Fate::Taken(State::Quarantined))
    }

    fn refunded(&self, counts: impl Fn(Fate) -> bool) -> Amount {
        let counted = self.refunds.values().filter(|refund| counts(refund.fate));
        let sum = counted.map(|refund| refund.amount).try_fold(Amount::ZERO, Amount::checked_add);
        sum.unwrap_or(Amount::LARGEST)
    }

    /// What can still be refunded.
    #[must_use]
    pub fn refundable(&self) -> Amount {
        let reserved = match is_planted(Bug::OpenRefundsNotCounted) {
            true => self.refunded(|fate| fate == Fate::Taken(State::Succeeded)),
            false => self.reserved(),
        };
        self.captured().checked_sub(reserved).unwrap_or(Amount::ZERO)
    }

    /// What became of this payment or of this refund of it; nothing when the ledger never heard of
    /// it.
    #[must_use]
    pub fn fate(&self, movement: MovementId) -> Option<Fate> {
        match movement {
            MovementId::Payment(payment) => {
                Some(Fate::Taken(self.state)).filter(|_| payment == self.id)
            }
            MovementId::Refund(_, refund) => self.refunds.get(&refund).map(|refund| refund.fate),
        }
    }

    /// How much this payment or this refund of it moves.
    #[must_use]
    pub fn money(&self, movement: MovementId) -> Option<Money> {
        match movement {
            MovementId::Payment(payment) => Some(self.order.money).filter(|_| payment == self.id),
            MovementId::Refund(_, refund) => {
                let refund = self.refunds.get(&refund)?;
                Some(Money::new(refund.amount, self.order.money.currency))
            }
        }
    }

    /// The name of the intent of this payment or of this refund of it.
    #[must_use]
    pub fn key(&self, movement: MovementId) -> Option<ScopedKey> {
        match movement {
            MovementId::Payment(payment) => Some(self.key).filter(|_| payment == self.id),
            MovementId::Refund(_, refund) => self.refunds.get(&refund).map(|refund| refund.key),
        }
    }

    /// The epoch in which this payment or this refund of it was accepted.
    pub(crate) fn accepted(&self, movement: MovementId) -> Option<Epoch> {
        match movement {
            MovementId::Payment(payment) => Some(self.accepted).filter(|_| payment == self.id),
            MovementId::Refund(_, refund) => {
                self.refunds.get(&refund).map(|refund| refund.accepted)
            }
        }
    }

    /// The payment and its refunds, each with its state; no state for a refused refund.
    pub fn movements(&self) -> impl Iterator<Item = (MovementId, Option<State>)> {
        let refunds = self
            .refunds
            .iter()
            .map(|(id, refund)| (MovementId::Refund(self.id, *id), refund.fate.state()));
        std::iter::once((MovementId::Payment(self.id), Some(self.state))).chain(refunds)
    }
}
