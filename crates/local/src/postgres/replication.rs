//! How far a server is in the log, and how far a standby is behind its writer.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Row;
use tokio_postgres::types::PgLsn;

use super::admin::Admin;
use super::cluster::Cluster;
use super::configuration::LEDGER_DATABASE;
use super::error::ClusterError;

/// How long a look at a server may take: one that is frozen never answers.
const LOOK_TIME: Duration = Duration::from_millis(500);

/// Where a server is, in one row, whatever its role is.
const POSITION: &str = "SELECT pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() \
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END, \
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, \
    (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000000)::bigint";

/// A place in the log, in bytes from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Lsn(pub u64);

impl fmt::Display for Lsn {
    /// As PostgreSQL writes it: `0/3000028`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xFFFF_FFFF)
    }
}

/// A text that is no place in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place in the log has the form `0/3000028`")]
pub struct NotALsn;

impl FromStr for Lsn {
    type Err = NotALsn;

    fn from_str(text: &str) -> Result<Self, NotALsn> {
        let (high, low) = text.split_once('/').ok_or(NotALsn)?;
        let half = |digits| u32::from_str_radix(digits, 16).map_err(|_| NotALsn);
        Ok(Self(u64::from(half(high)?) << 32 | u64::from(half(low)?)))
    }
}

/// What a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It takes writes.
    Writer,
    /// It follows.
    Standby,
}

/// Where a server is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// What it is.
    pub role: Role,
    /// Up to where it has the log.
    pub has: Lsn,
    /// Up to where that is carried out.
    pub carried_out: Lsn,
    /// How long ago the last transaction was committed by the writer that a standby has carried out.
    pub last_commit: Option<Duration>,
}

/// How far a standby is behind its writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// How much of the log it has not carried out.
    pub bytes: u64,
    /// How old the last is that it has carried out; nothing when it lacks nothing.
    pub behind: Duration,
}

impl Lag {
    fn of(standby: &Position, writer: &Position) -> Self {
        let bytes = writer.carried_out.0.saturating_sub(standby.carried_out.0);
        let behind = standby.last_commit.filter(|_| bytes > 0).unwrap_or_default();
        Self { bytes, behind }
    }
}

impl Cluster {
    /// Where it is in the log.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Slow`] when it does not answer, as one that is frozen.
    pub async fn position(&self) -> Result<Position, ClusterError> {
        let mut observer = self.observer.lock().await;
        let looked = timeout(LOOK_TIME, async {
            // Taken out: a connection that fails or does not answer is not used again.
            let admin = match observer.take() {
                Some(admin) if !admin.is_closed() => admin,
                _ => self.admin(LEDGER_DATABASE).await?,
            };
            let position = position(&admin).await?;
            *observer = Some(admin);
            Ok(position)
        });
        looked.await.unwrap_or_else(|_| Err(self.slow("an answer", LOOK_TIME)))
    }

    /// How far this standby is behind its writer, as somebody sees it who sees both; nothing is known while either is
    /// silent.
    pub async fn lag(&self, writer: &Self) -> Option<Lag> {
        let standby = self.position().await.ok()?;
        // Asked later, so that a standby is never ahead.
        Some(Lag::of(&standby, &writer.position().await.ok()?))
    }
}

/// Where the server of this connection is in the log.
pub(super) async fn position(admin: &Admin) -> Result<Position, ClusterError> {
    let rows = admin.rows("say where it is in the log", POSITION, &[]).await?;
    rows.first().and_then(read_position).ok_or(ClusterError::Malformed("its place in the log"))
}

fn read_position(row: &Row) -> Option<Position> {
    let lsn =
        |column| row.try_get::<_, Option<PgLsn>>(column).ok().flatten().map(u64::from).map(Lsn);
    let last_commit: Option<i64> = row.try_get(3).ok()?;
    Some(Position {
        role: if row.try_get(0).ok()? { Role::Standby } else { Role::Writer },
        has: lsn(1)?,
        carried_out: lsn(2)?,
        last_commit: last_commit.map(|us| Duration::from_micros(u64::try_from(us).unwrap_or(0))),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Lag, Lsn, NotALsn, Position, Role};

    #[test]
    fn places_are_written_as_they_are_read() {
        for text in ["0/0", "0/3000028", "1F/FFFFFFFF"] {
            assert_eq!(text.parse::<Lsn>().unwrap().to_string(), text);
        }
        for text in ["", "3000028", "0/G", "0/100000000", "0/1/2"] {
            assert_eq!(text.parse::<Lsn>(), Err(NotALsn), "{text:?}");
        }
    }

    #[test]
    fn who_lacks_nothing_is_not_behind() {
        let at = |has, last_commit_s| Position {
            role: Role::Standby,
            has: Lsn(has),
            carried_out: Lsn(has),
            last_commit: Some(Duration::from_secs(last_commit_s)),
        };
        let lag = |bytes, s| Lag { bytes, behind: Duration::from_secs(s) };
        assert_eq!(Lag::of(&at(100, 9), &at(100, 0)), lag(0, 0), "the writer has rested since");
        assert_eq!(Lag::of(&at(40, 9), &at(100, 0)), lag(60, 9));
    }
}
