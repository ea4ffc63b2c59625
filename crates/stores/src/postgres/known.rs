//! Which of some movements the ledger has, and what it holds: asked by their names, so that nobody reads all of it.

use std::collections::{BTreeMap, BTreeSet};

use payments::{Epoch, MovementId, PaymentId, ScopedKey, Time};

use super::PgLedger;
use super::transaction::{Parameters, bigint, get, read};
use crate::error::StoreError;
use crate::stored;

/// How many are asked about at a time.
const ASKED_TOGETHER: usize = 1_000;

/// Whether the tables are those of a version that notes what failovers have held.
const NOTES: &str = "SELECT to_regclass('held') IS NOT NULL";

impl PgLedger {
    /// Those of these movements that the ledger has, refused refunds too. A standby answers as far as it has come.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn known(
        &self,
        movements: &[MovementId],
    ) -> Result<BTreeSet<MovementId>, StoreError> {
        let mut known = BTreeSet::new();
        for some in movements.chunks(ASKED_TOGETHER) {
            let (mut payments, mut refunds) = (Vec::new(), Vec::new());
            for movement in some {
                match movement {
                    MovementId::Payment(payment) => payments.push(payment.to_string()),
                    MovementId::Refund(_, refund) => refunds.push(refund.to_string()),
                }
            }
            let sql = include_str!("sql/known.sql");
            let rows = read(&self.pool, self.limits, sql, &[&payments, &refunds]).await?;
            for row in &rows {
                known.insert(stored::movement(get(row, 0)?, get(row, 1)?)?);
            }
        }
        Ok(known)
    }

    /// Every payment and refund that the ledger holds in quarantine, with the name of its intent.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn quarantined(&self) -> Result<BTreeMap<MovementId, ScopedKey>, StoreError> {
        let (mut held, mut after) = (BTreeMap::new(), String::new());
        loop {
            let limit = i64::try_from(ASKED_TOGETHER).unwrap_or(i64::MAX);
            let parameters: Parameters<'_> = &[&after, &limit];
            let sql = include_str!("sql/quarantined.sql");
            let rows = read(&self.pool, self.limits, sql, parameters).await?;
            let Some(last) = rows.last() else { return Ok(held) };
            after = get(last, 0)?;
            for row in &rows {
                let movement = stored::movement(get(row, 1)?, get(row, 2)?)?;
                held.insert(movement, stored::key(get(row, 3)?)?);
            }
        }
    }

    /// When the latest payment was accepted that the ledger had when this epoch began, or has if it has not begun yet, by
    /// the clock of who accepted it; nothing when it had none, or has tables of a version that does not tell. What a failover
    /// has put there counts for nothing.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn latest_payment(&self, epoch: Epoch) -> Result<Option<Time>, StoreError> {
        let notes = read(&self.pool, self.limits, NOTES, &[]).await?;
        if !notes.first().map_or(Ok(false), |row| get(row, 0))? {
            return Ok(None);
        }
        let sql = include_str!("sql/latest_payment.sql");
        let parameters: Parameters<'_> = &[&bigint(epoch.number())];
        let rows = read(&self.pool, self.limits, sql, parameters).await?;
        let id = rows.first().map_or(Ok(None), |row| get::<Option<&str>>(row, 0))?;
        Ok(id.map(stored::payment).transpose()?.map(PaymentId::time))
    }
}
