//! The ledger: the record of each payment, its transfers, and the events of each account.

use payments::{
    AccountId, Committed, Event, Ledger, PaymentId, PaymentRecord, Read, Transaction, Transfer,
    Version,
};
use redb::{ReadTransaction, ReadableTable as _, TableDefinition, WriteTransaction};

use super::file::{Text, find, make_table, value};
use super::{Change, EmbeddedStore, answered, books, epoch};
use crate::document;
use crate::error::StoreError;
use crate::stored::{StoredEvent, StoredRecord, StoredTransfer};

const PAYMENTS: TableDefinition<'_, &str, Text> = TableDefinition::new("payments");
/// By payment, version and place in the transaction.
const TRANSFERS: TableDefinition<'_, (&str, u64, u64), Text> = TableDefinition::new("transfers");
/// How many events each account has had.
const ACCOUNTS: TableDefinition<'_, &str, u64> = TableDefinition::new("accounts");
/// By account and number.
const EVENTS: TableDefinition<'_, (&str, u64), Text> = TableDefinition::new("events");

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, PAYMENTS)?;
    make_table(open, TRANSFERS)?;
    make_table(open, ACCOUNTS)?;
    make_table(open, EVENTS)
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

impl EmbeddedStore {
    /// The events of an account, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn events(&self, account: AccountId) -> Result<Vec<Event>, StoreError> {
        let account = account.to_string();
        self.look(move |open| {
            let table = open.open_table(EVENTS)?;
            let rows = table.range((account.as_str(), 0)..=(account.as_str(), u64::MAX))?;
            rows.map(|row| value::<StoredEvent, _>(row?.1.value())).collect()
        })
        .await
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
    write_events(open, transaction)?;
    books::post(open, transaction)?;
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

fn write_events(open: &WriteTransaction, transaction: &Transaction) -> Result<(), StoreError> {
    let mut accounts = open.open_table(ACCOUNTS)?;
    let mut events = open.open_table(EVENTS)?;
    for draft in &transaction.events {
        let account = draft.account.to_string();
        let number = accounts.get(account.as_str())?.map_or(0, |last| last.value()) + 1;
        accounts.insert(account.as_str(), number)?;
        let text = document::write(&StoredEvent::of(draft, number));
        events.insert((account.as_str(), number), text.as_bytes())?;
    }
    Ok(())
}
