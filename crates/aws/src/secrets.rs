//! Secrets of Secrets Manager in this Region, read when they are needed and again when they are old, so that they may
//! change while this program runs.
//!
//! What is in a secret is shown to nobody: not in `Debug`, not in errors, not in notices.

mod cached;
mod login;
mod webhooks;

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use tokio::sync::OnceCell;

pub use self::login::DatabaseSecret;
pub use self::webhooks::WebhookSecret;
use crate::asking::{Asking, Patience};
use crate::site::Aws;
use crate::sorted::{Failure, Fate, Said, Sorted, sorted};

/// A request may be waiting for a connection to the database.
const PATIENCE: Patience = Patience {
    local: Duration::from_millis(800),
    other: Duration::ZERO,
    total: Duration::from_millis(1_500),
    pause: Duration::from_millis(25),
    avoidance: Duration::ZERO,
};

/// A secret.
struct Secret {
    aws: Aws,
    /// Its name or ARN.
    id: String,
    client: OnceCell<Client>,
    asking: Asking,
}

impl Secret {
    fn new(aws: &Aws, id: &str) -> Self {
        let asking = Asking::here(PATIENCE);
        Self { aws: aws.clone(), id: id.to_owned(), client: OnceCell::new(), asking }
    }

    fn with_patience(self, patience: Patience) -> Self {
        Self { asking: Asking::here(patience), ..self }
    }

    /// The text that is current.
    async fn read(&self) -> Result<String, Said> {
        self.asking.ask(self.aws.random(), |_| self.read_once()).await.answer
    }

    async fn read_once(&self) -> Result<String, Sorted> {
        let connect = || async { Client::new(self.aws.config().await) };
        let client = self.client.get_or_init(connect).await;
        let read = client.get_secret_value().secret_id(&self.id).send().await;
        read.map_err(|error| sorted(&error))?.secret_string.ok_or_else(no_text)
    }
}

fn no_text() -> Sorted {
    Sorted::Stop(Failure { fate: Fate::NotDone, said: Said::new("the secret has no text") })
}
