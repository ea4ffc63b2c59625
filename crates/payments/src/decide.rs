//! What to do about a request, given what is known: `(View, Command) -> Decision`.
//!
//! The order of effects is: intent, ledger, answer, note. Nothing is written to the ledger before
//! the intent is known to be written, nothing is acknowledged before the ledger is known to have
//! it, and after any doubt the next effect is to look.

use planted::{Bug, is_planted};

use crate::command::Command;
use crate::epoch::{Gate, Reign};
use crate::id::{MovementId, PaymentId};
use crate::intent::{Intent, IntentState, IntentWrite, Revision};
use crate::key::ScopedKey;
use crate::money::{Amount, Money};
use crate::order::{Order, RefundOrder, RefundRequest, Request};
use crate::outcome::{Acknowledgement, Outcome, Telling};
use crate::ports::Seen;
use crate::record::{Fate, PaymentRecord};
use crate::refusal::Refusal;
use crate::state::State;
use crate::transaction::Transaction;
use crate::view::View;

/// How many doubtful writes one request bears: after one more it only looks, and leaves the rest to
/// the client, who sends it again.
const DOUBTS_MAX: u32 = 1;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Look at the intent.
    ReadIntent(ScopedKey),
    /// Write the intent, if the store holds what is expected.
    WriteIntent(Box<IntentWrite>),
    /// Look at the ledger.
    ReadLedger(PaymentId),
    /// Write the ledger.
    Commit(Box<Transaction>),
    /// Tell the client.
    Answer(Outcome),
    /// Note in the intent what the ledger has. After the answer, and as well never: nothing rests
    /// on it.
    Note(Box<IntentWrite>),
}

/// What to do about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The effects in their order: all that is certain if each succeeds. The list ends early where
    /// what a store holds decides how to go on.
    pub effects: Vec<Effect>,
}

/// Decides what to do about a request.
#[must_use]
pub fn decide(view: &View, command: &Command) -> Decision {
    let mut effects = Vec::new();
    let mut next = Some(view.clone());
    while let Some(view) = next {
        let effect = step(&view, command);
        next = view.assuming(&effect);
        let note = match &effect {
            Effect::Answer(outcome) => view.note(outcome).map(Effect::Note),
            _ => None,
        };
        effects.push(effect);
        effects.extend(note);
    }
    Decision { effects }
}

/// The first effect of the decision.
pub(crate) fn step(view: &View, command: &Command) -> Effect {
    match next(view, command) {
        Effect::WriteIntent(_) | Effect::Commit(_) if view.doubts > DOUBTS_MAX => {
            Effect::Answer(Outcome::Unresolved)
        }
        effect => effect,
    }
}

fn next(view: &View, command: &Command) -> Effect {
    let reign = match view.gate {
        Gate::Open(reign) if !view.is_fenced => reign,
        _ => return Effect::Answer(Outcome::RegionSwitching),
    };
    match &view.intent {
        Seen::Silent => Effect::Answer(Outcome::Unresolved),
        Seen::Doubtful => Effect::ReadIntent(command.key),
        Seen::Unread | Seen::Absent => accept(view, command, reign),
        Seen::Found(intent)
            if intent.fingerprint != command.fingerprint
                && !is_planted(Bug::FingerprintNotCompared) =>
        {
            Effect::Answer(Outcome::KeyReused)
        }
        Seen::Found(intent) => resume(view, command, reign, intent),
    }
}

/// The key is new, as far as is known.
fn accept(view: &View, command: &Command, reign: Reign) -> Effect {
    let order = match &command.request {
        // Not read first: the write tells of an intent that is there, and saves a round trip when
        // there is none.
        Request::Payment(order) => Order::Payment(order.clone()),
        Request::Refund(_) if view.intent == Seen::Unread => {
            return Effect::ReadIntent(command.key);
        }
        Request::Refund(refund) => match refundable(view, refund) {
            Ok(order) => Order::Refund(order),
            Err(effect) => return effect,
        },
    };
    let intent = Intent {
        key: command.key,
        fingerprint: command.fingerprint,
        movement: command.attempt.fresh(),
        order,
        epoch: reign.epoch,
        state: IntentState::Accepted,
        claim: command.claim(),
        revision: Revision(1),
    };
    Effect::WriteIntent(Box::new(intent.first()))
}

/// The order that a refund request means for the payment as it is, or what to do first or instead.
/// A payment that is not there uses no key up.
fn refundable(view: &View, refund: &RefundRequest) -> Result<RefundOrder, Effect> {
    let record = match &view.ledger {
        Seen::Unread | Seen::Doubtful => return Err(Effect::ReadLedger(refund.payment)),
        Seen::Silent => return Err(Effect::Answer(Outcome::Unresolved)),
        Seen::Absent => {
            let outcome = Outcome::Refused(Refusal::PaymentMissing, Telling::First);
            return Err(Effect::Answer(outcome));
        }
        Seen::Found(record) if record.state == State::Quarantined => {
            return Err(quarantined(MovementId::Payment(record.id)));
        }
        Seen::Found(record) => record,
    };
    let Money { currency, amount } = record.order.money();
    // Of a payment with nothing left, all of it is asked for, so that the refusal is kept like any
    // other.
    let left = Some(record.refundable()).filter(|left| !left.is_zero());
    let amount: Amount = refund.amount.or(left).unwrap_or(amount);
    let money = Money::new(amount, currency);
    Ok(RefundOrder { payment: record.id, account: record.order.account(), money })
}

/// There is an intent for this very request: made by this try, by one that died, or by one that is
/// at work.
fn resume(view: &View, command: &Command, reign: Reign, intent: &Intent) -> Effect {
    assert!(intent.order.fits(intent.movement), "an intent's id is of its order's kind");
    let telling = match intent.claim.by == command.attempt {
        true => Telling::First,
        false => Telling::Again,
    };
    if let IntentState::Refused(refusal) = intent.state {
        return Effect::Answer(Outcome::Refused(refusal, telling));
    }
    let is_ours = intent.movement == command.attempt.fresh();
    let record = match &view.ledger {
        Seen::Silent => return Effect::Answer(Outcome::Unresolved),
        Seen::Unread if is_ours => None,
        Seen::Unread | Seen::Doubtful => return Effect::ReadLedger(intent.movement.payment()),
        Seen::Absent => None,
        Seen::Found(record) => Some(record),
    };
    match record.and_then(|record| Some((record, record.fate(intent.movement)?))) {
        None => carry_out(command, reign, intent, record),
        Some((_, Fate::Taken(State::Quarantined))) => quarantined(intent.movement),
        // Refused for ever only once the intent says so, which no failover loses.
        Some((_, Fate::Refused(refusal))) => {
            Effect::WriteIntent(Box::new(intent.moved(IntentState::Refused(refusal))))
        }
        Some((record, Fate::Taken(_))) => acknowledge(record, intent, telling),
    }
}

/// The ledger has not heard of the intent.
fn carry_out(
    command: &Command,
    reign: Reign,
    intent: &Intent,
    record: Option<&PaymentRecord>,
) -> Effect {
    if intent.epoch > reign.epoch {
        return Effect::Answer(Outcome::RegionSwitching);
    }
    let is_held = intent.state == IntentState::Quarantined
        || record.is_some_and(|record| record.state == State::Quarantined);
    if is_held && !is_planted(Bug::QuarantineIgnored) {
        return quarantined(intent.movement);
    }
    if may_be_lost(reign, intent, record) {
        return Effect::WriteIntent(Box::new(intent.moved(IntentState::Quarantined)));
    }
    let is_claimed = intent.claim.by == command.attempt && intent.epoch == reign.epoch;
    let others_wait = intent.epoch == reign.epoch && intent.claim.until > command.now();
    if is_claimed {
        Effect::Commit(Box::new(transaction(intent, record, reign)))
    } else if others_wait {
        Effect::Answer(Outcome::InProgress)
    } else {
        Effect::WriteIntent(Box::new(intent.taken_over(reign.epoch, command.claim())))
    }
}

/// Whether the ledger may have had what it has no more: the intent is older than the latest
/// failover with loss, or says that the ledger had it, or is a refund of a payment that is gone.
fn may_be_lost(reign: Reign, intent: &Intent, record: Option<&PaymentRecord>) -> bool {
    let is_orphan = matches!(intent.order, Order::Refund(_)) && record.is_none();
    let is_older = intent.state != IntentState::Accepted || reign.may_have_lost(intent.epoch);
    is_orphan || is_older && !is_planted(Bug::QuarantineIgnored)
}

fn transaction(intent: &Intent, record: Option<&PaymentRecord>, reign: Reign) -> Transaction {
    match record {
        Some(record) => Transaction::refund(record, intent, reign.epoch),
        None => {
            Transaction::post(intent, reign.epoch).expect("a refund without its payment is lost")
        }
    }
}

fn acknowledge(record: &PaymentRecord, intent: &Intent, telling: Telling) -> Effect {
    let movement = intent.movement;
    assert_eq!(record.key(movement), Some(intent.key), "two keys have one id: `{movement}`");
    let acknowledgement = Acknowledgement::of(record, movement).expect("its fate was read in it");
    Effect::Answer(Outcome::Acknowledged(acknowledgement, telling))
}

fn quarantined(movement: MovementId) -> Effect {
    Effect::Answer(Outcome::Quarantined(movement))
}
