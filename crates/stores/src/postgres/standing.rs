//! How the server stands, as it says itself: whether it takes writes, how far it has come, how far its standby is behind.

use serde::{Deserialize, Serialize};
use tokio_postgres::Row;

use super::PgLedger;
use super::failure::Failure;
use super::transaction::{Transaction, get, read};
use crate::error::StoreError;

/// Whether the server is Aurora's, whose log is its storage's and says nothing by PostgreSQL's own functions.
const IS_AURORA: &str = "SELECT to_regprocedure('aurora_global_db_status()') IS NOT NULL";

/// How a database stands, as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether it takes writes.
    pub is_writer: bool,
    /// How far it has come, in bytes of its log; none where the engine does not tell.
    pub position: Option<u64>,
    /// Of a writer: how far its standby is behind, in bytes; none without a standby that it knows.
    pub behind_bytes: Option<u64>,
    /// Of a writer: how far its standby is behind; of a standby: how old the last is that it has. In milliseconds.
    pub behind_ms: Option<u64>,
}

impl PgLedger {
    /// How the database stands.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let open = Transaction::connect(&self.pool, self.limits).await?;
        let rows = open.query(IS_AURORA, &[]).await?;
        let is_aurora = rows.first().map_or(Ok(false), |row| get(row, 0))?;
        let sql = match is_aurora {
            true => include_str!("sql/standing_aurora.sql"),
            false => include_str!("sql/standing.sql"),
        };
        let rows = open.query(sql, &[]).await?;
        let row = rows.first().ok_or_else(|| StoreError::unavailable("no row was answered"))?;
        let standing = read_standing(row)?;
        open.end();
        Ok(standing)
    }

    /// How many events wait in the outbox to be told.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn events_waiting(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM outbox WHERE published_at IS NULL";
        let rows = read(&self.pool, self.limits, sql, &[]).await?;
        let row = rows.first().ok_or_else(|| StoreError::unavailable("no row was answered"))?;
        Ok(get::<i64>(row, 0)?.unsigned_abs())
    }
}

fn read_standing(row: &Row) -> Result<Standing, Failure> {
    // A clock that goes back makes a lag negative, which is none.
    let number = |column| -> Result<Option<u64>, Failure> {
        Ok(get::<Option<i64>>(row, column)?.map(|number| u64::try_from(number).unwrap_or(0)))
    };
    Ok(Standing {
        is_writer: get(row, 0)?,
        position: number(1)?,
        behind_bytes: number(2)?,
        behind_ms: number(3)?,
    })
}
