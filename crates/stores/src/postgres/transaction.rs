//! One database transaction: of one statement, or of several.
//!
//! One statement is a transaction of its own, sent once and answered once: while nobody waits for this program, no lock
//! waits for it either.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool::managed::PoolError;
use payments::Epoch;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

use super::connections::{Connection, NoConnection, Pool};
use super::failure::{Failure, at_end, before_end, not_done};

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

/// The rows of one statement that only reads.
pub(super) async fn read(
    pool: &Pool,
    limits: Limits,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<Row>, Failure> {
    let open = Transaction::connect(pool, limits).await?;
    let rows = open.query(sql, parameters).await?;
    open.end();
    Ok(rows)
}

/// The rows of one statement that writes.
pub(super) async fn write(
    pool: &Pool,
    limits: Limits,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<Row>, Failure> {
    let open = Transaction::connect(pool, limits).await?;
    let statement = open.bounded(open.connection().prepare_cached(sql)).await?;
    // The server gives up when the time of a transaction is over, and says so, which leaves no doubt.
    let answered_by = open.deadline + limits.commit;
    let answer = timeout_at(answered_by, open.connection().query(&statement, parameters)).await;
    let rows = answer.map_err(|late| Failure::Unknown(late.into()))?.map_err(at_end)?;
    open.end();
    Ok(rows)
}

/// A transaction of several statements under way. Dropped before its end, whatever the reason, it takes its connection
/// with it.
pub(super) struct Transaction {
    connection: Option<Connection>,
    /// Whether it has ended, so that its connection may serve another one.
    has_ended: AtomicBool,
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

    /// A connection for a transaction that has not begun.
    pub(super) async fn connect(pool: &Pool, limits: Limits) -> Result<Self, Failure> {
        let deadline = Instant::now() + limits.transaction;
        let connection =
            timeout_at(deadline, pool.get()).await.map_err(not_done)?.map_err(no_connection)?;
        Ok(Self { connection: Some(connection), has_ended: false.into(), deadline, limits })
    }

    /// Gives it as much time again, from now.
    pub(super) fn go_on(&mut self) {
        self.deadline = Instant::now() + self.limits.transaction;
    }

    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("it is taken when this is dropped, and not before")
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
        timeout_at(self.deadline, answer).await.map_err(not_done)?.map_err(before_end)
    }

    /// Ends it. To be called only when every statement has succeeded, because the server answers the commit of a
    /// transaction that failed with a success.
    pub(super) async fn commit(self) -> Result<(), Failure> {
        let answer = timeout(self.limits.commit, self.connection().batch_execute("COMMIT")).await;
        answer.map_err(|late| Failure::Unknown(late.into()))?.map_err(at_end)?;
        self.end();
        Ok(())
    }

    /// Ends it without effect.
    pub(super) async fn rollback(self) {
        if self.batch("ROLLBACK").await.is_ok() {
            self.end();
        }
    }

    pub(super) fn end(&self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let connection = self.connection.take().expect("this is dropped once");
        if !self.has_ended.load(Ordering::Relaxed) {
            // Out of the pool, and closed: the next one must not find itself inside this transaction.
            drop(Connection::take(connection));
        }
    }
}

/// Why the pool gave no connection. It repeats the words of who makes them, and names that one as its cause as well.
fn no_connection(error: PoolError<NoConnection>) -> Failure {
    match error {
        PoolError::Backend(cause) => not_done(cause),
        other => not_done(other),
    }
}

/// A column of a row.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, column: usize) -> Result<T, Failure> {
    row.try_get(column).map_err(not_done)
}

/// The epoch in the first column of the first row. The table keeps it at zero or above.
pub(super) fn read_epoch(rows: &[Row]) -> Result<Epoch, Failure> {
    let row = rows.first().ok_or_else(|| not_done("there is no epoch row"))?;
    Ok(Epoch::new(get::<i64>(row, 0)?.unsigned_abs()))
}

/// A number as PostgreSQL keeps it; the largest there is for one that does not fit, which no row has.
pub(super) fn bigint(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
