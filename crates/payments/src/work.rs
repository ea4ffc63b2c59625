//! What the outbox worker does about one movement, given what is known: `(WorkView, movement) ->
//! WorkEffect`.
//!
//! The processor is called only for a movement that this very run has brought to processing, in a
//! commit that is known to have happened. Whatever else is found to be processing is unknown, and is
//! asked about (`pay-unknown-is-a-state`): the call may have moved the money, may be on its way, or may
//! never have been made, because the gate closed or the process died between the commit and the call.
//!
//! If the processor has not seen an unknown call, this run makes it again, under the same key and
//! directly after asking. To leave it would be to break a promise: what was acknowledged would be left
//! unknown for ever, or be declined although nobody asked the card. It charges nobody twice:
//!
//! - A call that the processor had carried out, however long ago, it would have told of when asked.
//! - A call that is still on its way, or that a worker of an earlier reign makes when it wakes from a
//!   pause, meets this one at the processor under one key, and whichever comes second moves nothing and
//!   is answered like the first. That is so for as long as the processor replays answers, a day as a
//!   rule; a call is on its way for seconds, and a run makes one only within the time for its row.
//! - After the call the movement is processing or unknown again, and never posted, from which it would
//!   be called without being asked: a later run asks first, however much later it is. That holds also
//!   when this call certainly never left, because the one before it may have.

use planted::{Bug, is_planted};

use crate::epoch::{Gate, Reign};
use crate::id::{MovementId, PaymentId};
use crate::intent::{Intent, IntentState, IntentWrite};
use crate::key::ScopedKey;
use crate::ports::{Committed, Seen};
use crate::processor::{Call, ProcessorKey, Sent, Status};
use crate::record::{Fate, PaymentRecord};
use crate::state::{Change, State, Verdict};
use crate::transaction::Transaction;

/// What is known while a worker sees to a movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkView {
    /// The gate, as it was when the run began and still is; closed if it has changed since.
    pub gate: Gate,
    /// The record of the movement's payment.
    pub ledger: Seen<PaymentRecord>,
    /// The movement's intent.
    pub intent: Seen<Intent>,
    /// What this run has done.
    pub run: Run,
    /// What came of calling the processor.
    pub sent: Option<Sent>,
    /// What came of asking it.
    pub status: Option<Status>,
}

/// How far a run of the worker has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It has committed nothing.
    Looking,
    /// It has, for certain, brought the movement to processing: the call is its to make, once.
    Began,
    /// Another worker has changed the record under it, and may be making the call.
    Contended,
    /// The ledger refused its epoch.
    Fenced,
    /// The ledger gave no clear answer: the next run looks again.
    Adrift,
}

/// One thing for a worker to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkEffect {
    /// Look at the ledger.
    ReadLedger(PaymentId),
    /// Write the ledger.
    Commit(Box<Transaction>),
    /// Call the processor.
    Send(Call),
    /// Ask the processor; moves no money.
    Ask(ProcessorKey),
    /// Look at the intent.
    ReadIntent(ScopedKey),
    /// Note in the intent that the movement is settled.
    WriteIntent(Box<IntentWrite>),
    /// End.
    Stop(Worked),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worked {
    /// The last word is in the ledger: the outbox row is done.
    Settled(Verdict),
    /// It is not settled: keep the row and look again later.
    Later,
    /// It is in quarantine: reconciliation sees to it.
    Held,
    /// This Region may not act: keep the row.
    GateClosed,
    /// There is no such movement to see to.
    Nothing,
}

/// Decides what a worker does next.
#[must_use]
pub fn work(view: &WorkView, movement: MovementId) -> WorkEffect {
    let reign = match (view.gate, view.run) {
        (Gate::Closed, _) | (_, Run::Fenced) => return WorkEffect::Stop(Worked::GateClosed),
        (_, Run::Adrift) => return WorkEffect::Stop(Worked::Later),
        (Gate::Open(reign), _) => reign,
    };
    let record = match &view.ledger {
        Seen::Unread | Seen::Doubtful => return WorkEffect::ReadLedger(movement.payment()),
        Seen::Silent => return WorkEffect::Stop(Worked::Later),
        Seen::Absent => return WorkEffect::Stop(Worked::Nothing),
        Seen::Found(record) => record,
    };
    let task = Task { view, movement, reign, record };
    match record.fate(movement) {
        None | Some(Fate::Refused(_) | Fate::Taken(State::Accepted)) => {
            WorkEffect::Stop(Worked::Nothing)
        }
        Some(Fate::Taken(State::Quarantined)) => WorkEffect::Stop(Worked::Held),
        Some(Fate::Taken(State::Posted)) => task.posted(),
        Some(Fate::Taken(State::Processing)) => task.processing(),
        Some(Fate::Taken(State::Unknown)) => task.unknown(),
        Some(Fate::Taken(State::Succeeded)) => task.settled(Verdict::Succeeded),
        Some(Fate::Taken(State::Declined)) => task.settled(Verdict::Declined),
    }
}

/// A movement that the ledger has.
struct Task<'v> {
    view: &'v WorkView,
    movement: MovementId,
    reign: Reign,
    record: &'v PaymentRecord,
}

impl Task<'_> {
    /// Nobody has called, as far as this ledger knows. If it may have forgotten, the processor is
    /// asked first: it may have been called by the Region that was lost, longer ago than it
    /// remembers keys.
    fn posted(&self) -> WorkEffect {
        if self.view.sent.is_some() {
            return WorkEffect::Stop(Worked::Later);
        }
        let accepted =
            self.record.accepted(self.movement).expect("its fate was read in the record");
        match self.view.status {
            None if self.reign.may_have_lost(accepted) && !is_left_out() => self.ask(),
            None | Some(Status::Unseen) => self.commit(Change::Begun),
            Some(status) => self.found(status),
        }
    }

    fn processing(&self) -> WorkEffect {
        match (self.view.run, self.view.sent) {
            (Run::Began, None) => self.send(),
            (Run::Began, Some(Sent::Answered(verdict))) => self.commit(Change::Answered(verdict)),
            // Who has asked did so because another call may have left before.
            (Run::Began, Some(Sent::NotSent)) if self.view.status.is_none() => {
                self.commit(Change::NotSent)
            }
            (Run::Began, Some(Sent::NoAnswer)) if is_planted(Bug::UnknownSentAgain) => {
                self.commit(Change::NotSent)
            }
            (Run::Began, Some(Sent::NoAnswer)) if is_planted(Bug::SilenceTakenForDecline) => {
                self.commit(Change::Answered(Verdict::Declined))
            }
            (Run::Began, Some(Sent::NotSent | Sent::NoAnswer)) | (Run::Looking, _) => {
                self.commit(Change::TimedOut)
            }
            _ => WorkEffect::Stop(Worked::Later),
        }
    }

    /// It is asked about, and called for again where the processor has not seen it; but once in a run:
    /// a call that was just made may be on its way, and the next run asks anew.
    fn unknown(&self) -> WorkEffect {
        match (self.view.status, self.view.sent) {
            (None, _) => self.ask(),
            (Some(Status::Unseen), None) => self.commit(Change::CalledAgain),
            (Some(status), _) => self.found(status),
        }
    }

    fn settled(&self, verdict: Verdict) -> WorkEffect {
        let key = self.record.key(self.movement).expect("its fate was read in the record");
        match &self.view.intent {
            Seen::Unread => WorkEffect::ReadIntent(key),
            Seen::Found(intent) if is_open(intent) => {
                WorkEffect::WriteIntent(Box::new(intent.moved(IntentState::Settled)))
            }
            _ => WorkEffect::Stop(Worked::Settled(verdict)),
        }
    }

    fn found(&self, status: Status) -> WorkEffect {
        match status {
            Status::Known(verdict) => self.commit(Change::Found(verdict)),
            Status::Closed => self.commit(Change::Found(Verdict::Declined)),
            Status::Pending | Status::Unseen | Status::NoAnswer => WorkEffect::Stop(Worked::Later),
        }
    }

    fn ask(&self) -> WorkEffect {
        WorkEffect::Ask(ProcessorKey::of(self.movement))
    }

    fn send(&self) -> WorkEffect {
        WorkEffect::Send(Call::of(self.record, self.movement).expect("it is processing"))
    }

    fn commit(&self, change: Change) -> WorkEffect {
        let epoch = self.reign.epoch;
        let transaction = Transaction::advance(self.record, self.movement, change, epoch)
            .expect("only what the life cycle allows is chosen");
        WorkEffect::Commit(Box::new(transaction))
    }
}

/// Whether a planted bug leaves out to ask before the call.
fn is_left_out() -> bool {
    is_planted(Bug::NotAskedAfterLoss) || is_planted(Bug::ReleasedUnasked)
}

/// Whether it does not say yet how the movement ended, and is not in reconciliation's hands.
fn is_open(intent: &Intent) -> bool {
    matches!(intent.state, IntentState::Accepted | IntentState::Posted)
}

impl WorkView {
    /// Nothing is known but the gate.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        let (ledger, intent) = (Seen::Unread, Seen::Unread);
        Self { gate, ledger, intent, run: Run::Looking, sent: None, status: None }
    }

    pub(crate) fn committed(
        &mut self,
        transaction: &Transaction,
        movement: MovementId,
        committed: Committed,
    ) {
        let begins = transaction.record.fate(movement) == Some(Fate::Taken(State::Processing));
        match committed {
            Committed::Unknown if begins && is_planted(Bug::CalledOnUnknownCommit) => {
                self.ledger = Seen::Found(transaction.record.clone());
                self.run = Run::Began;
            }
            Committed::Done => {
                self.ledger = Seen::Found(transaction.record.clone());
                self.run = if begins { Run::Began } else { self.run };
            }
            Committed::Conflict(_) => {
                self.ledger = Seen::Doubtful;
                // What was said before somebody else wrote is old: they may have called since.
                self.status = None;
                // An answer stays true, whoever has begun again since: they use the same key. That a
                // call did not leave, or was not answered, says nothing of theirs.
                let is_answered = matches!(self.sent, Some(Sent::Answered(_)));
                self.run = if is_answered { self.run } else { Run::Contended };
            }
            Committed::Fenced(_) => self.run = Run::Fenced,
            Committed::Unavailable | Committed::Unknown => self.run = Run::Adrift,
        }
    }
}
