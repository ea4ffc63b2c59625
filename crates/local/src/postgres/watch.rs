//! The watch of commits: what a ledger has committed, with the epochs that it was committed under, told by the
//! transactions themselves.

use payments::{MovementId, PaymentId, RefundId, State};
use tokio_postgres::Row;

use super::admin::Admin;
use super::cluster::Cluster;
use super::configuration::LEDGER_DATABASE;
use super::error::ClusterError;
use super::replication::Lsn;

/// In the order in which they were written. The earliest epoch of several, which none of ours has.
const COMMITS: &str = "SELECT number, transaction, at_us, row_epoch, payment, refund, state, \
    (SELECT min(epoch) FROM watched_events AS event \
     WHERE event.transaction = made.transaction AND event.payment = made.payment) \
    FROM watched_commits AS made ORDER BY number";

const RAISES: &str = "SELECT epoch, region, lsn::text, (extract(epoch FROM at) * 1000000)::bigint \
    FROM dr_epoch_history ORDER BY epoch";

/// A change of a movement that a ledger has committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedCommit {
    /// Its place among those of its server; grows.
    pub number: u64,
    /// Which transaction it was a part of: several movements may share one.
    pub transaction: u64,
    /// When it was written, a moment before its commit, in microseconds since the Unix epoch.
    pub at_us: u64,
    /// The epoch that the transaction carried; none when it tells no event, which is all that shows it.
    pub epoch: Option<u64>,
    /// The epoch row at that moment.
    pub row_epoch: u64,
    /// What moved.
    pub movement: MovementId,
    /// The state that it has now; none when it was refused.
    pub state: Option<State>,
}

/// The epoch of a ledger, raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochRaise {
    /// To what.
    pub epoch: u64,
    /// For which Region.
    pub region: String,
    /// Where in the log.
    pub lsn: Option<Lsn>,
    /// When the transaction began, in microseconds since the Unix epoch.
    pub at_us: u64,
}

impl Cluster {
    /// Everything that its ledger has committed.
    ///
    /// # Errors
    ///
    /// Those of the server, which must be running.
    pub async fn read_commits(&self) -> Result<Vec<WatchedCommit>, ClusterError> {
        commits(&self.admin(LEDGER_DATABASE).await?).await
    }

    /// Every time that its ledger's epoch was raised.
    ///
    /// # Errors
    ///
    /// Those of the server, which must be running.
    pub async fn read_raises(&self) -> Result<Vec<EpochRaise>, ClusterError> {
        let admin = self.admin(LEDGER_DATABASE).await?;
        let rows = admin.rows("show its epochs", RAISES, &[]).await?;
        rows.iter()
            .map(|row| read_raise(row).ok_or(ClusterError::Malformed("its epochs")))
            .collect()
    }
}

pub(super) async fn commits(admin: &Admin) -> Result<Vec<WatchedCommit>, ClusterError> {
    let rows = admin.rows("show its commits", COMMITS, &[]).await?;
    let read = |row| read_commit(row).ok_or(ClusterError::Malformed("its commits"));
    rows.iter().map(read).collect()
}

fn read_commit(row: &Row) -> Option<WatchedCommit> {
    let state: Option<&str> = row.try_get(6).ok()?;
    let epoch: Option<i64> = row.try_get(7).ok()?;
    Some(WatchedCommit {
        number: number(row, 0)?,
        transaction: number(row, 1)?,
        at_us: number(row, 2)?,
        epoch: epoch.map(i64::unsigned_abs),
        row_epoch: number(row, 3)?,
        movement: movement(row.try_get(4).ok()?, row.try_get(5).ok()?)?,
        state: match state {
            None => None,
            Some(name) => Some(State::find(name)?),
        },
    })
}

fn read_raise(row: &Row) -> Option<EpochRaise> {
    let lsn: Option<&str> = row.try_get(2).ok()?;
    Some(EpochRaise {
        epoch: number(row, 0)?,
        region: row.try_get(1).ok()?,
        lsn: lsn.and_then(|text| text.parse().ok()),
        at_us: number(row, 3)?,
    })
}

fn movement(payment: &str, refund: Option<&str>) -> Option<MovementId> {
    let payment = PaymentId::parse(payment)?;
    match refund {
        None => Some(MovementId::Payment(payment)),
        Some(refund) => Some(MovementId::Refund(payment, RefundId::parse(refund)?)),
    }
}

/// None of these numbers is below zero.
fn number(row: &Row, column: usize) -> Option<u64> {
    row.try_get::<_, i64>(column).ok().and_then(|number| number.try_into().ok())
}
