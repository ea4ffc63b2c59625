//! A transaction as the ledger in PostgreSQL is given it: written down, and read by SQL only.

use payments::Transaction;
use serde::Serialize;

use super::{StoredEvent, StoredRecord, StoredTransfer};

/// A [`Transaction`].
#[derive(Debug, Serialize)]
pub(crate) struct StoredTransaction {
    epoch: u64,
    expects: Option<u64>,
    /// Without the refunds that stay as they are: a payment may have thousands that were refused.
    record: StoredRecord,
    transfers: Vec<StoredTransfer>,
    /// Without their numbers, which the ledger gives them.
    events: Vec<StoredEvent>,
}

impl From<&Transaction> for StoredTransaction {
    fn from(transaction: &Transaction) -> Self {
        let account = transaction.record.order.account();
        let is_own = transaction.events.iter().all(|event| event.account == account);
        assert!(is_own, "a transaction tells of its own account only, whose events it numbers");
        Self {
            epoch: transaction.epoch.number(),
            expects: transaction.expects.map(|version| version.0),
            record: StoredRecord::of_movement(&transaction.record, transaction.movement),
            transfers: transaction.transfers.iter().map(StoredTransfer::from).collect(),
            events: transaction.events.iter().map(|draft| StoredEvent::of(draft, 0)).collect(),
        }
    }
}
