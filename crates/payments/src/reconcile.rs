//! After a failover with loss: what is missing, holding it, and putting it right
//! (`pay-reconcile-after-loss`).
//!
//! All intents are compared with the ledger that was promoted, whatever they say of themselves: the
//! ledger may have lost what an intent notes as posted or settled.

use std::collections::{BTreeMap, BTreeSet};

use planted::{Bug, is_planted};

use crate::currency::Currency;
use crate::epoch::Epoch;
use crate::id::MovementId;
use crate::intent::{Intent, IntentState};
use crate::ports::{Committed, Intents, Ledger, Processor, Read, Written};
use crate::processor::{ProcessorKey, Status};
use crate::record::{Fate, PaymentRecord};
use crate::state::{Change, State, Verdict};
use crate::time::Time;
use crate::transaction::Transaction;

/// How long after its last try an intent that was only accepted is abandoned, in milliseconds, by the
/// clock of the latest payment that the ledger has: far longer than a request takes and than clocks
/// differ.
const ABANDONED_MS: u64 = 24 * 60 * 60 * 1_000;

/// Where a failover cut a ledger off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The epoch that the failover began, because what is accepted in it may just not have come to
    /// the ledger yet.
    pub before: Epoch,
    /// When the latest payment that the ledger has was accepted; nothing when it has none.
    pub latest: Option<Time>,
}

impl Cut {
    /// Whether the ledger is to be asked for this intent.
    #[must_use]
    pub fn concerns(self, intent: &Intent) -> bool {
        // What was refused for ever has nothing to lose.
        let is_refused = matches!(intent.state, IntentState::Refused(_));
        let is_trusted = is_planted(Bug::NotesTrusted) && intent.state != IntentState::Accepted;
        intent.epoch < self.before && !is_refused && !is_trusted
    }

    /// Whether its client was told to try again, and never did. A ledger has whatever was committed
    /// before the latest that it has: what was tried for the last time long before that, and is not
    /// there, was never committed.
    fn is_abandoned(self, intent: &Intent) -> bool {
        let given_up = intent.claim.until.plus_ms(ABANDONED_MS);
        intent.state == IntentState::Accepted && self.latest.is_some_and(|latest| given_up < latest)
    }
}

/// The intents that this cut concerns and that the ledger does not know, but for those that were
/// abandoned: payments before refunds, each by id. `ledger` names every movement of the promoted ledger
/// that one of these intents is for, refused refunds too ([`PaymentRecord::movements`]).
#[must_use]
pub fn missing<'i>(
    intents: impl IntoIterator<Item = &'i Intent>,
    ledger: &BTreeSet<MovementId>,
    cut: Cut,
) -> Vec<Intent> {
    absent(intents, ledger, cut, |intent| !cut.is_abandoned(intent))
}

/// The others that it does not know: nothing was lost of them, and nothing is to be done unless their
/// clients ask again, for which [`give_up`] makes them ready.
#[must_use]
pub fn abandoned<'i>(
    intents: impl IntoIterator<Item = &'i Intent>,
    ledger: &BTreeSet<MovementId>,
    cut: Cut,
) -> Vec<Intent> {
    absent(intents, ledger, cut, |intent| cut.is_abandoned(intent))
}

fn absent<'i>(
    intents: impl IntoIterator<Item = &'i Intent>,
    ledger: &BTreeSet<MovementId>,
    cut: Cut,
    counts: impl Fn(&Intent) -> bool,
) -> Vec<Intent> {
    let is_absent = |intent: &&Intent| cut.concerns(intent) && !ledger.contains(&intent.movement);
    sorted(intents.into_iter().filter(is_absent).filter(|intent| counts(intent)))
}

/// The intents that wait for [`settle`]: payments before refunds, each by id. `ledger` names every
/// movement that the ledger holds as quarantined. Either may say so alone: an intent by a failover
/// upon a failover, a ledger by a reconciler of the Region that was lost, which let an intent go
/// too late.
#[must_use]
pub fn held<'i>(
    intents: impl IntoIterator<Item = &'i Intent>,
    ledger: &BTreeSet<MovementId>,
) -> Vec<Intent> {
    let is_held = |intent: &&Intent| {
        intent.state == IntentState::Quarantined || ledger.contains(&intent.movement)
    };
    sorted(intents.into_iter().filter(is_held))
}

fn sorted<'i>(intents: impl Iterator<Item = &'i Intent>) -> Vec<Intent> {
    let mut sorted: Vec<Intent> = intents.cloned().collect();
    sorted.sort_by_key(|intent| intent.movement);
    sorted
}

/// What a person has to know before approving a loss: how much is missing at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Payments without a record.
    pub payments: usize,
    /// Refunds without a record.
    pub refunds: usize,
    /// How many of both were in the lost ledger for certain; of the others nobody knows.
    pub noted: usize,
    /// Their money, in minor units, by currency.
    pub money: BTreeMap<Currency, u128>,
}

/// Adds up what is missing.
#[must_use]
pub fn loss<'i>(missing: impl IntoIterator<Item = &'i Intent>) -> Loss {
    let mut loss = Loss::default();
    for intent in missing {
        match intent.movement {
            MovementId::Payment(_) => loss.payments += 1,
            MovementId::Refund(..) => loss.refunds += 1,
        }
        if matches!(intent.state, IntentState::Posted | IntentState::Settled) {
            loss.noted += 1;
        }
        let money = intent.order.money();
        let units = u128::from(money.amount.minor_units().unsigned_abs());
        *loss.money.entry(money.currency).or_default() += units;
    }
    loss
}

/// How a step of reconciliation ended. Every step may be taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconciled {
    /// It is done, now or before.
    Done,
    /// Nothing is known yet: ask again later. For a refund, see to its payment first.
    Waits,
    /// A store did not answer, or was changed meanwhile: do it again.
    Again,
}

/// Holds a missing intent: nothing is done under its key until [`settle`] has released it. Before
/// the gate opens, and again whenever [`missing`] finds more; payments first.
pub async fn quarantine(
    intents: &impl Intents,
    ledger: &impl Ledger,
    epoch: Epoch,
    intent: &Intent,
) -> Reconciled {
    let record = match ledger.read(intent.movement.payment()).await {
        Read::Unavailable => return Reconciled::Again,
        Read::Absent => None,
        Read::Found(record) => Some(record),
    };
    if record.as_ref().is_some_and(|record| record.fate(intent.movement).is_some()) {
        return Reconciled::Done;
    }
    // The intent first: it is what a further failover cannot lose.
    if intent.state != IntentState::Quarantined {
        let written = intents.write(&intent.moved(IntentState::Quarantined)).await;
        if !is_quarantined(&written) {
            return Reconciled::Again;
        }
    }
    match Transaction::hold(record.as_ref(), intent, epoch) {
        Some(_) if is_planted(Bug::QuarantineIgnored) => Reconciled::Done,
        None => Reconciled::Waits,
        Some(transaction) => done(ledger.commit(&transaction).await),
    }
}

fn is_quarantined(written: &Written) -> bool {
    match written {
        Written::Done => true,
        Written::Changed(other) => other.state == IntentState::Quarantined,
        Written::Unavailable | Written::Unknown => false,
    }
}

fn done(committed: Committed) -> Reconciled {
    match committed {
        Committed::Done => Reconciled::Done,
        _ => Reconciled::Again,
    }
}

/// What to do about a movement in quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It cannot be known yet.
    Wait,
    /// Write this: its whole life if the processor said the last word, or its beginning if it never
    /// heard of it.
    Commit(Box<Transaction>),
}

/// Decides about a movement that `record` holds in quarantine, by what the processor knows of it.
/// Moves no money: what the processor has not seen becomes posted, and the worker asks again before
/// it calls, under the same key.
#[must_use]
pub fn resolve(
    record: &PaymentRecord,
    movement: MovementId,
    status: Status,
    epoch: Epoch,
) -> Resolution {
    let change = match (status, room(record, movement)) {
        (Status::Pending | Status::NoAnswer, _) | (_, Room::NotKnown) => None,
        (Status::Known(Verdict::Succeeded), Room::None) => None,
        (Status::Known(verdict), _) => Some(Change::Found(verdict)),
        (Status::Closed, _) | (Status::Unseen, Room::None) => {
            Some(Change::Found(Verdict::Declined))
        }
        (Status::Unseen, Room::Enough) => Some(Change::Released),
    };
    let transaction =
        change.and_then(|change| Transaction::advance(record, movement, change, epoch));
    transaction.map_or(Resolution::Wait, |transaction| Resolution::Commit(Box::new(transaction)))
}

/// Whether a payment has room for its refund, which counts as taken while it is held.
enum Room {
    NotKnown,
    None,
    Enough,
}

fn room(record: &PaymentRecord, movement: MovementId) -> Room {
    match (movement, record.state) {
        (MovementId::Payment(_), _) => Room::Enough,
        (_, State::Declined) => Room::None,
        (_, State::Succeeded) if record.reserved() <= record.captured() => Room::Enough,
        (_, State::Succeeded) => Room::None,
        _ => Room::NotKnown,
    }
}

/// Notes of an abandoned intent that no failover up to this epoch has lost it: whoever asks for it after
/// all has it carried out like a new one, instead of being told that it is pending.
pub async fn give_up(intents: &impl Intents, epoch: Epoch, intent: &Intent) -> Reconciled {
    match intents.write(&intent.released(epoch, IntentState::Accepted)).await {
        // Who has changed it meanwhile has asked for it.
        Written::Done | Written::Changed(_) => Reconciled::Done,
        Written::Unavailable | Written::Unknown => Reconciled::Again,
    }
}

/// Asks the processor about a held intent, writes what the answer means, and lets the intent go.
/// One step a call: the next is due as long as the answer is [`Reconciled::Again`].
///
/// Everything that is [`missing`] has to be held first: a payment that is settled before a lost
/// refund of it is held could be refunded again.
pub async fn settle(
    intents: &impl Intents,
    ledger: &impl Ledger,
    processor: &impl Processor,
    epoch: Epoch,
    intent: &Intent,
) -> Reconciled {
    let movement = intent.movement;
    let record = match ledger.read(movement.payment()).await {
        Read::Unavailable => return Reconciled::Again,
        Read::Absent => None,
        Read::Found(record) => Some(record),
    };
    let fate = record.as_ref().and_then(|record| record.fate(movement));
    match (fate, record) {
        (Some(Fate::Taken(State::Quarantined)), Some(record)) => {
            let status = match is_planted(Bug::ReleasedUnasked) {
                true => Status::Unseen,
                false => processor.status(ProcessorKey::of(movement)).await,
            };
            match resolve(&record, movement, status, epoch) {
                Resolution::Wait => Reconciled::Waits,
                Resolution::Commit(transaction) => {
                    done(ledger.commit(&transaction).await).or_again()
                }
            }
        }
        _ if intent.state != IntentState::Quarantined => Reconciled::Done,
        // The ledger knows it: what is left to do is to let the intent go.
        (Some(fate), _) => match intents.write(&intent.released(epoch, state_after(fate))).await {
            Written::Done => Reconciled::Done,
            _ => Reconciled::Again,
        },
        (None, _) => quarantine(intents, ledger, epoch, intent).await.or_again(),
    }
}

impl Reconciled {
    /// What is done here leaves something to do in the next step.
    fn or_again(self) -> Self {
        match self {
            Self::Done => Self::Again,
            other => other,
        }
    }
}

fn state_after(fate: Fate) -> IntentState {
    match fate {
        Fate::Refused(refusal) => IntentState::Refused(refusal),
        Fate::Taken(state) if state.is_final() => IntentState::Settled,
        Fate::Taken(_) => IntentState::Posted,
    }
}
