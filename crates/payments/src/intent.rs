//! Intents: that something was accepted, written to the strongly consistent store before any effect
//! (`pay-intent-before-effect`). The ledger may lose its last seconds; intents may not.

use planted::{Bug, is_planted};

use crate::epoch::Epoch;
use crate::id::MovementId;
use crate::key::{Fingerprint, ScopedKey};
use crate::order::Order;
use crate::refusal::Refusal;
use crate::time::Time;

/// A record of acceptance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its name: the client's key in its scope.
    pub key: ScopedKey,
    /// What was asked, to compare what is asked under the same key.
    pub fingerprint: Fingerprint,
    /// The payment or refund that the key stands for, for ever.
    pub movement: MovementId,
    /// What is to be done, in full.
    pub order: Order,
    /// The epoch under which it was accepted, or last taken over.
    pub epoch: Epoch,
    /// How far it has come.
    pub state: IntentState,
    /// Who works on it.
    pub claim: Claim,
    /// How often it was written, from 1; every write expects the revision that it read.
    pub revision: Revision,
}

/// How far an intent has come. It trails the ledger: only the ledger says what is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentState {
    /// It was written; the ledger may have it.
    Accepted,
    /// The ledger had it when this was noted.
    Posted,
    /// The processor has said the last word on it.
    Settled,
    /// It was refused for this reason, and did nothing.
    Refused(Refusal),
    /// A failover with loss may have taken it out of the ledger: nothing is done for it until it is
    /// reconciled.
    Quarantined,
}

/// One try to carry out a request: told apart by the id that the caller made for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt(pub(crate) MovementId);

impl Attempt {
    /// The attempt for which the caller made this id.
    #[must_use]
    pub const fn new(fresh: MovementId) -> Self {
        Self(fresh)
    }

    /// The id that the caller made for it, for a store.
    #[must_use]
    pub const fn fresh(self) -> MovementId {
        self.0
    }
}

/// That an attempt is at work on an intent, so that others wait. A courtesy, not a lock: a clock
/// that is wrong, or two attempts at once, cost an answer of 409 or a second try, because the
/// ledger takes a movement once only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The attempt.
    pub by: Attempt,
    /// Until when the others wait.
    pub until: Time,
}

/// How often an intent was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

/// A conditional write of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentWrite {
    /// The intent as it is to be.
    pub intent: Intent,
    /// The revision that must be there; nothing when there must be no intent of this name.
    pub expects: Option<Revision>,
}

impl Intent {
    /// The write that makes it, if its key is not taken.
    pub(crate) fn first(self) -> IntentWrite {
        IntentWrite { intent: self, expects: None }
    }

    /// The write that brings it into this state.
    pub(crate) fn moved(&self, state: IntentState) -> IntentWrite {
        self.changed(|intent| intent.state = state)
    }

    /// The write by which an attempt takes it over, under the epoch that is.
    pub(crate) fn taken_over(&self, epoch: Epoch, claim: Claim) -> IntentWrite {
        self.changed(|intent| {
            intent.epoch = epoch;
            intent.claim = claim;
            if is_planted(Bug::TakeoverRenames) {
                intent.movement = claim.by.fresh();
            }
        })
    }

    /// The write by which reconciliation lets it go, under the epoch that is.
    pub(crate) fn released(&self, epoch: Epoch, state: IntentState) -> IntentWrite {
        self.changed(|intent| {
            intent.epoch = epoch;
            intent.state = state;
        })
    }

    fn changed(&self, change: impl FnOnce(&mut Self)) -> IntentWrite {
        let mut intent = Self { revision: Revision(self.revision.0 + 1), ..self.clone() };
        change(&mut intent);
        IntentWrite { intent, expects: Some(self.revision) }
    }
}

impl IntentState {
    /// The stable name that programs compare; the reason of a refusal is [`Refusal::code`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Posted => "posted",
            Self::Settled => "settled",
            Self::Refused(_) => "refused",
            Self::Quarantined => "quarantined",
        }
    }
}
