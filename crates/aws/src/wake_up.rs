//! Waking the outbox worker: a message in a queue of SQS, which starts the function that works the outbox off.
//!
//! The message says nothing and may be lost: what is to be done is in the outbox, and the worker looks there from time to
//! time without being woken (`pay-queues-are-regional`).

use std::time::Duration;

use aws_sdk_sqs::Client;
use tokio::sync::OnceCell;

use crate::asking::{Asking, Patience};
use crate::site::Aws;
use crate::sorted::{Failure, Fate, Said, Sorted, sorted};

/// A client may be waiting.
const PATIENCE: Patience = Patience {
    local: Duration::from_millis(500),
    other: Duration::ZERO,
    total: Duration::from_millis(800),
    pause: Duration::from_millis(25),
    avoidance: Duration::ZERO,
};

/// The text of each message, for people who look into the queue.
const MESSAGE: &str = "something is in the outbox";

/// The queue whose messages wake the outbox worker.
pub struct WakeUp {
    aws: Aws,
    queue: String,
    client: OnceCell<Client>,
    url: OnceCell<String>,
    asking: Asking,
}

/// The worker was perhaps not woken: it will look by itself, later.
#[derive(Debug, thiserror::Error)]
#[error("the outbox worker was perhaps not woken")]
pub struct NotWoken(#[source] pub Said);

impl WakeUp {
    /// The queue of this name. Connects to nothing.
    #[must_use]
    pub fn new(aws: &Aws, queue: &str) -> Self {
        let (client, url) = (OnceCell::new(), OnceCell::new());
        let asking = Asking::here(PATIENCE);
        Self { aws: aws.clone(), queue: queue.to_owned(), client, url, asking }
    }

    /// The same, with other limits.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { asking: Asking::here(patience), ..self }
    }

    /// Sends one message.
    ///
    /// # Errors
    ///
    /// When the queue does not take it in time.
    pub async fn wake(&self) -> Result<(), NotWoken> {
        let asked = self.asking.ask(self.aws.random(), |_| self.send_once()).await;
        asked.answer.map_err(NotWoken)
    }

    async fn send_once(&self) -> Result<(), Sorted> {
        let connect = || async { Client::new(self.aws.config().await) };
        let client = self.client.get_or_init(connect).await;
        let url = self.url.get_or_try_init(|| self.look_up(client)).await?;
        let sent = client.send_message().queue_url(url).message_body(MESSAGE).send().await;
        sent.map_err(|error| sorted(&error))?;
        Ok(())
    }

    async fn look_up(&self, client: &Client) -> Result<String, Sorted> {
        let found = client.get_queue_url().queue_name(&self.queue).send().await;
        let url = found.map_err(|error| sorted(&error))?.queue_url;
        url.ok_or_else(|| {
            let said = Said::new("the queue has no address");
            Sorted::Stop(Failure { fate: Fate::NotDone, said })
        })
    }
}

impl std::fmt::Debug for WakeUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WakeUp").field("queue", &self.queue).finish_non_exhaustive()
    }
}
