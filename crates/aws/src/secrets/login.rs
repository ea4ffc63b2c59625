//! The user and the password of the ledger, from the secret that RDS and Secrets Manager keep: JSON with `username` and
//! `password`.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use stores::{Credentials, Freshness, Password, PasswordAnswer};

use super::Secret;
use super::cached::Cached;
use crate::asking::Patience;
use crate::site::Aws;
use crate::sorted::Said;

/// How old a password may be that the server takes. One that it refuses is read again at once.
const MAX_AGE: Duration = Duration::from_secs(15 * 60);

/// The secret with the ledger's user and password. A password that changes is read again without a restart.
pub struct DatabaseSecret {
    secret: Secret,
    cached: Cached<Login>,
}

#[derive(Clone)]
struct Login {
    user: String,
    password: Password,
}

/// The secret's text; what else is in it is passed over.
#[derive(Deserialize)]
struct StoredLogin {
    username: String,
    password: String,
}

impl DatabaseSecret {
    /// The secret of this name or ARN. Connects to nothing.
    #[must_use]
    pub fn new(aws: &Aws, id: &str) -> Self {
        Self { secret: Secret::new(aws, id), cached: Cached::new(MAX_AGE) }
    }

    /// The same, with other limits.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { secret: self.secret.with_patience(patience), ..self }
    }

    /// The name of the user.
    ///
    /// # Errors
    ///
    /// When the secret cannot be read.
    pub async fn user(&self) -> Result<String, Said> {
        Ok(self.login(Freshness::Cached).await?.user)
    }

    async fn login(&self, freshness: Freshness) -> Result<Login, Said> {
        self.cached.get(freshness, || self.read()).await
    }

    async fn read(&self) -> Result<Login, Said> {
        let read = self.secret.read().await.and_then(|text| parse(&text));
        if let Err(said) = &read {
            self.secret.aws.notice("database secret", said);
        }
        read
    }
}

/// What a parser says may repeat what it read, so that only the place is told.
fn parse(text: &str) -> Result<Login, Said> {
    let stored: StoredLogin = serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Said::new(format!("the secret is not JSON with `username` and `password`: {place}"))
    })?;
    Ok(Login { user: stored.username, password: Password::new(stored.password) })
}

impl Credentials for DatabaseSecret {
    fn password(&self, freshness: Freshness) -> PasswordAnswer<'_> {
        Box::pin(async move { Ok(self.login(freshness).await?.password) })
    }
}

impl fmt::Debug for DatabaseSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseSecret").field("id", &self.secret.id).finish_non_exhaustive()
    }
}
