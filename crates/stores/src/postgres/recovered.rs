//! What a ledger lacked when a failover opened it, and what became of that: for the report of the run.

use payments::{Epoch, Money, MovementId, State};
use tokio_postgres::Row;

use super::PgLedger;
use super::transaction::{Parameters, bigint, get, read};
use crate::error::StoreError;
use crate::stored::{self, Malformed};

/// How many are read at a time.
const READ_TOGETHER: i64 = 1_000;

/// A payment or refund that a ledger lacked when an epoch began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// Which.
    pub movement: MovementId,
    /// How much it moves.
    pub money: Money,
    /// The epoch that it was accepted in.
    pub accepted: Epoch,
    /// Where it stands now.
    pub state: State,
}

impl PgLedger {
    /// A page of the payments and refunds that this ledger lacked when the epoch began, after the one of this id, in the
    /// order of their ids; empty when there are no more. A standby answers as far as it has come.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn recovered(&self, epoch: Epoch, after: &str) -> Result<Vec<Recovered>, StoreError> {
        let parameters: Parameters<'_> = &[&bigint(epoch.number()), &after, &READ_TOGETHER];
        let sql = include_str!("sql/recovered.sql");
        let rows = read(&self.pool, self.limits, sql, parameters).await?;
        rows.iter().map(read_recovered).collect()
    }
}

impl Recovered {
    /// The id by which pages are turned: the payment's, or the refund's.
    #[must_use]
    pub fn id(&self) -> String {
        match self.movement {
            MovementId::Payment(payment) => payment.to_string(),
            MovementId::Refund(_, refund) => refund.to_string(),
        }
    }
}

fn read_recovered(row: &Row) -> Result<Recovered, StoreError> {
    let state = State::find(get(row, 6)?).ok_or(Malformed::Field("state"))?;
    Ok(Recovered {
        movement: stored::movement(get(row, 1)?, get(row, 2)?)?,
        money: stored::money(get(row, 3)?, get(row, 4)?)?,
        accepted: Epoch::new(get::<i64>(row, 5)?.unsigned_abs()),
        state,
    })
}
