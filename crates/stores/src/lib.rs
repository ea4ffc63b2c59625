//! Where money is kept: the ledger in PostgreSQL, and a store in one file that needs nothing installed.
//!
//! Both carry out what the pure crates decide, through their ports: [`PgLedger`] and [`EmbeddedStore`] are ledger,
//! books and outbox ([`payments::Ledger`], [`payments::Books`], [`notify::Outbox`]), and the file keeps intents and the
//! control record too ([`payments::Intents`], [`fence::ControlStore`]). What a driver or a file says when it fails is
//! sorted here into the ports' outcomes, by what is certain, and is known nowhere else.
//!
//! Values are written in shapes of this crate's own. What another store is to keep leaves the crate as text only, by
//! [`document`].

pub mod document;
mod embedded;
mod error;
mod postgres;
mod raised;
mod stored;

pub use embedded::{Clock, EmbeddedSettings, EmbeddedStore, Syncing};
pub use error::{Cause, StoreError};
pub use postgres::{
    Credentials, End, FixedPassword, Freshness, Password, PasswordAnswer, PgLedger, PgSettings,
    Recovered, Standing, Tls, UrlFault,
};
pub use raised::Raised;
pub use stored::Malformed;
