//! The epoch row: the first write after a promotion raises it (`pay-fencing-epoch`).

use payments::Epoch;

use super::PgLedger;
use super::transaction::{Failure, TRIES_MAX, Transaction, bigint, epoch, get};
use crate::error::StoreError;
use crate::outbox::Raised;

impl PgLedger {
    /// Raises the ledger's epoch, which never falls. After it, nothing is written under an earlier one, whoever was
    /// in the middle of it. May be asked for again after any error.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn raise_epoch(&self, to: Epoch, region: &str) -> Result<Raised, StoreError> {
        let mut tries = 1;
        loop {
            match self.try_raise(to, region).await {
                Err(Failure::Again(_)) if tries < TRIES_MAX => tries += 1,
                raised => return Ok(raised?),
            }
        }
    }

    async fn try_raise(&self, to: Epoch, region: &str) -> Result<Raised, Failure> {
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
        let open = Transaction::begin(&self.pool, self.limits, begin).await?;
        let raise = include_str!("sql/raise_epoch.sql");
        open.execute(raise, &[&bigint(to.number()), &region]).await?;
        let rows = open.query("SELECT epoch, region FROM dr_epoch", &[]).await?;
        let row = rows.first().ok_or_else(|| Failure::NotDone("there is no epoch row".into()))?;
        let current = epoch(get(row, 0)?);
        let is_ours = current == to && get::<&str>(row, 1)? == region;
        open.commit().await?;
        Ok(if is_ours { Raised::Done } else { Raised::Passed(current) })
    }

    /// The epoch that the ledger accepts writes under; 0 before the first.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn current_epoch(&self) -> Result<Epoch, StoreError> {
        let read = Transaction::begin(&self.pool, self.limits, "BEGIN READ ONLY").await?;
        let rows = read.query("SELECT epoch, pg_is_in_recovery() FROM dr_epoch", &[]).await?;
        read.rollback().await;
        match rows.first() {
            Some(row) if !get::<bool>(row, 1)? => Ok(epoch(get(row, 0)?)),
            _ => Err(StoreError::unavailable("the server is a standby, or has no epoch row")),
        }
    }
}
