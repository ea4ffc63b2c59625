//! The ports by which others are told: outbox, topic, bucket, callers and configuration.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use notify::{
    Called, Caller, ClaimedDelivery, ClaimedEvent, DeliveryChange, EndpointChange, EndpointId,
    EndpointSource, EndpointState, Endpoints, Handed, NoEndpoints, Outbox, OutboxFault, Receipts,
    Remaining, Topic, WebhookRequest,
};
use payments::{Epoch, Event, EventId};

use crate::ports::Ports;
use crate::world::TAKEN;

/// No answer, whatever the reason.
fn silence<T: Clone>() -> (Result<T, OutboxFault>, Result<T, OutboxFault>) {
    (Err(OutboxFault::Unavailable), Err(OutboxFault::Unavailable))
}

impl Outbox for Ports {
    async fn claim_events(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedEvent>, OutboxFault> {
        self.effect(silence(), |inner| {
            inner.ledger.claim_events(epoch, limit, (inner.now_ms, lease))
        })
        .await
    }

    async fn told(
        &self,
        epoch: Epoch,
        event: EventId,
        endpoints: &[EndpointId],
        remaining: Remaining,
    ) -> Result<(), OutboxFault> {
        self.is_counted_behind_gate();
        self.effect(silence(), |inner| inner.ledger.told(epoch, event, endpoints, remaining)).await
    }

    async fn done(&self, epoch: Epoch, event: EventId) -> Result<(), OutboxFault> {
        self.is_counted_behind_gate();
        self.effect(silence(), |inner| inner.ledger.done(epoch, event)).await
    }

    async fn postpone(
        &self,
        epoch: Epoch,
        claimed: &ClaimedEvent,
        after: Duration,
    ) -> Result<(), OutboxFault> {
        self.is_counted_behind_gate();
        self.effect(silence(), |inner| {
            let until_ms = inner.now_ms + after.as_millis() as u64;
            inner.ledger.postpone(epoch, claimed, until_ms)
        })
        .await
    }

    async fn claim_deliveries(
        &self,
        epoch: Epoch,
        endpoints: &BTreeMap<EndpointId, u64>,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        self.effect(silence(), |inner| {
            inner.ledger.claim_deliveries(epoch, endpoints, limit, (inner.now_ms, lease))
        })
        .await
    }

    async fn tried(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        delivery: DeliveryChange,
        endpoint: &EndpointChange,
    ) -> Result<(), OutboxFault> {
        self.is_counted_behind_gate();
        let changes = (delivery, *endpoint);
        self.effect(silence(), |inner| inner.ledger.tried(epoch, claimed, changes, inner.now_ms))
            .await
    }

    async fn endpoints(&self) -> Result<BTreeMap<EndpointId, EndpointState>, OutboxFault> {
        self.effect(silence(), |inner| Ok(inner.ledger.endpoints())).await
    }
}

impl Topic for Ports {
    async fn publish(&self, _: &Event, json: &str) -> Handed {
        self.is_counted_behind_gate();
        self.effect((Handed::NotKnown, Handed::NotKnown), |inner| {
            inner.published.push(json.to_owned());
            Handed::Over
        })
        .await
    }
}

impl Receipts for Ports {
    async fn put(&self, name: &str, json: &str) -> Handed {
        self.is_counted_behind_gate();
        self.effect((Handed::NotKnown, Handed::NotKnown), |inner| {
            inner.receipts.entry(name.to_owned()).or_default().push(json.to_owned());
            Handed::Over
        })
        .await
    }
}

impl Caller for Ports {
    async fn call(&self, request: &WebhookRequest) -> Called {
        self.is_behind_gate();
        self.effect((Called::NoAnswer, Called::NoAnswer), |inner| {
            let called = inner.receivers.get(&request.url).copied().unwrap_or(TAKEN);
            inner.received.push((request.clone(), called));
            called
        })
        .await
    }
}

impl EndpointSource for Ports {
    async fn endpoints(&self) -> Result<Arc<Endpoints>, NoEndpoints> {
        self.effect((Err(NoEndpoints), Err(NoEndpoints)), |inner| {
            inner.endpoints.clone().ok_or(NoEndpoints)
        })
        .await
    }
}
