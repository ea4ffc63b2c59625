//! How to reach the server, and how long to wait for it.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::Timeouts;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::connections::{Connections, Pool};
use super::credentials::{Credentials, FixedPassword, Password};
use super::tls::Tls;
use super::transaction::Limits;
use super::turns::Turns;
use crate::error::StoreError;

/// Where the ledger is, and the bounds of every wait.
#[derive(Clone)]
pub struct PgSettings {
    /// Name or address of the server, or the folder of its socket.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// Whoever knows the user's password.
    pub credentials: Arc<dyn Credentials>,
    /// How connections are protected.
    pub tls: Tls,
    /// The database.
    pub database: String,
    /// The most connections at once; who needs one more waits.
    pub connections_max: usize,
    /// The most transactions that are committed together, when they must wait; 1 lets each go alone, at once.
    pub batch_max: NonZero<usize>,
    /// How long to wait for a connection that is free, to be made or to be found alive. Making one includes asking for
    /// the password.
    pub connection_timeout: Duration,
    /// How long a transaction may take up to its commit.
    pub transaction_timeout: Duration,
    /// How long to wait for the answer to a commit.
    pub commit_timeout: Duration,
}

impl PgSettings {
    /// The database of this name at this server, without a password and without TLS, with bounds fit for a request of a
    /// few seconds.
    #[must_use]
    pub fn new(host: &str, port: u16, user: &str, database: &str) -> Self {
        Self {
            host: host.to_owned(),
            port,
            user: user.to_owned(),
            credentials: Arc::new(FixedPassword(Password::new(""))),
            tls: Tls::Off,
            database: database.to_owned(),
            connections_max: 16,
            batch_max: const { NonZero::new(64).expect("64 is not 0") },
            connection_timeout: Duration::from_secs(2),
            transaction_timeout: Duration::from_secs(3),
            commit_timeout: Duration::from_secs(3),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { transaction: self.transaction_timeout, commit: self.commit_timeout }
    }

    /// Half of the connections are left to those who read.
    pub(super) fn turns(&self) -> Turns {
        Turns::new((self.connections_max / 2).max(1), self.batch_max)
    }

    pub(super) fn pool(&self) -> Result<Pool, StoreError> {
        let connections = Connections {
            config: self.config(),
            tls: self.tls.connector().map_err(StoreError::Unavailable)?,
            credentials: self.credentials.clone(),
        };
        let wait = Some(self.connection_timeout);
        Pool::builder(connections)
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
            .ssl_mode(match self.tls {
                Tls::Off => SslMode::Disable,
                Tls::Verified { .. } => SslMode::Require,
            })
            .options(self.session_options());
        config
    }

    /// The server keeps the same bounds: a client that is gone must not hold the locks of others.
    ///
    /// Statements are planned once for each connection, and every one of them finds its rows by an index. Left to
    /// itself, the server would read whole tables while they are small, and go on when they no longer are.
    fn session_options(&self) -> String {
        let bound = self.transaction_timeout.as_millis();
        format!(
            "-c statement_timeout={bound} -c lock_timeout={bound} \
             -c idle_in_transaction_session_timeout={bound} -c default_transaction_isolation=read\\ committed \
             -c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off \
             -c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off"
        )
    }
}

impl fmt::Debug for PgSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, user, database, .. } = self;
        let security = match self.tls {
            Tls::Off => "plain",
            Tls::Verified { .. } => "verified",
        };
        write!(f, "PgSettings({user} at {host}:{port}/{database}, {security})")
    }
}
