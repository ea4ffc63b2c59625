//! The pool of connections: makes them, and keeps those that are between transactions.

use std::sync::Arc;

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use deadpool_postgres::ClientWrapper;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, Error, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::credentials::{Credentials, Freshness, Password};
use crate::error::Cause;

/// The pool.
pub(super) type Pool = deadpool::managed::Pool<Connections>;

/// A connection of the pool.
pub(super) type Connection = deadpool::managed::Object<Connections>;

/// Whoever makes connections.
pub(super) struct Connections {
    pub(super) config: Config,
    pub(super) tls: Option<MakeRustlsConnect>,
    pub(super) credentials: Arc<dyn Credentials>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoConnection {
    #[error("the password is not known")]
    Password(#[source] Cause),
    #[error("the server did not take the connection")]
    Server(#[from] Error),
}

impl Manager for Connections {
    type Type = ClientWrapper;
    type Error = NoConnection;

    /// In a box, because it is rare, and would make every read and every commit as large as the whole of TLS.
    async fn create(&self) -> Result<ClientWrapper, NoConnection> {
        Box::pin(self.make()).await
    }

    /// A connection comes back only when it is known to be between transactions, so that there is nothing to ask it.
    async fn recycle(
        &self,
        connection: &mut ClientWrapper,
        _: &Metrics,
    ) -> RecycleResult<NoConnection> {
        match connection.is_closed() {
            true => Err(RecycleError::message("the server has closed the connection")),
            false => Ok(()),
        }
    }
}

impl Connections {
    async fn make(&self) -> Result<ClientWrapper, NoConnection> {
        let password = self.password(Freshness::Cached).await?;
        match self.connect(&password).await {
            // It was changed since it was asked for. One that is refused twice is wrong.
            Err(error) if error.code() == Some(&SqlState::INVALID_PASSWORD) => {
                let fresh = self.password(Freshness::Fresh).await?;
                if fresh == password {
                    return Err(error.into());
                }
                Ok(self.connect(&fresh).await?)
            }
            connected => Ok(connected?),
        }
    }

    async fn password(&self, freshness: Freshness) -> Result<Password, NoConnection> {
        self.credentials.password(freshness).await.map_err(NoConnection::Password)
    }

    async fn connect(&self, password: &Password) -> Result<ClientWrapper, Error> {
        let mut config = self.config.clone();
        config.password(password.text());
        // What ends a connection is told to whoever waits for it, and to nobody else.
        Ok(match &self.tls {
            None => {
                let (client, connection) = config.connect(NoTls).await?;
                ClientWrapper::new(client, tokio::spawn(async { drop(connection.await) }))
            }
            Some(tls) => {
                let (client, connection) = config.connect(tls.clone()).await?;
                ClientWrapper::new(client, tokio::spawn(async { drop(connection.await) }))
            }
        })
    }
}
