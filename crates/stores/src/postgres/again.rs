//! What was told shortly before a Region was lost, and may not have come through there: it is told again.

use std::time::Duration;

use payments::Epoch;

use super::PgLedger;
use super::outbox::{milliseconds, number};
use super::transaction::{Parameters, get, read_epoch, write};
use crate::error::StoreError;

impl PgLedger {
    /// Has events told again that were told before this epoch began, and no longer than `window` before the last that
    /// was; at most so many, the latest first. Answers how many it were: when fewer than asked for, there are no more. In
    /// another epoch than the ledger's it is none: whoever began that one sees to it.
    ///
    /// What a lost Region handed to its own topic and put into its own bucket may be lost with it, and the note that it
    /// was told has come here. Receivers know what they had by its id. Each event is asked for once, however often this is
    /// called, and as long before the next as it was told before it, so that new ones are not held up.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn tell_again(
        &self,
        epoch: Epoch,
        window: Duration,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let note = include_str!("sql/note_told.sql");
        let rows = write(&self.pool, self.limits, note, &[&number(epoch)]).await?;
        if read_epoch(&rows)? != epoch {
            return Ok(0);
        }
        let sql = include_str!("sql/tell_again.sql");
        let parameters: Parameters<'_> =
            &[&number(epoch), &milliseconds(window), &i64::from(limit)];
        let rows = write(&self.pool, self.limits, sql, parameters).await?;
        // It has answered with its epoch, so that there is a row.
        read_epoch(&rows)?;
        Ok(get::<i64>(&rows[0], 1)?.unsigned_abs())
    }
}
