//! The epoch row: the first write after a promotion raises it (`pay-fencing-epoch`).

use fence::{Ledger, LedgerEpoch, LedgerSight};
use payments::Epoch;

use super::PgLedger;
use super::failure::Failure;
use super::transaction::{TRIES_MAX, Transaction, bigint, get, read, read_epoch};
use crate::error::StoreError;
use crate::raised::Raised;

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
        let rows = open.query("SELECT epoch, region FROM dr_epoch WHERE only_row", &[]).await?;
        let current = read_epoch(&rows)?;
        let is_ours = current == to && get::<&str>(&rows[0], 1)? == region;
        open.commit().await?;
        Ok(if is_ours { Raised::Done } else { Raised::Passed(current) })
    }

    /// The epoch that the ledger accepts writes under; 0 before the first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] also when the server takes no writes.
    pub async fn current_epoch(&self) -> Result<Epoch, StoreError> {
        match self.sight().await? {
            (epoch, Ledger::Writable) => Ok(epoch),
            _ => Err(StoreError::unavailable("the server takes no writes")),
        }
    }

    /// The epoch row, and whether the server takes writes.
    async fn sight(&self) -> Result<(Epoch, Ledger), StoreError> {
        let sql = "SELECT epoch, current_setting('transaction_read_only')::bool FROM dr_epoch WHERE only_row";
        let rows = read(&self.pool, self.limits, sql, &[]).await?;
        let epoch = read_epoch(&rows)?;
        let is_read_only = get(&rows[0], 1)?;
        Ok((epoch, if is_read_only { Ledger::ReadOnly } else { Ledger::Writable }))
    }
}

impl LedgerEpoch for PgLedger {
    async fn read_epoch(&self) -> LedgerSight {
        match self.sight().await {
            Ok((epoch, ledger)) => {
                LedgerSight { ledger, epoch: Some(fence::Epoch::new(epoch.number())) }
            }
            Err(_) => LedgerSight { ledger: Ledger::Silent, epoch: None },
        }
    }
}
