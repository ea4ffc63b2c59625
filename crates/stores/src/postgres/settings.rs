//! How to reach the server, and how long to wait for it.

use std::fmt;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::{Config, NoTls};

use super::transaction::Limits;
use crate::error::StoreError;

/// A password, shown to nobody but the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password of this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(not shown)")
    }
}

/// Where the ledger is, and the bounds of every wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PgSettings {
    /// Name or address of the server, or the folder of its socket.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// The user's password, where the server asks for one.
    pub password: Option<Password>,
    /// The database.
    pub database: String,
    /// The most connections at once; who needs one more waits.
    pub connections_max: usize,
    /// How long to wait for a connection that is free, to be made or to be found alive.
    pub connection_timeout: Duration,
    /// How long a transaction may take up to its commit.
    pub transaction_timeout: Duration,
    /// How long to wait for the answer to a commit.
    pub commit_timeout: Duration,
}

impl PgSettings {
    /// The database of this name at this server, with bounds fit for a request of a few seconds.
    #[must_use]
    pub fn new(host: &str, port: u16, user: &str, database: &str) -> Self {
        Self {
            host: host.to_owned(),
            port,
            user: user.to_owned(),
            password: None,
            database: database.to_owned(),
            connections_max: 16,
            connection_timeout: Duration::from_secs(2),
            transaction_timeout: Duration::from_secs(3),
            commit_timeout: Duration::from_secs(3),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { transaction: self.transaction_timeout, commit: self.commit_timeout }
    }

    pub(super) fn pool(&self) -> Result<Pool, StoreError> {
        // A connection comes back to the pool only when it is known to be between transactions, so that there is
        // nothing to ask it.
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(self.config(), NoTls, recycling);
        let wait = Some(self.connection_timeout);
        Pool::builder(manager)
            .max_size(self.connections_max)
            .timeouts(Timeouts { wait, create: wait, recycle: wait })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(StoreError::unavailable)
    }

    fn config(&self) -> Config {
        let mut config = Config::new();
        config
            .host(&self.host)
            .port(self.port)
            .user(&self.user)
            .dbname(&self.database)
            .application_name("tideover")
            .connect_timeout(self.connection_timeout)
            .options(self.session_options());
        if let Some(Password(password)) = &self.password {
            config.password(password);
        }
        config
    }

    /// The server keeps the same bounds: a client that is gone must not hold the locks of others. Statements are
    /// planned once for each connection: no plan depends on what they are given.
    fn session_options(&self) -> String {
        let bound = self.transaction_timeout.as_millis();
        format!(
            "-c statement_timeout={bound} -c lock_timeout={bound} \
             -c idle_in_transaction_session_timeout={bound} -c default_transaction_isolation=read\\ committed \
             -c plan_cache_mode=force_generic_plan"
        )
    }
}
