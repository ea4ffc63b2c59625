//! The port [`payments::Ledger`] on PostgreSQL.

use payments::{Committed, Ledger, PaymentId, PaymentRecord, Read, Version};

use super::PgLedger;
use super::transaction::{Failure, TRIES_MAX, Transaction, bigint, get};
use crate::error::StoreError;
use crate::stored::{StoredEvent, StoredRecord, StoredTransfer, json};

impl Ledger for PgLedger {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        match self.record(payment).await {
            Ok(Some(record)) => Read::Found(record),
            Ok(None) => Read::Absent,
            Err(_) => Read::Unavailable,
        }
    }

    async fn commit(&self, transaction: &payments::Transaction) -> Committed {
        for _ in 0..TRIES_MAX {
            match self.try_commit(transaction).await {
                Ok(committed) => return committed,
                Err(Failure::Again(_)) => {}
                Err(Failure::NotDone(_)) => return Committed::Unavailable,
                Err(Failure::Unknown(_)) => return Committed::Unknown,
            }
        }
        Committed::Unavailable
    }
}

impl PgLedger {
    /// The record of this payment, or why it was not read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] also when the server is a standby, which may be behind.
    pub async fn record(&self, payment: PaymentId) -> Result<Option<PaymentRecord>, StoreError> {
        let read = Transaction::begin(&self.pool, self.limits, "BEGIN READ ONLY").await?;
        let rows =
            read.query(include_str!("sql/read_payment.sql"), &[&payment.to_string()]).await?;
        read.rollback().await;
        let row = rows.first().ok_or_else(|| StoreError::unavailable("no row was answered"))?;
        if get::<bool>(row, 0)? {
            return Err(StoreError::unavailable("the server is a standby"));
        }
        get::<Option<&str>>(row, 1)?.map(read_record).transpose()
    }

    async fn try_commit(&self, transaction: &payments::Transaction) -> Result<Committed, Failure> {
        let (open, epoch) = Transaction::begin_in_reign(&self.pool, self.limits).await?;
        if epoch != transaction.epoch {
            open.rollback().await;
            return Ok(Committed::Fenced(epoch));
        }
        if !write_payment(&open, transaction).await? {
            let version = read_version(&open, transaction.record.id).await?;
            open.rollback().await;
            return Ok(Committed::Conflict(version));
        }
        write_rest(&open, transaction).await?;
        open.commit().await?;
        Ok(Committed::Done)
    }
}

pub(super) fn read_record(text: &str) -> Result<PaymentRecord, StoreError> {
    let stored: StoredRecord = serde_json::from_str(text)?;
    Ok(PaymentRecord::try_from(stored)?)
}

/// Whether the record had the version that was expected, and is written.
async fn write_payment(
    open: &Transaction,
    transaction: &payments::Transaction,
) -> Result<bool, Failure> {
    let record = json(&StoredRecord::from(&transaction.record));
    let written = match transaction.expects {
        None => open.execute(include_str!("sql/insert_payment.sql"), &[&record]).await?,
        Some(Version(expected)) => {
            let update = include_str!("sql/update_payment.sql");
            open.execute(update, &[&record, &bigint(expected)]).await?
        }
    };
    Ok(written == 1)
}

async fn read_version(open: &Transaction, payment: PaymentId) -> Result<Option<Version>, Failure> {
    let rows = open.query(include_str!("sql/read_version.sql"), &[&payment.to_string()]).await?;
    let version = rows.first().map(|row| get::<i64>(row, 0)).transpose()?;
    Ok(version.map(|version| Version(version.unsigned_abs())))
}

/// Sends the rest together.
async fn write_rest(
    open: &Transaction,
    transaction: &payments::Transaction,
) -> Result<(), Failure> {
    tokio::try_join!(
        write_refunds(open, transaction),
        write_transfers(open, transaction),
        write_events(open, transaction)
    )?;
    Ok(())
}

async fn write_refunds(
    open: &Transaction,
    transaction: &payments::Transaction,
) -> Result<(), Failure> {
    let record = &transaction.record;
    if record.refunds.is_empty() {
        return Ok(());
    }
    let sql = include_str!("sql/write_refunds.sql");
    open.execute(sql, &[&json(&StoredRecord::from(record)), &record.id.to_string()]).await?;
    Ok(())
}

async fn write_transfers(
    open: &Transaction,
    transaction: &payments::Transaction,
) -> Result<(), Failure> {
    if transaction.transfers.is_empty() {
        return Ok(());
    }
    let transfers: Vec<_> = transaction.transfers.iter().map(StoredTransfer::from).collect();
    open.execute(include_str!("sql/insert_transfers.sql"), &[&json(&transfers)]).await?;
    Ok(())
}

async fn write_events(
    open: &Transaction,
    transaction: &payments::Transaction,
) -> Result<(), Failure> {
    if transaction.events.is_empty() {
        return Ok(());
    }
    let account = transaction.record.order.account();
    let is_own = transaction.events.iter().all(|event| event.account == account);
    assert!(is_own, "a transaction tells of its own account only, whose events it numbers");
    let events: Vec<_> = transaction.events.iter().map(|draft| StoredEvent::of(draft, 0)).collect();
    let sql = include_str!("sql/insert_events.sql");
    open.execute(sql, &[&json(&events), &account.to_string()]).await?;
    Ok(())
}
