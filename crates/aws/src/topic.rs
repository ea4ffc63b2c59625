//! The topic that tells everybody: SNS in this Region.

use std::time::Duration;

use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use notify::{Handed, Topic};
use payments::Event;
use tokio::sync::OnceCell;

use crate::asking::{Asking, Patience};
use crate::site::Aws;
use crate::sorted::{Said, Sorted, sorted};

/// Nobody waits for a message but a worker, whose lease is longer.
const PATIENCE: Patience = Patience {
    local: Duration::from_secs(1),
    other: Duration::ZERO,
    total: Duration::from_secs(3),
    pause: Duration::from_millis(50),
    avoidance: Duration::ZERO,
};

/// A topic of SNS.
pub struct SnsTopic {
    aws: Aws,
    arn: String,
    client: OnceCell<Client>,
    asking: Asking,
}

impl SnsTopic {
    /// The topic of this ARN. Connects to nothing.
    #[must_use]
    pub fn new(aws: &Aws, arn: &str) -> Self {
        let (aws, arn) = (aws.clone(), arn.to_owned());
        Self { aws, arn, client: OnceCell::new(), asking: Asking::here(PATIENCE) }
    }

    /// The same, with other limits.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { asking: Asking::here(patience), ..self }
    }

    /// Tells people something, under a subject of at most 100 characters of ASCII.
    ///
    /// # Errors
    ///
    /// When it is not certain that they are told.
    pub async fn tell(&self, subject: &str, text: &str) -> Result<(), Said> {
        self.asking.ask(self.aws.random(), |_| self.tell_once(subject, text)).await.answer
    }

    async fn tell_once(&self, subject: &str, text: &str) -> Result<(), Sorted> {
        let publish = self.client().await.publish().topic_arn(&self.arn);
        let sent = publish.subject(subject).message(text).send().await;
        sent.map(|_| ()).map_err(|error| sorted(&error))
    }

    async fn client(&self) -> &Client {
        self.client.get_or_init(|| async { Client::new(self.aws.config().await) }).await
    }

    async fn publish_once(&self, event: &Event, json: &str) -> Result<(), Sorted> {
        let mut publish = self.client().await.publish().topic_arn(&self.arn).message(json);
        for (name, kind, value) in attributes(event) {
            let value = MessageAttributeValue::builder().data_type(kind).string_value(value);
            let value = value.build().expect("it has a type");
            publish = publish.message_attributes(name, value);
        }
        publish.send().await.map_err(|error| sorted(&error))?;
        Ok(())
    }
}

impl Topic for SnsTopic {
    async fn publish(&self, event: &Event, json: &str) -> Handed {
        let asked = self.asking.ask(self.aws.random(), |_| self.publish_once(event, json)).await;
        match asked.answer {
            Ok(()) => Handed::Over,
            Err(said) => {
                self.aws.notice("event topic", &said);
                Handed::NotKnown
            }
        }
    }
}

/// What subscriptions filter by: names, types and values.
fn attributes(event: &Event) -> [(&'static str, &'static str, String); 4] {
    let draft = &event.draft;
    [
        ("type", "String", draft.kind.name().to_owned()),
        ("event_id", "String", draft.id.to_string()),
        ("account", "String", draft.account.to_string()),
        ("epoch", "Number", draft.epoch.to_string()),
    ]
}

impl std::fmt::Debug for SnsTopic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SnsTopic").field("arn", &self.arn).finish_non_exhaustive()
    }
}
