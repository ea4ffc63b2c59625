//! The password of the ledger's user, asked for when it is needed, so that it may change while this program runs.

use std::fmt;
use std::pin::Pin;

use crate::error::Cause;

/// A password, shown to nobody but the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password of this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(not shown)")
    }
}

/// How old a password may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// As old as it is: one that was asked for before will do.
    Cached,
    /// As it is now: the server has just refused the one that was given.
    Fresh,
}

/// A password that is being asked for.
pub type PasswordAnswer<'c> = Pin<Box<dyn Future<Output = Result<Password, Cause>> + Send + 'c>>;

/// Whoever knows the password.
pub trait Credentials: Send + Sync {
    /// The password. It is asked for before each new connection, and once more, fresh, when the server refuses it; by
    /// as many connections at once as are being made.
    fn password(&self, freshness: Freshness) -> PasswordAnswer<'_>;
}

/// A password that never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedPassword(pub Password);

impl Credentials for FixedPassword {
    fn password(&self, _: Freshness) -> PasswordAnswer<'_> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}
