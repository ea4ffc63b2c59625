//! What one Region's database holds: a log, and what it adds up to.

use std::collections::BTreeMap;
use std::sync::Arc;

use payments::{
    Committed, Epoch, Fate, MovementId, PaymentId, PaymentRecord, Posting, State, Transaction,
    Transfer, audit_books, audit_records,
};
use planted::{Bug, is_planted};

use crate::world::mistakes::is_left_out;

/// What a database takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Reads and writes.
    Writer,
    /// Reads.
    Replica,
    /// It was stopped by the database service, for a switchover or for good.
    Stopped,
}

/// One thing that was committed.
#[derive(Clone)]
pub(super) enum Logged {
    Transaction(Arc<Transaction>),
    Epoch(Epoch),
}

/// What one Region's database holds.
#[derive(Clone)]
pub(crate) struct Volume {
    pub(crate) role: Role,
    pub(super) log: Vec<Logged>,
    pub(crate) epoch: Epoch,
    pub(crate) records: BTreeMap<PaymentId, PaymentRecord>,
    /// Movements that the worker has to see to, and until when one does.
    pub(crate) outbox: BTreeMap<MovementId, u64>,
}

impl Volume {
    pub(super) fn new(role: Role) -> Self {
        let first = Epoch::new(1);
        Self {
            role,
            log: vec![Logged::Epoch(first)],
            epoch: first,
            records: BTreeMap::new(),
            outbox: BTreeMap::new(),
        }
    }

    pub(super) fn write(&mut self, logged: Logged) {
        match &logged {
            Logged::Epoch(epoch) => self.epoch = *epoch,
            Logged::Transaction(transaction) => {
                self.records.insert(transaction.record.id, transaction.record.clone());
                match state_after(transaction) {
                    Some(State::Posted) => {
                        self.outbox.insert(transaction.movement, 0);
                    }
                    Some(State::Succeeded | State::Declined) | None => {
                        self.outbox.remove(&transaction.movement);
                    }
                    Some(_) => {}
                }
            }
        }
        self.log.push(logged);
    }

    /// A volume made of the first part of this one's log.
    pub(super) fn cut(&self, length: usize, role: Role) -> Self {
        let mut volume = Self { log: Vec::new(), ..Self::new(role) };
        for logged in &self.log[..length] {
            volume.write(logged.clone());
        }
        volume
    }

    /// How far it has come.
    pub(crate) fn position(&self) -> u64 {
        self.log.len() as u64
    }

    pub(crate) fn postings(&self) -> Vec<Posting> {
        let transactions = self.log.iter().filter_map(|logged| match logged {
            Logged::Transaction(transaction) => Some(transaction),
            Logged::Epoch(_) => None,
        });
        let transfers = transactions.flat_map(|transaction| &transaction.transfers);
        let postings = transfers.flat_map(Transfer::postings);
        postings.filter(|posting| !is_left_out(posting)).collect()
    }

    /// How many faults the books have.
    pub(crate) fn faults(&self) -> u64 {
        let postings = self.postings();
        let faults =
            audit_books(&postings).len() + audit_records(self.records.values(), &postings).len();
        faults as u64
    }

    pub(crate) fn movements(&self) -> BTreeMap<MovementId, Option<State>> {
        self.records.values().flat_map(PaymentRecord::movements).collect()
    }

    pub(super) fn commit(&mut self, transaction: &Transaction) -> Committed {
        if self.epoch != transaction.epoch && !is_planted(Bug::EpochNotCompared) {
            return Committed::Fenced(self.epoch);
        }
        let version = self.records.get(&transaction.record.id).map(|record| record.version);
        if version != transaction.expects && !is_planted(Bug::VersionNotCompared) {
            return Committed::Conflict(version);
        }
        self.write(Logged::Transaction(Arc::new(transaction.clone())));
        Committed::Done
    }
}

/// The state that a transaction leaves its movement in; none when it was refused.
pub(super) fn state_after(transaction: &Transaction) -> Option<State> {
    match transaction.record.fate(transaction.movement) {
        Some(Fate::Taken(state)) => Some(state),
        Some(Fate::Refused(_)) | None => None,
    }
}
