//! What the worker reaches: stores, topic, bucket, processor, and the endpoints of webhooks.

use std::sync::Arc;

use aws::{ControlTable, SnsTopic, WebhookSecret};
use notify::{EndpointSource, Endpoints, NoEndpoints};
use payments::{Call, Processor, ProcessorKey, Sent, Status};
use region::{
    BucketSettings, HttpLimits, ProcessorClient, Reach, Receipts, Trust, Webhooks, WorkPorts,
};
use service::Source;
use stores::PgLedger;

use crate::settings::Outside;
use crate::site::{Gate, Money, Site, log};

/// The ports of the worker.
pub(crate) type Ports =
    WorkPorts<Gate, ControlTable, PgLedger, Cards, PgLedger, SnsTopic, Receipts, Called, Webhooks>;

/// Puts them together. It takes a while, because certificates are read.
pub(crate) fn ports(
    site: &Site,
    outside: &Outside,
    money: &Money,
) -> Result<Ports, Box<dyn std::error::Error + Send + Sync>> {
    let trust = Trust::native()?;
    let bucket = BucketSettings {
        bucket: outside.bucket.clone(),
        region: site.settings.region.clone(),
        endpoint: outside.endpoint.clone(),
    };
    let variable = |name: &str| std::env::var(name).ok();
    Ok(WorkPorts {
        gatekeeper: money.gate.clone(),
        intents: site.table.clone(),
        ledger: money.ledger.clone(),
        processor: Cards::at(outside.processor.as_deref(), &trust)?,
        outbox: money.ledger.clone(),
        topic: SnsTopic::new(&site.aws, &outside.topic),
        receipts: Receipts::in_bucket(&bucket, &trust, variable, Source::system(), log())?,
        endpoints: Called(outside.webhooks.as_ref().map(|id| WebhookSecret::new(&site.aws, id))),
        caller: Webhooks::new(&trust, Reach::Internet),
    })
}

/// The processor of cards, where one is set. Without one payments are accepted, and wait.
pub(crate) struct Cards(Option<ProcessorClient>);

impl Cards {
    /// The processor at this address, where there is one. Connects to nothing.
    pub(crate) fn at(
        url: Option<&str>,
        trust: &Trust,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let client = |url| ProcessorClient::new(trust, url, HttpLimits::default());
        Ok(Self(url.map(client).transpose()?))
    }
}

impl Processor for Cards {
    async fn send(&self, call: &Call) -> Sent {
        match &self.0 {
            Some(client) => client.send(call).await,
            None => Sent::NotSent,
        }
    }

    async fn status(&self, key: ProcessorKey) -> Status {
        match &self.0 {
            Some(client) => client.status(key).await,
            None => Status::NoAnswer,
        }
    }
}

/// Who is called back, where anybody is.
pub(crate) struct Called(Option<WebhookSecret>);

impl EndpointSource for Called {
    async fn endpoints(&self) -> Result<Arc<Endpoints>, NoEndpoints> {
        match &self.0 {
            Some(secret) => secret.endpoints().await,
            None => Ok(Arc::default()),
        }
    }
}
