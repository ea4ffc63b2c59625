//! Brings the schema up to date: numbered migrations, each carried out once and never changed after that.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::connections::Pool;
use super::transaction::{Limits, Transaction, get};
use crate::error::StoreError;

/// Every migration; the first is number 1.
const MIGRATIONS: [&str; 6] = [
    include_str!("sql/0001_ledger.sql"),
    include_str!("sql/0002_notifications.sql"),
    include_str!("sql/0003_epoch_lock.sql"),
    include_str!("sql/0004_optional_position.sql"),
    include_str!("sql/0005_recovery.sql"),
    include_str!("sql/0006_told_again.sql"),
];

/// Names the lock by which one program at a time changes the schema: the letters of `tideover`.
const LOCK: i64 = i64::from_be_bytes(*b"tideover");

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number bigint PRIMARY KEY,
    checksum bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)";

/// How long all of it may take: an index of a large table is made in minutes, not in the time of a payment.
const TIME: Duration = Duration::from_secs(600);

/// Lifts the bounds that the server keeps, until the end of the transaction.
const UNBOUNDED: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0";

/// Carries out what was not, all or nothing.
pub(super) async fn migrate(pool: &Pool, limits: Limits) -> Result<(), StoreError> {
    let limits = Limits { transaction: TIME, ..limits };
    let open = Transaction::begin(pool, limits, "BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    open.batch(UNBOUNDED).await?;
    // Held until the commit.
    open.batch(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    open.batch(TABLE).await?;
    let done = check(&open).await?;
    for (number, sql) in (1_i64..).zip(MIGRATIONS).skip(done) {
        open.batch(sql).await?;
        let insert = "INSERT INTO schema_migrations (number, checksum) VALUES ($1, $2)";
        open.execute(insert, &[&number, &checksum(sql)]).await?;
    }
    Ok(open.commit().await?)
}

/// How many were carried out, all of them ones that this program knows.
async fn check(open: &Transaction) -> Result<usize, StoreError> {
    let select = "SELECT number, checksum FROM schema_migrations ORDER BY number";
    let rows = open.query(select, &[]).await?;
    for (index, row) in rows.iter().enumerate() {
        let number: i64 = get(row, 0)?;
        match MIGRATIONS.get(index) {
            None => return Err(StoreError::Newer { found: number, known: known() }),
            Some(sql) if get::<&[u8]>(row, 1)? != checksum(sql) => {
                return Err(StoreError::Changed(number));
            }
            Some(_) => {}
        }
    }
    Ok(rows.len())
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn checksum(sql: &str) -> Vec<u8> {
    Sha256::digest(sql).to_vec()
}
