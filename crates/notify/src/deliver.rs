//! What is done about one callback that is due. Every await may be the last one of its process: the lease ends, and
//! another worker sends it again, which receivers know by the event's id.

use payments::{Epoch, Gatekeeper, Time};

use crate::endpoint::Endpoint;
use crate::event_json::event_json;
use crate::judge::judge;
use crate::ports::{
    Called, Caller, ClaimedDelivery, DeliveryChange, EndpointSource, Outbox, WebhookRequest,
};
use crate::signature::sign;
use crate::state::EndpointChange;
use crate::stop::{Stop, allowed};

/// The world of [`deliver()`].
#[derive(Debug)]
pub struct DeliverPorts<'p, G, O, C, E> {
    /// The gate of this Region.
    pub gatekeeper: &'p G,
    /// The outbox, in the ledger.
    pub outbox: &'p O,
    /// Whoever calls endpoints.
    pub caller: &'p C,
    /// The configuration of endpoints.
    pub endpoints: &'p E,
}

/// What came of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// It was sent, with this result, and this was noted.
    Tried(Called, DeliveryChange, EndpointChange),
    /// It was not sent and never will be: by its present configuration the endpoint is not to get such events.
    NotWanted,
    /// It was not sent: the endpoint is not in the configuration, or that cannot be read. It keeps its lease.
    NotConfigured,
    /// The worker had to stop: the callback keeps its lease. It may have been sent.
    Stopped(Stop),
}

/// Sends a callback and notes what came of it. `epoch` is the one that it was claimed under, which the ledger had then;
/// `now` is when it is sent; `random` are 64 random bits.
///
/// The note comes after the call: before it, a death would lose the callback. It may be dropped at any await and run
/// again, by anybody who holds the callback.
pub async fn deliver<G, O, C, E>(
    ports: &DeliverPorts<'_, G, O, C, E>,
    epoch: Epoch,
    claimed: &ClaimedDelivery,
    now: Time,
    random: u64,
) -> Delivered
where
    G: Gatekeeper,
    O: Outbox,
    C: Caller,
    E: EndpointSource,
{
    let endpoints = ports.endpoints.endpoints().await;
    let Some(endpoint) = endpoints.as_ref().ok().and_then(|all| all.get(&claimed.endpoint)) else {
        return Delivered::NotConfigured;
    };
    // The name may stand for another account by now, which must not hear of this one's payments.
    let (delivered, delivery, state) = if endpoint.wants(&claimed.event) {
        if let Err(stop) = allowed(ports.gatekeeper, epoch, &claimed.event) {
            return Delivered::Stopped(stop);
        }
        let called = ports.caller.call(&request(endpoint, claimed, now)).await;
        let (tries, revision) = (claimed.tries, endpoint.revision());
        let (delivery, state) = judge(tries, &claimed.state, revision, called, now, random);
        (Delivered::Tried(called, delivery, state), delivery, state)
    } else {
        (Delivered::NotWanted, DeliveryChange::GivenUp, EndpointChange::Unchanged)
    };
    match ports.note(epoch, claimed, delivery, state).await {
        Ok(()) => delivered,
        Err(stop) => Delivered::Stopped(stop),
    }
}

impl<G: Gatekeeper, O: Outbox, C, E> DeliverPorts<'_, G, O, C, E> {
    async fn note(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        delivery: DeliveryChange,
        endpoint: EndpointChange,
    ) -> Result<(), Stop> {
        // Only this is a write: a receiver that answers slowly keeps no lease.
        let _writing = self.gatekeeper.writing();
        allowed(self.gatekeeper, epoch, &claimed.event)?;
        Ok(self.outbox.tried(epoch, claimed, delivery, &endpoint).await?)
    }
}

/// The callback, signed as of now: a receiver refuses old signatures, so that each try has a new one over the same body.
fn request(endpoint: &Endpoint, claimed: &ClaimedDelivery, now: Time) -> WebhookRequest {
    let (id, body) = (claimed.event.draft.id.to_string(), event_json(&claimed.event));
    let seconds = now.as_ms() / 1_000;
    let signature = sign(endpoint.secrets(), &id, seconds, &body);
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signature),
    ];
    WebhookRequest { url: endpoint.url().to_owned(), headers, body }
}
