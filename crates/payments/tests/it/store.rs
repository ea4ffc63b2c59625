//! A ledger in memory: what was committed, in order, and what that adds up to.

use std::collections::BTreeMap;

use payments::{
    Committed, Epoch, Event, MovementId, PaymentId, PaymentRecord, Posting, State, Transaction,
    Transfer,
};

/// A ledger.
#[derive(Clone, Default)]
pub(crate) struct Store {
    pub(crate) epoch: Option<Epoch>,
    pub(crate) history: Vec<Transaction>,
    pub(crate) records: BTreeMap<PaymentId, PaymentRecord>,
    pub(crate) events: Vec<Event>,
    pub(crate) is_read_only: bool,
}

impl Store {
    pub(crate) fn apply(&mut self, transaction: &Transaction) -> Committed {
        if self.is_read_only {
            return Committed::Unavailable;
        }
        match self.epoch {
            Some(epoch) if epoch != transaction.epoch => return Committed::Fenced(epoch),
            _ => {}
        }
        let version = self.records.get(&transaction.record.id).map(|record| record.version);
        if version != transaction.expects {
            return Committed::Conflict(version);
        }
        self.write(transaction);
        Committed::Done
    }

    pub(crate) fn write(&mut self, transaction: &Transaction) {
        self.records.insert(transaction.record.id, transaction.record.clone());
        for draft in &transaction.events {
            let number = |event: &&Event| event.draft.account == draft.account;
            let sequence = self.events.iter().filter(number).count() as u64 + 1;
            self.events.push(draft.numbered(sequence));
        }
        self.history.push(transaction.clone());
    }

    /// The same without its last transactions, under a new epoch.
    pub(crate) fn promoted(&self, lost: usize, epoch: Epoch) -> Self {
        let mut store = Self { epoch: Some(epoch), ..Self::default() };
        let kept = self.history.len().saturating_sub(lost);
        self.history[..kept].iter().for_each(|transaction| store.write(transaction));
        store
    }

    pub(crate) fn postings(&self) -> Vec<Posting> {
        let transfers = self.history.iter().flat_map(|transaction| &transaction.transfers);
        transfers.flat_map(Transfer::postings).collect()
    }

    pub(crate) fn movements(&self) -> Vec<(MovementId, Option<State>)> {
        self.records.values().flat_map(PaymentRecord::movements).collect()
    }
}
