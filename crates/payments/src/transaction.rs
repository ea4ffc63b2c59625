//! Ledger transactions: everything that one commit writes, decided before it begins.
//!
//! The ledger carries one out whole or not at all: it checks that its epoch row is `epoch` and that
//! the payment's record has the version `expects`, then writes the record, the transfers and the
//! events.

use std::collections::BTreeMap;

use planted::{Bug, is_planted};

use crate::book::{Phase, Transfer, TransferId, Version};
use crate::epoch::Epoch;
use crate::event::{EventDraft, EventKind};
use crate::id::MovementId;
use crate::intent::Intent;
use crate::order::Order;
use crate::record::{Fate, PaymentRecord, RefundRecord};
use crate::refusal::Refusal;
use crate::state::{Change, State, Verdict};

/// One commit of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The epoch that the ledger's epoch row must have.
    pub epoch: Epoch,
    /// The version that the payment's record must have; nothing when there must be no record.
    pub expects: Option<Version>,
    /// The movement that is written: the payment's own row, or one refund's.
    pub movement: MovementId,
    /// The payment's record as it is to be.
    pub record: PaymentRecord,
    /// The transfers to add.
    pub transfers: Vec<Transfer>,
    /// The rows to add to the outbox, in order; the ledger numbers them.
    pub events: Vec<EventDraft>,
}

impl Transaction {
    /// Takes the payment of an intent that the ledger has never heard of; nothing when it is no
    /// payment's.
    pub(crate) fn post(intent: &Intent, epoch: Epoch) -> Option<Self> {
        let record = first_record(intent, State::Accepted)?;
        Self::begin(None, record, intent.movement, epoch).entering(Change::Posted)
    }

    /// Takes the refund of an intent that the record has never heard of, or keeps why it is
    /// refused.
    pub(crate) fn refund(record: &PaymentRecord, intent: &Intent, epoch: Epoch) -> Self {
        let refusal = refusal(record, intent);
        let with = |fate| with_refund(record, intent, fate);
        let begin = |next| Self::begin(Some(record), next, intent.movement, epoch);
        match refusal {
            Some(refusal) => begin(with(Fate::Refused(refusal))),
            None => begin(with(Fate::Taken(State::Accepted)))
                .entering(Change::Posted)
                .expect("an accepted refund can be posted"),
        }
    }

    /// Moves a payment or a refund on; nothing when the life cycle has no such edge or nothing
    /// changes.
    pub(crate) fn advance(
        record: &PaymentRecord,
        movement: MovementId,
        change: Change,
        epoch: Epoch,
    ) -> Option<Self> {
        Self::begin(Some(record), record.clone(), movement, epoch).entering(change)
    }

    /// Holds what a failover with loss took out of the ledger: it is seen, and a refund counts as
    /// taken. Nothing when the record knows it, or is not there to hold a refund.
    pub(crate) fn hold(
        record: Option<&PaymentRecord>,
        intent: &Intent,
        epoch: Epoch,
    ) -> Option<Self> {
        let next = match (record, intent.movement) {
            (None, MovementId::Payment(_)) => first_record(intent, State::Quarantined)?,
            (Some(record), MovementId::Refund(..)) if record.fate(intent.movement).is_none() => {
                with_refund(record, intent, Fate::Taken(State::Quarantined))
            }
            _ => return None,
        };
        Some(Self::begin(record, next, intent.movement, epoch))
    }

    /// Puts the last word on a movement right, when a person has found that the processor says
    /// otherwise: the entry goes the other way, and nothing that was written is changed. Nothing
    /// when the last word was not said, is the same, or refunds of the payment would be left
    /// without cover.
    #[must_use]
    pub fn correct(
        record: &PaymentRecord,
        movement: MovementId,
        verdict: Verdict,
        epoch: Epoch,
    ) -> Option<Self> {
        let corrected = Self::advance(record, movement, Change::Corrected(verdict), epoch)?;
        let covered = corrected.record.reserved() <= corrected.record.captured();
        covered.then_some(corrected)
    }

    /// A transaction that writes `record` and nothing else yet.
    fn begin(
        before: Option<&PaymentRecord>,
        record: PaymentRecord,
        movement: MovementId,
        epoch: Epoch,
    ) -> Self {
        let expects = before.map(|before| before.version);
        let version = expects.map_or(Version(1), Version::next);
        let record = PaymentRecord { version, ..record };
        Self { epoch, expects, movement, record, transfers: Vec::new(), events: Vec::new() }
    }

    /// Lets `change` happen to the movement, with its transfers and events.
    fn entering(mut self, change: Change) -> Option<Self> {
        let Fate::Taken(from) = self.record.fate(self.movement)? else { return None };
        let to = from.after(change).filter(|to| *to != from)?;
        match self.movement {
            MovementId::Payment(_) => self.record.state = to,
            MovementId::Refund(_, refund) => {
                self.record.refunds.get_mut(&refund)?.fate = Fate::Taken(to);
            }
        }
        for step in steps(from, to) {
            self.write(*step, to)?;
        }
        Some(self)
    }

    fn write(&mut self, step: Step, to: State) -> Option<()> {
        let (movement, version) = (self.movement, self.record.version);
        let (account, money) = (self.record.order.account, self.record.money(movement)?);
        let transfer =
            Transfer::of(TransferId { movement, version, phase: step.phase }, account, money);
        let is_undone = step.phase == Phase::Corrected && to == State::Declined;
        self.transfers.push(if is_undone { transfer.reversed() } else { transfer });
        let kind = match movement {
            MovementId::Payment(_) => step.of_payment,
            MovementId::Refund(..) => step.of_refund,
        };
        self.events.push(EventDraft::new(kind, version, account, (movement, money), self.epoch));
        Some(())
    }
}

/// One transfer and the event that tells of it.
#[derive(Clone, Copy)]
struct Step {
    phase: Phase,
    of_payment: EventKind,
    of_refund: EventKind,
}

const fn step(phase: Phase, of_payment: EventKind, of_refund: EventKind) -> Step {
    Step { phase, of_payment, of_refund }
}

const RESERVE: Step = step(Phase::Pending, EventKind::PaymentPosted, EventKind::RefundPosted);
const POST: Step = step(Phase::Posted, EventKind::PaymentSucceeded, EventKind::RefundSucceeded);
const VOID: Step = step(Phase::Voided, EventKind::PaymentDeclined, EventKind::RefundDeclined);
const CORRECT: Step =
    step(Phase::Corrected, EventKind::PaymentCorrected, EventKind::RefundCorrected);

/// What is written when a movement goes from one state into another. What comes out of quarantine
/// has nothing in the books, so that its whole life is written at once.
fn steps(from: State, to: State) -> &'static [Step] {
    match (from, to) {
        (State::Accepted | State::Quarantined, State::Posted) => &[RESERVE],
        (State::Quarantined, State::Succeeded) if is_planted(Bug::ReservationLeftOut) => &[POST],
        (State::Quarantined, State::Succeeded) => &[RESERVE, POST],
        (State::Quarantined, State::Declined) => &[RESERVE, VOID],
        (State::Succeeded, State::Declined) | (State::Declined, State::Succeeded) => &[CORRECT],
        (_, State::Succeeded) => &[POST],
        (_, State::Declined) => &[VOID],
        _ => &[],
    }
}

/// Why this refund cannot be made.
fn refusal(record: &PaymentRecord, intent: &Intent) -> Option<Refusal> {
    match record.state {
        State::Declined => Some(Refusal::PaymentDeclined),
        State::Succeeded if intent.order.money().amount > record.refundable() => {
            Some(Refusal::ExceedsCaptured)
        }
        State::Succeeded => None,
        _ => Some(Refusal::PaymentOpen),
    }
}

/// The record of an intent's payment, which nothing was written of.
fn first_record(intent: &Intent, state: State) -> Option<PaymentRecord> {
    let (Order::Payment(order), MovementId::Payment(id)) = (&intent.order, intent.movement) else {
        return None;
    };
    let refunds = BTreeMap::new();
    let (order, accepted) = (order.clone(), intent.epoch);
    Some(PaymentRecord {
        id,
        key: intent.key,
        order,
        accepted,
        version: Version(1),
        state,
        refunds,
    })
}

/// The record with an intent's refund in it.
fn with_refund(record: &PaymentRecord, intent: &Intent, fate: Fate) -> PaymentRecord {
    let mut record = record.clone();
    let MovementId::Refund(payment, refund) = intent.movement else {
        unreachable!("only a refund is put into a record")
    };
    assert_eq!(payment, record.id, "a refund is put into its own payment's record");
    let amount = intent.order.money().amount;
    let entry = RefundRecord { key: intent.key, amount, accepted: intent.epoch, fate };
    record.refunds.insert(refund, entry);
    record
}
