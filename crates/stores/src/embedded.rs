//! A ledger and a store of intents in one file, for one process on one machine: needs nothing installed.
//!
//! Each write is one transaction of the file, and is on the disk before it is answered. What is kept is the text of a
//! document.

use std::path::Path;
use std::sync::Arc;

use payments::{
    AccountId, BookFault, Committed, Epoch, Event, Intent, IntentWrite, Intents, Ledger, Page,
    PageRequest, PaymentId, PaymentRecord, Posting, Read, ScopedKey, Transaction, Transfer,
    Version, Written, audit_books, audit_records,
};
use redb::{
    Database, Durability, ReadableDatabase as _, ReadableTable as _, TableDefinition,
    WriteTransaction,
};

use crate::document;
use crate::error::StoreError;
use crate::outbox::Raised;
use crate::stored::{StoredEvent, StoredIntent, StoredRecord, StoredTransfer};

const INTENTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("intents");
const PAYMENTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("payments");
/// By payment, version and place in the transaction.
const TRANSFERS: TableDefinition<'_, (&str, u64, u64), &[u8]> = TableDefinition::new("transfers");
/// How many events each account has had.
const ACCOUNTS: TableDefinition<'_, &str, u64> = TableDefinition::new("accounts");
/// By account and number.
const OUTBOX: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("outbox");
/// The epoch and its Region, under the one key there is.
const EPOCH: TableDefinition<'_, (), (u64, &str)> = TableDefinition::new("epoch");

/// When a write is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syncing {
    /// When it is on the disk.
    Always,
    /// When it is in memory: a process that dies loses it. For tests.
    Never,
}

/// A store in one file.
#[derive(Clone)]
pub struct EmbeddedStore {
    database: Arc<Database>,
    syncing: Syncing,
}

impl EmbeddedStore {
    /// Opens the file, or makes it. One process at a time can.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when another process has it open or it is no such file.
    pub fn open(path: &Path, syncing: Syncing) -> Result<Self, StoreError> {
        let database = Database::create(path).map_err(StoreError::unavailable)?;
        let store = Self { database: Arc::new(database), syncing };
        // Makes the tables, so that whoever reads finds them.
        store.write(|open| {
            open.open_table(INTENTS).map_err(StoreError::unavailable)?;
            open.open_table(PAYMENTS).map_err(StoreError::unavailable)?;
            open.open_table(TRANSFERS).map_err(StoreError::unavailable)?;
            open.open_table(ACCOUNTS).map_err(StoreError::unavailable)?;
            open.open_table(OUTBOX).map_err(StoreError::unavailable)?;
            open.open_table(EPOCH).map_err(StoreError::unavailable)?;
            Ok(Some(()))
        })?;
        Ok(store)
    }

    /// Raises the ledger's epoch, which never falls.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn raise_epoch(&self, to: Epoch, region: &str) -> Result<Raised, StoreError> {
        let region = region.to_owned();
        self.run(move |store| store.raise(to, &region)).await
    }

    /// The epoch that the ledger accepts writes under; 0 before the first.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn current_epoch(&self) -> Result<Epoch, StoreError> {
        self.run(|store| {
            let read = store.database.begin_read().map_err(StoreError::unavailable)?;
            let table = read.open_table(EPOCH).map_err(StoreError::unavailable)?;
            let row = table.get(()).map_err(StoreError::unavailable)?;
            Ok(Epoch::new(row.map_or(0, |row| row.value().0)))
        })
        .await
    }

    /// A page of an account's payments, newest first.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn payments(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, StoreError> {
        let (records, _) = self.run(|store| store.everything()).await?;
        let is_asked = |record: &PaymentRecord| {
            record.order.account() == account
                && page.starting_after().is_none_or(|after| record.id < after)
        };
        let rows = records.into_iter().rev().filter(is_asked).take(page.rows()).collect();
        Ok(page.page(rows))
    }

    /// The events of an account, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn events(&self, account: AccountId) -> Result<Vec<Event>, StoreError> {
        let account = account.to_string();
        self.run(move |store| {
            let read = store.database.begin_read().map_err(StoreError::unavailable)?;
            let table = read.open_table(OUTBOX).map_err(StoreError::unavailable)?;
            let account = account.as_str();
            let rows = table.range((account, 0)..=(account, u64::MAX));
            rows.map_err(StoreError::unavailable)?
                .map(|row| {
                    let (_, value) = row.map_err(StoreError::unavailable)?;
                    Ok(document::read::<StoredEvent>(value.value())?.try_into()?)
                })
                .collect()
        })
        .await
    }

    /// Everything wrong in the books, and between them and the payments' records; empty when they are whole.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn audit(&self) -> Result<Vec<BookFault>, StoreError> {
        let (records, postings) = self.run(|store| store.everything()).await?;
        let mut faults = audit_books(&postings);
        faults.extend(audit_records(&records, &postings));
        Ok(faults)
    }

    /// Does what waits for the disk where nobody else waits with it.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&store)).await;
        done.map_err(StoreError::unknown)?
    }

    /// Carries out what `work` writes, whole or not at all; not at all when it answers nothing.
    fn write<T>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut open = self.database.begin_write().map_err(StoreError::unavailable)?;
        if self.syncing == Syncing::Never {
            open.set_durability(Durability::None).map_err(StoreError::unavailable)?;
        }
        let written = work(&open)?;
        if written.is_some() {
            // What fails from here on may be in the file or not.
            open.commit().map_err(StoreError::unknown)?;
        }
        Ok(written)
    }

    fn raise(&self, to: Epoch, region: &str) -> Result<Raised, StoreError> {
        let mut raised = Raised::Done;
        self.write(|open| {
            let mut table = open.open_table(EPOCH).map_err(StoreError::unavailable)?;
            let before = table.get(()).map_err(StoreError::unavailable)?;
            let (epoch, holder) = before.map_or((0, String::new()), |row| {
                let (epoch, holder) = row.value();
                (epoch, holder.to_owned())
            });
            if epoch >= to.number() {
                let is_ours = epoch == to.number() && holder == region;
                raised = if is_ours { Raised::Done } else { Raised::Passed(Epoch::new(epoch)) };
                return Ok(None);
            }
            table.insert((), (to.number(), region)).map_err(StoreError::unavailable)?;
            Ok(Some(()))
        })?;
        Ok(raised)
    }

    fn record(&self, payment: PaymentId) -> Result<Option<PaymentRecord>, StoreError> {
        let read = self.database.begin_read().map_err(StoreError::unavailable)?;
        let table = read.open_table(PAYMENTS).map_err(StoreError::unavailable)?;
        let id = payment.to_string();
        let row = table.get(id.as_str()).map_err(StoreError::unavailable)?;
        row.map(|row| Ok(document::read::<StoredRecord>(row.value())?.try_into()?)).transpose()
    }

    fn intent(&self, key: &ScopedKey) -> Result<Option<Intent>, StoreError> {
        let read = self.database.begin_read().map_err(StoreError::unavailable)?;
        let table = read.open_table(INTENTS).map_err(StoreError::unavailable)?;
        let row = table.get(key.as_bytes().as_slice()).map_err(StoreError::unavailable)?;
        row.map(|row| Ok(document::read::<StoredIntent>(row.value())?.try_into()?)).transpose()
    }

    fn write_intent(&self, write: &IntentWrite) -> Result<Written, StoreError> {
        let key = write.intent.key.as_bytes().as_slice();
        let mut answer = Written::Done;
        self.write(|open| {
            let mut table = open.open_table(INTENTS).map_err(StoreError::unavailable)?;
            let row = table.get(key).map_err(StoreError::unavailable)?;
            let stored: Option<Intent> = row
                .map(|row| {
                    Ok::<_, StoreError>(document::read::<StoredIntent>(row.value())?.try_into()?)
                })
                .transpose()?;
            match stored {
                Some(stored) if Some(stored.revision) != write.expects => {
                    answer = Written::Changed(Box::new(stored));
                    return Ok(None);
                }
                // Intents are never removed, so that this file is not the one that was read.
                None if write.expects.is_some() => {
                    return Err(StoreError::unavailable("the intent that was read is gone"));
                }
                _ => {}
            }
            let value = document::write(&StoredIntent::from(&write.intent));
            table.insert(key, value.as_bytes()).map_err(StoreError::unavailable)?;
            Ok(Some(()))
        })?;
        Ok(answer)
    }

    fn write_ledger(&self, transaction: &Transaction) -> Result<Committed, StoreError> {
        let mut answer = Committed::Done;
        self.write(|open| {
            if let Some(refused) = refused(open, transaction)? {
                answer = refused;
                return Ok(None);
            }
            write_books(open, transaction)?;
            write_events(open, transaction)?;
            Ok(Some(()))
        })?;
        Ok(answer)
    }

    /// All records, by id, and all postings, of one moment.
    fn everything(&self) -> Result<(Vec<PaymentRecord>, Vec<Posting>), StoreError> {
        let read = self.database.begin_read().map_err(StoreError::unavailable)?;
        let table = read.open_table(PAYMENTS).map_err(StoreError::unavailable)?;
        let (mut records, mut postings) = (Vec::new(), Vec::new());
        for row in table.iter().map_err(StoreError::unavailable)? {
            let (_, value) = row.map_err(StoreError::unavailable)?;
            records.push(document::read::<StoredRecord>(value.value())?.try_into()?);
        }
        let table = read.open_table(TRANSFERS).map_err(StoreError::unavailable)?;
        for row in table.iter().map_err(StoreError::unavailable)? {
            let (_, value) = row.map_err(StoreError::unavailable)?;
            let transfer: Transfer = document::read::<StoredTransfer>(value.value())?.try_into()?;
            postings.extend(transfer.postings());
        }
        Ok((records, postings))
    }
}

/// Why the transaction may not be: first the epoch, then the version.
fn refused(
    open: &WriteTransaction,
    transaction: &Transaction,
) -> Result<Option<Committed>, StoreError> {
    let table = open.open_table(EPOCH).map_err(StoreError::unavailable)?;
    let row = table.get(()).map_err(StoreError::unavailable)?;
    let epoch = Epoch::new(row.map_or(0, |row| row.value().0));
    if epoch != transaction.epoch {
        return Ok(Some(Committed::Fenced(epoch)));
    }
    let table = open.open_table(PAYMENTS).map_err(StoreError::unavailable)?;
    let id = transaction.record.id.to_string();
    let row = table.get(id.as_str()).map_err(StoreError::unavailable)?;
    let version: Option<Version> = row
        .map(|row| Ok::<_, StoreError>(document::read::<StoredRecord>(row.value())?.version()))
        .transpose()?;
    Ok((version != transaction.expects).then_some(Committed::Conflict(version)))
}

fn write_books(open: &WriteTransaction, transaction: &Transaction) -> Result<(), StoreError> {
    let record = &transaction.record;
    let id = record.id.to_string();
    let mut table = open.open_table(PAYMENTS).map_err(StoreError::unavailable)?;
    let value = document::write(&StoredRecord::from(record));
    table.insert(id.as_str(), value.as_bytes()).map_err(StoreError::unavailable)?;
    let mut table = open.open_table(TRANSFERS).map_err(StoreError::unavailable)?;
    for (place, transfer) in (0..).zip(&transaction.transfers) {
        let value = document::write(&StoredTransfer::from(transfer));
        let key = (id.as_str(), record.version.0, place);
        table.insert(key, value.as_bytes()).map_err(StoreError::unavailable)?;
    }
    Ok(())
}

fn write_events(open: &WriteTransaction, transaction: &Transaction) -> Result<(), StoreError> {
    let mut accounts = open.open_table(ACCOUNTS).map_err(StoreError::unavailable)?;
    let mut outbox = open.open_table(OUTBOX).map_err(StoreError::unavailable)?;
    for draft in &transaction.events {
        let account = draft.account.to_string();
        let last = accounts.get(account.as_str()).map_err(StoreError::unavailable)?;
        let number = last.map_or(0, |last| last.value()) + 1;
        accounts.insert(account.as_str(), number).map_err(StoreError::unavailable)?;
        let value = document::write(&StoredEvent::of(draft, number));
        let key = (account.as_str(), number);
        outbox.insert(key, value.as_bytes()).map_err(StoreError::unavailable)?;
    }
    Ok(())
}

impl Ledger for EmbeddedStore {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        answered(self.run(move |store| store.record(payment)).await)
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        let transaction = transaction.clone();
        match self.run(move |store| store.write_ledger(&transaction)).await {
            Ok(committed) => committed,
            Err(StoreError::Unknown(_)) => Committed::Unknown,
            Err(_) => Committed::Unavailable,
        }
    }
}

impl Intents for EmbeddedStore {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        let key = *key;
        answered(self.run(move |store| store.intent(&key)).await)
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        let write = write.clone();
        match self.run(move |store| store.write_intent(&write)).await {
            Ok(written) => written,
            Err(StoreError::Unknown(_)) => Written::Unknown,
            Err(_) => Written::Unavailable,
        }
    }
}

fn answered<T>(read: Result<Option<T>, StoreError>) -> Read<T> {
    match read {
        Ok(Some(found)) => Read::Found(found),
        Ok(None) => Read::Absent,
        Err(_) => Read::Unavailable,
    }
}

impl std::fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedStore").field("syncing", &self.syncing).finish_non_exhaustive()
    }
}
