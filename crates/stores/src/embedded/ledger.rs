//! The ledger: the record of each payment, and its transfers.

use payments::{Committed, Ledger, PaymentId, PaymentRecord, Read, Transaction, Transfer, Version};
use redb::{ReadTransaction, ReadableTable as _, TableDefinition, WriteTransaction};

use super::file::{Text, find, make_table, value};
use super::{Change, EmbeddedStore, answered, books, epoch, outbox};
use crate::document;
use crate::error::StoreError;
use crate::stored::{StoredRecord, StoredTransfer};

const PAYMENTS: TableDefinition<'_, &str, Text> = TableDefinition::new("payments");
/// By payment, version and place in the transaction.
const TRANSFERS: TableDefinition<'_, (&str, u64, u64), Text> = TableDefinition::new("transfers");

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, PAYMENTS)?;
    make_table(open, TRANSFERS)
}

impl Ledger for EmbeddedStore {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        answered(self.look(move |open| record(open, &payment.to_string())).await)
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        let transaction = transaction.clone();
        match self.change(move |open| commit(open, &transaction)).await {
            Ok(committed) => committed,
            Err(StoreError::Unknown(_)) => Committed::Unknown,
            Err(_) => Committed::Unavailable,
        }
    }
}

/// The record of a payment.
pub(super) fn record(
    open: &ReadTransaction,
    payment: &str,
) -> Result<Option<PaymentRecord>, StoreError> {
    find::<StoredRecord, _, _>(&open.open_table(PAYMENTS)?, payment)
}

/// All records, by id.
pub(super) fn records(open: &ReadTransaction) -> Result<Vec<PaymentRecord>, StoreError> {
    let table = open.open_table(PAYMENTS)?;
    table.iter()?.map(|row| value::<StoredRecord, _>(row?.1.value())).collect()
}

/// All transfers, payment by payment.
pub(super) fn transfers(open: &ReadTransaction) -> Result<Vec<Transfer>, StoreError> {
    let table = open.open_table(TRANSFERS)?;
    table.iter()?.map(|row| value::<StoredTransfer, _>(row?.1.value())).collect()
}

fn commit(
    open: &WriteTransaction,
    transaction: &Transaction,
) -> Result<Change<Committed>, StoreError> {
    if let Some(refused) = refused(open, transaction)? {
        return Ok(Change::Refused(refused));
    }
    write_payment(open, transaction)?;
    books::post(open, transaction)?;
    outbox::add(open, transaction)?;
    Ok(Change::Made(Committed::Done))
}

/// Why the transaction may not be: first the epoch, then the version.
fn refused(
    open: &WriteTransaction,
    transaction: &Transaction,
) -> Result<Option<Committed>, StoreError> {
    let epoch = epoch::current(open)?;
    if epoch != transaction.epoch {
        return Ok(Some(Committed::Fenced(epoch)));
    }
    let table = open.open_table(PAYMENTS)?;
    let row = table.get(transaction.record.id.to_string().as_str())?;
    let stored = row.map(|row| document::read::<StoredRecord>(row.value())).transpose()?;
    let version: Option<Version> = stored.map(|record| record.version());
    Ok((version != transaction.expects).then_some(Committed::Conflict(version)))
}

fn write_payment(open: &WriteTransaction, transaction: &Transaction) -> Result<(), StoreError> {
    let record = &transaction.record;
    let id = record.id.to_string();
    let text = document::write(&StoredRecord::from(record));
    open.open_table(PAYMENTS)?.insert(id.as_str(), text.as_bytes())?;
    let mut table = open.open_table(TRANSFERS)?;
    for (place, transfer) in (0..).zip(&transaction.transfers) {
        let text = document::write(&StoredTransfer::from(transfer));
        table.insert((id.as_str(), record.version.0, place), text.as_bytes())?;
    }
    Ok(())
}
