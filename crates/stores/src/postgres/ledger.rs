//! The port [`payments::Ledger`] on PostgreSQL.

use std::collections::{BTreeMap, BTreeSet};

use payments::{Committed, Epoch, Ledger, PaymentId, PaymentRecord, Read, Transaction, Version};
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
        self.commit_all(&[transaction]).await[0]
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
    pub(super) async fn commit_all(&self, transactions: &[&Transaction]) -> Vec<Committed> {
        match self.write_all(transactions).await {
            Ok(answers) => answers,
            // One of them is at fault: the others are not to fail with it.
            Err(Failure::Refused(_)) if transactions.len() > 1 => {
                let mut answers = Vec::with_capacity(transactions.len());
                for alone in transactions.chunks(1) {
                    let answer = self.write_all(alone).await;
                    answers.extend(answer.unwrap_or_else(|failure| vec![failed(&failure)]));
                }
                answers
            }
            Err(failure) => vec![failed(&failure); transactions.len()],
        }
    }

    async fn write_all(&self, transactions: &[&Transaction]) -> Result<Vec<Committed>, Failure> {
        let stored = transactions.iter().copied().map(StoredTransaction::from).collect::<Vec<_>>();
        let (text, sql) = (json(&stored), include_str!("sql/commit.sql"));
        let mut tries = 1;
        let rows = loop {
            match write(&self.pool, self.limits, sql, &[&text]).await {
                Err(Failure::Again(_)) if tries < TRIES_MAX => tries += 1,
                rows => break rows?,
            }
        };
        // It is committed: what was answered and is not understood is in doubt.
        let (epoch, done) = read_done(&rows).map_err(|_| Failure::Unknown("no answer".into()))?;
        let answer = |transaction: &&Transaction| match transaction.record.id {
            _ if transaction.epoch != epoch => Some(Committed::Fenced(epoch)),
            id if done.contains(&id) => Some(Committed::Done),
            _ => None,
        };
        let answers: Vec<Option<Committed>> = transactions.iter().map(answer).collect();
        if answers.iter().all(Option::is_some) {
            return Ok(answers.into_iter().flatten().collect());
        }
        let versions = self.versions(transactions).await;
        let answers = answers.into_iter().zip(transactions).map(|(answer, transaction)| {
            answer.unwrap_or_else(|| match &versions {
                Ok(found) => Committed::Conflict(found.get(&transaction.record.id).copied()),
                // It is not done, and there is no telling why.
                Err(_) => Committed::Unavailable,
            })
        });
        Ok(answers.collect())
    }

    async fn versions(
        &self,
        transactions: &[&Transaction],
    ) -> Result<BTreeMap<PaymentId, Version>, StoreError> {
        let ids: Vec<String> = transactions.iter().map(|one| one.record.id.to_string()).collect();
        let sql = include_str!("sql/read_versions.sql");
        let rows = read(&self.pool, self.limits, sql, &[&ids]).await?;
        let version = |row: &Row| {
            let version = Version(get::<i64>(row, 1)?.unsigned_abs());
            Ok((payment(get(row, 0)?)?, version))
        };
        rows.iter().map(version).collect()
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

fn failed(failure: &Failure) -> Committed {
    match failure {
        Failure::Unknown(_) => Committed::Unknown,
        Failure::Again(_) | Failure::Refused(_) | Failure::NotDone(_) => Committed::Unavailable,
    }
}

/// The ledger's epoch, and the payments whose transactions were carried out.
fn read_done(rows: &[Row]) -> Result<(Epoch, BTreeSet<PaymentId>), StoreError> {
    let epoch = read_epoch(rows)?;
    let ids: Vec<&str> = get(&rows[0], 1)?;
    let ids: Result<_, Malformed> = ids.into_iter().map(payment).collect();
    Ok((epoch, ids?))
}

pub(super) fn read_record(text: &str) -> Result<PaymentRecord, StoreError> {
    let stored: StoredRecord = serde_json::from_str(text)?;
    Ok(PaymentRecord::try_from(stored)?)
}

/// What the port says of a read.
pub(super) fn found<T>(read: Result<Option<T>, StoreError>) -> Read<T> {
    match read {
        Ok(Some(found)) => Read::Found(found),
        Ok(None) => Read::Absent,
        Err(_) => Read::Unavailable,
    }
}
