//! The outbox: what is still to be told, held by one worker at a time for as long as its lease lasts.
//!
//! Times are the server's, whose one clock all workers share. That two workers tell the same event all the same is
//! allowed (at least once); that a worker of an old epoch gets a row is not.

use std::time::Duration;

use payments::{Epoch, EventId};

use super::PgLedger;
use super::transaction::{Failure, TRIES_MAX, Transaction, bigint, get};
use crate::error::StoreError;
use crate::outbox::Claimed;
use crate::stored::StoredEvent;

impl PgLedger {
    /// Claims up to `limit` rows that are due, oldest first, for a worker of this epoch. A row that is neither
    /// published nor failed when the lease ends is due again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] when the ledger's epoch is another.
    pub async fn claim(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Claimed>, StoreError> {
        let open = self.begin_under(epoch).await?;
        let sql = include_str!("sql/claim.sql");
        let rows = open.query(sql, &[&i64::from(limit), &milliseconds(lease)]).await?;
        let claimed: Result<Vec<_>, StoreError> = rows.iter().map(read_claimed).collect();
        let claimed = claimed?;
        open.commit().await?;
        Ok(claimed)
    }

    /// Notes that an event was told, so that it is claimed no more. Whoever told it may say so, its lease over or not.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] when the ledger's epoch is another; the event may then be told again.
    pub async fn published(&self, epoch: Epoch, event: EventId) -> Result<(), StoreError> {
        let open = self.begin_under(epoch).await?;
        open.execute(include_str!("sql/published.sql"), &[&event.to_string()]).await?;
        Ok(open.commit().await?)
    }

    /// Gives a row back, to be claimed again after a while.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] when the ledger's epoch is another.
    pub async fn failed(
        &self,
        epoch: Epoch,
        claimed: &Claimed,
        retry_after: Duration,
    ) -> Result<(), StoreError> {
        let open = self.begin_under(epoch).await?;
        let (id, claims) = (claimed.event.draft.id.to_string(), bigint(claimed.claims));
        let sql = include_str!("sql/failed.sql");
        open.execute(sql, &[&id, &claims, &milliseconds(retry_after)]).await?;
        Ok(open.commit().await?)
    }

    async fn begin_under(&self, epoch: Epoch) -> Result<Transaction, StoreError> {
        let mut tries = 1;
        let (open, current) = loop {
            match Transaction::begin_in_reign(&self.pool, self.limits).await {
                Err(Failure::Again(_)) if tries < TRIES_MAX => tries += 1,
                begun => break begun?,
            }
        };
        if current == epoch {
            return Ok(open);
        }
        open.rollback().await;
        Err(StoreError::Fenced(current))
    }
}

fn read_claimed(row: &tokio_postgres::Row) -> Result<Claimed, StoreError> {
    let stored: StoredEvent = serde_json::from_str(get(row, 0)?)?;
    Ok(Claimed { event: stored.try_into()?, claims: get::<i64>(row, 1)?.unsigned_abs() })
}

/// As the multiplier of an interval; a century for what is longer.
#[allow(clippy::cast_precision_loss, reason = "a century of milliseconds is exact")]
fn milliseconds(span: Duration) -> f64 {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    span.min(CENTURY).as_millis() as f64
}
