//! How a Region's database stands, as it says itself.

use drill::Site;
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

use crate::act::reach::CALL_LIMIT;
use crate::act::ways::Ways;

/// Positions are bytes of the log; lags are those of the one standby there is.
const STANDING: &str = "
SELECT NOT pg_is_in_recovery(),
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END
        - '0/0'::pg_lsn,
    CASE WHEN NOT pg_is_in_recovery() THEN
        (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) FROM pg_stat_replication
            WHERE state = 'streaming') END,
    CASE WHEN pg_is_in_recovery() THEN
        extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000
    ELSE (SELECT max(extract(epoch FROM coalesce(replay_lag, interval '0'))) * 1000
        FROM pg_stat_replication WHERE state = 'streaming') END";

/// How a database stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether it takes writes.
    pub(crate) is_writer: bool,
    /// How far it has come, in bytes of its log.
    pub(crate) position: u64,
    /// Of a writer: how far its standby is behind, in bytes; none without a standby.
    pub(crate) behind_bytes: Option<u64>,
    /// Of a writer: how far its standby is behind; of a standby: how old the last is that it has. In
    /// milliseconds.
    pub(crate) behind_ms: Option<u64>,
}

/// Asks a Region's database; nothing when it does not answer.
pub(crate) async fn standing(ways: &Ways, site: Site) -> Option<Standing> {
    timeout(CALL_LIMIT, ask(ways, site)).await.ok()?
}

async fn ask(ways: &Ways, site: Site) -> Option<Standing> {
    let client = connect(ways, site).await?;
    let row = client
        .query_one(
            &format!(
                "SELECT a, b::float8, c::float8, d::float8 FROM ({STANDING}) AS s(a, b, c, d)"
            ),
            &[],
        )
        .await
        .ok()?;
    let number = |column| row.get::<_, Option<f64>>(column).map(whole);
    Some(Standing {
        is_writer: row.get(0),
        position: number(1)?,
        behind_bytes: number(2),
        behind_ms: number(3),
    })
}

async fn connect(ways: &Ways, site: Site) -> Option<Client> {
    let mut config: tokio_postgres::Config = ways.ledgers[site as usize].parse().ok()?;
    config.connect_timeout(CALL_LIMIT);
    let (client, connection) = config.connect(NoTls).await.ok()?;
    tokio::spawn(async move { drop(connection.await) });
    Some(client)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a log is shorter than 2^53 bytes"
)]
fn whole(number: f64) -> u64 {
    number.max(0.0) as u64
}
