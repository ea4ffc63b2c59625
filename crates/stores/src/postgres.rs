//! The ledger in PostgreSQL.

mod again;
mod books;
mod connections;
mod credentials;
mod deliveries;
mod end;
mod epoch;
mod failure;
mod known;
mod ledger;
mod migrate;
mod outbox;
mod recovered;
mod settings;
mod standing;
mod tls;
mod transaction;
mod turns;
mod url;

use self::connections::Pool;
use crate::error::StoreError;

pub use self::credentials::{Credentials, FixedPassword, Freshness, Password, PasswordAnswer};
pub use self::end::End;
pub use self::recovered::Recovered;
pub use self::settings::PgSettings;
pub use self::standing::Standing;
pub use self::tls::Tls;
pub use self::url::UrlFault;

/// A ledger in a PostgreSQL database. Of a standby it reads only what the port [`payments::Books`] reads.
#[derive(Clone)]
pub struct PgLedger {
    pool: Pool,
    limits: transaction::Limits,
    turns: turns::Turns,
}

impl PgLedger {
    /// A ledger whose connections are made when they are needed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the settings make no pool.
    pub fn new(settings: &PgSettings) -> Result<Self, StoreError> {
        Ok(Self { pool: settings.pool()?, limits: settings.limits(), turns: settings.turns() })
    }

    /// Brings the database's schema up to what this program knows. May be called by any number of programs at once.
    ///
    /// # Errors
    ///
    /// [`StoreError::Newer`] and [`StoreError::Changed`] when the schema is not one of this program's past.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        migrate::migrate(&self.pool, self.limits).await
    }

    /// Closes every connection that is not at work, and makes no new ones.
    pub fn close(&self) {
        self.pool.close();
    }
}

impl std::fmt::Debug for PgLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PgLedger").finish_non_exhaustive()
    }
}
