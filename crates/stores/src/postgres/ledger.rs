//! The port [`payments::Ledger`] on PostgreSQL.

use std::collections::{BTreeMap, BTreeSet};

use payments::{
    AccountId, Committed, Epoch, Ledger, PaymentId, PaymentRecord, Read, Transaction, Version,
};
use tokio_postgres::Row;

use super::PgLedger;
use super::failure::Failure;
use super::transaction::{TRIES_MAX, get, read, read_epoch, write};
use crate::error::StoreError;
use crate::stored::{Malformed, StoredRecord, StoredTransaction, json, payment};

impl Ledger for PgLedger {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        found(self.record(payment).await)
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        self.commit_in_turn(Prepared::from(transaction)).await
    }
}

impl PgLedger {
    /// The record of this payment, or why it was not read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] also when the server is a standby, which may be behind.
    pub async fn record(&self, payment: PaymentId) -> Result<Option<PaymentRecord>, StoreError> {
        match self.find(payment).await? {
            (_, Behind::Perhaps) => Err(StoreError::unavailable("the server is a standby")),
            (record, Behind::No) => Ok(record),
        }
    }

    /// The record of this payment as far as the server has come, whatever it is.
    pub(super) async fn find(
        &self,
        payment: PaymentId,
    ) -> Result<(Option<PaymentRecord>, Behind), StoreError> {
        let sql = include_str!("sql/read_payment.sql");
        let rows = read(&self.pool, self.limits, sql, &[&payment.to_string()]).await?;
        let row = rows.first().ok_or_else(|| StoreError::unavailable("no row was answered"))?;
        let behind = if get(row, 0)? { Behind::Perhaps } else { Behind::No };
        Ok((get::<Option<&str>>(row, 1)?.map(read_record).transpose()?, behind))
    }

    /// Carries transactions out, each of another payment, in one transaction of the database, and says of each what
    /// came of it.
    pub(super) async fn commit_all(&self, transactions: &[&Prepared]) -> Vec<Committed> {
        match self.write_all(transactions).await {
            Ok(answers) => answers,
            // One of them is at fault: the others are not to fail with it.
            Err(Failure::Refused(_)) if transactions.len() > 1 => {
                self.commit_each(transactions).await
            }
            Err(failure) => vec![failed(&failure); transactions.len()],
        }
    }

    async fn commit_each(&self, transactions: &[&Prepared]) -> Vec<Committed> {
        let mut answers = Vec::with_capacity(transactions.len());
        for alone in transactions.chunks(1) {
            match self.write_all(alone).await {
                Ok(answer) => answers.extend(answer),
                Err(failure @ Failure::Refused(_)) => answers.push(failed(&failure)),
                Err(failure) => {
                    answers.push(failed(&failure));
                    break;
                }
            }
        }
        // Those that were not begun.
        answers.resize(transactions.len(), Committed::Unavailable);
        answers
    }

    async fn write_all(&self, transactions: &[&Prepared]) -> Result<Vec<Committed>, Failure> {
        let texts: Vec<&str> = transactions.iter().map(|one| one.text.as_str()).collect();
        let (text, sql) = (format!("[{}]", texts.join(",")), include_str!("sql/commit.sql"));
        let mut tries = 1;
        let rows = loop {
            match write(&self.pool, self.limits, sql, &[&text]).await {
                Err(Failure::Again(_)) if tries < TRIES_MAX => tries += 1,
                rows => break rows?,
            }
        };
        // It is committed: an answer that is not understood leaves it in doubt.
        let done = read_done(&rows).map_err(|error| Failure::Unknown(error.into()))?;
        let answers = transactions.iter().map(|one| done.answer(one));
        match answers.collect() {
            Some(answers) => Ok(answers),
            None => Ok(self.with_versions(transactions, &done).await),
        }
    }

    /// The answers when there are conflicts among them.
    async fn with_versions(&self, transactions: &[&Prepared], done: &Done) -> Vec<Committed> {
        let ids: Vec<String> = transactions.iter().map(|one| one.payment.to_string()).collect();
        let sql = include_str!("sql/read_versions.sql");
        let rows = read(&self.pool, self.limits, sql, &[&ids]).await;
        let versions = rows.map_err(StoreError::from).and_then(|rows| {
            rows.iter().map(read_version).collect::<Result<BTreeMap<_, _>, StoreError>>()
        });
        let conflict = |one: &Prepared| match &versions {
            Ok(versions) => Committed::Conflict(versions.get(&one.payment).copied()),
            // It is not done, and there is no telling why.
            Err(_) => Committed::Unavailable,
        };
        transactions.iter().map(|one| done.answer(one).unwrap_or_else(|| conflict(one))).collect()
    }
}

/// A transaction, written down.
pub(super) struct Prepared {
    pub(super) account: AccountId,
    pub(super) payment: PaymentId,
    epoch: Epoch,
    text: String,
}

impl From<&Transaction> for Prepared {
    fn from(transaction: &Transaction) -> Self {
        Self {
            account: transaction.record.order.account(),
            payment: transaction.record.id,
            epoch: transaction.epoch,
            text: json(&StoredTransaction::from(transaction)),
        }
    }
}

/// What the database says of a commit.
struct Done {
    epoch: Epoch,
    payments: BTreeSet<PaymentId>,
}

impl Done {
    /// What came of a transaction; nothing when its payment did not have the version that it expected.
    fn answer(&self, prepared: &Prepared) -> Option<Committed> {
        if prepared.epoch != self.epoch {
            return Some(Committed::Fenced(self.epoch));
        }
        self.payments.contains(&prepared.payment).then_some(Committed::Done)
    }
}

fn read_done(rows: &[Row]) -> Result<Done, StoreError> {
    let epoch = read_epoch(rows)?;
    let ids: Vec<&str> = get(&rows[0], 1)?;
    let payments: Result<_, Malformed> = ids.into_iter().map(payment).collect();
    Ok(Done { epoch, payments: payments? })
}

fn read_version(row: &Row) -> Result<(PaymentId, Version), StoreError> {
    Ok((payment(get(row, 0)?)?, Version(get::<i64>(row, 1)?.unsigned_abs())))
}

fn failed(failure: &Failure) -> Committed {
    match failure {
        Failure::Unknown(_) => Committed::Unknown,
        Failure::Again(_) | Failure::Refused(_) | Failure::NotDone(_) => Committed::Unavailable,
    }
}

/// Whether a server may lack what was written elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// No: it is the writer.
    No,
    /// Perhaps: it is a standby.
    Perhaps,
}

pub(super) fn read_record(text: &str) -> Result<PaymentRecord, StoreError> {
    let stored: StoredRecord = serde_json::from_str(text)?;
    Ok(PaymentRecord::try_from(stored)?)
}

/// What the port says of a read.
fn found<T>(read: Result<Option<T>, StoreError>) -> Read<T> {
    match read {
        Ok(Some(found)) => Read::Found(found),
        Ok(None) => Read::Absent,
        Err(_) => Read::Unavailable,
    }
}
