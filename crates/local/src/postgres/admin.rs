//! Connections to a server: the supervisor's, over its socket, and the other server's, over TCP.

use std::net::SocketAddr;
use std::path::Path;

use tokio::task::JoinHandle;
use tokio_postgres::types::{FromSqlOwned, ToSql};
use tokio_postgres::{Client, Config, NoTls, Row};

use super::configuration::{LEDGER_DATABASE, LEDGER_USER, REPLICATION_USER, SUPERUSER};
use super::error::ClusterError;

/// A connection, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Admin {
    client: Client,
    carrier: JoinHandle<()>,
}

/// Whose connection it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The owner of the ledger.
    Ledger,
    /// Whoever copies the log.
    Replication,
}

impl Admin {
    /// One of the superuser's, to this database, over the socket in this folder.
    pub(super) async fn over_socket(
        socket: &Path,
        port: u16,
        database: &str,
    ) -> Result<Self, tokio_postgres::Error> {
        let mut config = Config::new();
        config.host_path(socket).port(port).user(SUPERUSER).dbname(database);
        Self::connect(&config).await
    }

    /// One to the ledger's database at this address.
    pub(super) async fn over_tcp(
        address: SocketAddr,
        who: Who,
        password: &str,
    ) -> Result<Self, ClusterError> {
        let user = match who {
            Who::Ledger => LEDGER_USER,
            Who::Replication => REPLICATION_USER,
        };
        let mut config = Config::new();
        config.host(address.ip().to_string()).port(address.port()).user(user);
        config.password(password).dbname(LEDGER_DATABASE);
        Self::connect(&config).await.map_err(ClusterError::sql("take a connection of its follower"))
    }

    async fn connect(config: &Config) -> Result<Self, tokio_postgres::Error> {
        let mut config = config.clone();
        config.application_name("tideover").connect_timeout(super::server::CONNECTION_TIME);
        let (client, connection) = config.connect(NoTls).await?;
        // What ends a connection is told to whoever waits for an answer.
        Ok(Self { client, carrier: tokio::spawn(async { drop(connection.await) }) })
    }

    /// Whether it has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Carries statements out.
    pub(super) async fn run(&self, what: &'static str, sql: &str) -> Result<(), ClusterError> {
        self.client.batch_execute(sql).await.map_err(ClusterError::sql(what))
    }

    /// The rows of a query.
    pub(super) async fn rows(
        &self,
        what: &'static str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, ClusterError> {
        self.client.query(sql, parameters).await.map_err(ClusterError::sql(what))
    }

    /// The one value of a query.
    pub(super) async fn value<T: FromSqlOwned>(
        &self,
        what: &'static str,
        sql: &str,
    ) -> Result<T, ClusterError> {
        let row = self.client.query_one(sql, &[]).await.map_err(ClusterError::sql(what))?;
        row.try_get(0).map_err(ClusterError::sql(what))
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.carrier.abort();
    }
}
