//! One database transaction, and what is certain when it fails.
//!
//! Until the commit is sent, whatever fails is certainly not done: the connection is closed, and the server rolls
//! back. Once it is sent, only the server's own word that it rolled back is certain.

use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use payments::Epoch;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use crate::error::{Cause, StoreError};

/// How often a transaction is tried that the server gave up for another's sake.
pub(super) const TRIES_MAX: u32 = 4;

/// What statements are given.
pub(super) type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

/// Bounds of waits.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) transaction: Duration,
    pub(super) commit: Duration,
}

/// Why a transaction failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is not done, for the sake of another one: it may go better next time.
    Again(Cause),
    /// It is not done.
    NotDone(Cause),
    /// It may be.
    Unknown(Cause),
}

/// A transaction under way. Dropped before its end, whatever the reason, it takes its connection with it.
pub(super) struct Transaction {
    connection: Option<Object>,
    deadline: Instant,
    limits: Limits,
}

impl Transaction {
    /// Begins; `begin` is the statement to begin with.
    pub(super) async fn begin(pool: &Pool, limits: Limits, begin: &str) -> Result<Self, Failure> {
        let transaction = Self::connect(pool, limits).await?;
        transaction.batch(begin).await?;
        Ok(transaction)
    }

    /// Begins, and holds the ledger's epoch as it is until the end.
    pub(super) async fn begin_in_reign(
        pool: &Pool,
        limits: Limits,
    ) -> Result<(Self, Epoch), Failure> {
        let transaction = Self::connect(pool, limits).await?;
        // Sent together, answered in this order.
        let reign = include_str!("sql/reign.sql");
        let (_, rows) = tokio::try_join!(
            transaction.batch("BEGIN ISOLATION LEVEL READ COMMITTED"),
            transaction.query(reign, &[])
        )?;
        let row = rows.first().ok_or_else(|| Failure::NotDone("there is no epoch row".into()))?;
        let epoch = epoch(get(row, 0)?);
        Ok((transaction, epoch))
    }

    async fn connect(pool: &Pool, limits: Limits) -> Result<Self, Failure> {
        let deadline = Instant::now() + limits.transaction;
        let connection =
            timeout_at(deadline, pool.get()).await.map_err(not_done)?.map_err(not_done)?;
        Ok(Self { connection: Some(connection), deadline, limits })
    }

    /// Gives it as much time again, from now.
    pub(super) fn go_on(&mut self) {
        self.deadline = Instant::now() + self.limits.transaction;
    }

    fn connection(&self) -> &Object {
        self.connection.as_ref().expect("it is given back only when the transaction ends")
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<(), Failure> {
        self.bounded(self.connection().batch_execute(sql)).await
    }

    /// The rows of a statement, which each connection prepares once.
    pub(super) async fn query(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, Failure> {
        self.bounded(async {
            let statement = self.connection().prepare_cached(sql).await?;
            self.connection().query(&statement, parameters).await
        })
        .await
    }

    /// How many rows a statement wrote.
    pub(super) async fn execute(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, Failure> {
        self.bounded(async {
            let statement = self.connection().prepare_cached(sql).await?;
            self.connection().execute(&statement, parameters).await
        })
        .await
    }

    async fn bounded<T>(
        &self,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        timeout_at(self.deadline, answer).await.map_err(not_done)?.map_err(before_commit)
    }

    /// Ends it. To be called only when every statement has succeeded, because the server answers the commit of a
    /// transaction that failed with a success.
    pub(super) async fn commit(mut self) -> Result<(), Failure> {
        let answer = timeout(self.limits.commit, self.connection().batch_execute("COMMIT")).await;
        answer.map_err(|late| Failure::Unknown(late.into()))?.map_err(at_commit)?;
        self.give_back();
        Ok(())
    }

    /// Ends it without effect.
    pub(super) async fn rollback(mut self) {
        if self.batch("ROLLBACK").await.is_ok() {
            self.give_back();
        }
    }

    fn give_back(&mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // Out of the pool, and closed: the next one must not find itself inside this transaction.
            drop(Object::take(connection));
        }
    }
}

fn not_done(error: impl Into<Cause>) -> Failure {
    Failure::NotDone(error.into())
}

fn before_commit(error: Error) -> Failure {
    match error.code() {
        Some(code) if gave_way(code) => Failure::Again(error.into()),
        _ => Failure::NotDone(error.into()),
    }
}

/// A constraint that is checked at the commit, and a transaction given up for another's sake, roll back for certain.
/// All else is in doubt: a server that is told to stop says so even when the commit is on disk and only its standby
/// has not confirmed it.
fn at_commit(error: Error) -> Failure {
    match error.code() {
        Some(code) if gave_way(code) => Failure::Again(error.into()),
        Some(code) if code.code().starts_with("23") => Failure::NotDone(error.into()),
        _ => Failure::Unknown(error.into()),
    }
}

fn gave_way(code: &SqlState) -> bool {
    [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code)
}

/// A column of a row.
pub(super) fn get<'r, T: tokio_postgres::types::FromSql<'r>>(
    row: &'r Row,
    column: usize,
) -> Result<T, Failure> {
    row.try_get(column).map_err(not_done)
}

/// The epoch of this number, which the table keeps at zero or above.
pub(super) fn epoch(number: i64) -> Epoch {
    Epoch::new(number.unsigned_abs())
}

/// A number as PostgreSQL keeps it; the largest there is for one that does not fit, which no row has.
pub(super) fn bigint(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Again(cause) | Failure::NotDone(cause) => Self::Unavailable(cause),
            Failure::Unknown(cause) => Self::Unknown(cause),
        }
    }
}
