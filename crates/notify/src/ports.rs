//! What telling needs of the world. Shells and simulators implement it.
//!
//! Whoever holds a row holds a lease on it; when the lease ends, another worker may claim the row. That two workers
//! tell the same event is allowed; that a worker of an old epoch gets or changes a row is not
//! (`pay-outbox-not-replayed-by-old-epoch`).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use payments::{Epoch, Event, EventId};

use crate::endpoint::Endpoints;
use crate::state::{EndpointChange, EndpointState};

/// The outbox and the callbacks that are due, in the ledger.
pub trait Outbox {
    /// Claims up to `limit` rows that are due, oldest first, for a worker of this epoch.
    fn claim_events(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> impl Future<Output = Result<Vec<ClaimedEvent>, OutboxFault>> + Send;

    /// Notes that an event was published, together with the callbacks that are now due, one for each endpoint. What
    /// was noted before changes nothing.
    fn told(
        &self,
        epoch: Epoch,
        event: EventId,
        endpoints: &[EndpointId],
        remaining: Remaining,
    ) -> impl Future<Output = Result<(), OutboxFault>> + Send;

    /// Notes that nothing remains to be done about an event that was told: its row is claimed no more.
    fn done(
        &self,
        epoch: Epoch,
        event: EventId,
    ) -> impl Future<Output = Result<(), OutboxFault>> + Send;

    /// Gives a row back, to be claimed again after a while. Only for the claim named: a later one has its own lease.
    fn postpone(
        &self,
        epoch: Epoch,
        claimed: &ClaimedEvent,
        after: Duration,
    ) -> impl Future<Output = Result<(), OutboxFault>> + Send;

    /// Claims up to `limit` callbacks that are due, oldest first, of endpoints that are not disabled at their present
    /// revision. When several endpoints have some due, none gets more than a quarter of the claim. `endpoints` are those
    /// that are configured, each with its revision; callbacks to others wait.
    fn claim_deliveries(
        &self,
        epoch: Epoch,
        endpoints: &BTreeMap<EndpointId, u64>,
        limit: u32,
        lease: Duration,
    ) -> impl Future<Output = Result<Vec<ClaimedDelivery>, OutboxFault>> + Send;

    /// Notes what came of one try of a callback, and what it says of its endpoint, in one transaction. Only for the
    /// claim named, unless the callback was delivered.
    fn tried(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        delivery: DeliveryChange,
        endpoint: &EndpointChange,
    ) -> impl Future<Output = Result<(), OutboxFault>> + Send;

    /// What is known of every endpoint that a callback was ever due to.
    fn endpoints(
        &self,
    ) -> impl Future<Output = Result<BTreeMap<EndpointId, EndpointState>, OutboxFault>> + Send;
}

/// Why an outbox did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxFault {
    /// The ledger's epoch is this other one.
    Fenced(Epoch),
    /// It was not done, or it is not known: the lease will end, and somebody does it again.
    Unavailable,
}

/// A row of the outbox that a worker holds until its lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimedEvent {
    /// What is to be told.
    pub event: Event,
    /// How often the row was claimed, this time included: names the lease.
    pub claims: u64,
    /// Whether it was told, so that only the rest remains to be done.
    pub is_told: bool,
}

/// What remains to be done about an event when it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    /// Nothing: the row is claimed no more.
    Nothing,
    /// The processor has still to say its last word: the row stays with its lease.
    Settling,
}

/// The name of an endpoint in the configuration, such as `shop-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndpointId(String);

impl EndpointId {
    /// The longest name, in characters.
    pub const CHARACTERS_MAX: usize = 64;

    /// The endpoint of this name: 1 to 64 lower-case letters, digits and hyphens.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let fits = (1..=Self::CHARACTERS_MAX).contains(&text.len());
        (fits && text.bytes().all(is_allowed)).then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A callback that a worker holds until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// What is to be told.
    pub event: Event,
    /// To whom.
    pub endpoint: EndpointId,
    /// How often it was tried before.
    pub tries: u32,
    /// How often it was claimed, this time included: names the lease.
    pub claims: u64,
    /// What is known of the endpoint.
    pub state: EndpointState,
}

/// What becomes of a callback after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryChange {
    /// It was taken.
    Delivered,
    /// It is tried again after a while.
    Again(Duration),
    /// It was tried often enough.
    GivenUp,
}

/// Where the configuration of endpoints is kept. It may change at any time, secrets first of all.
pub trait EndpointSource {
    /// The configuration as it is now, or as it was a short while ago.
    fn endpoints(&self) -> impl Future<Output = Result<Arc<Endpoints>, NoEndpoints>> + Send;
}

/// The configuration of endpoints could not be read, or has faults: nothing is planned and nothing is sent until it
/// can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoEndpoints;

/// Whoever tells everybody that is interested, such as a topic of SNS.
pub trait Topic {
    /// Publishes an event: its JSON, and its attributes for filters.
    fn publish(&self, event: &Event, json: &str) -> impl Future<Output = Handed> + Send;
}

/// The bucket of receipts.
pub trait Receipts {
    /// Puts a receipt there, if nothing of its name is there. What is there already counts as handed over and is never
    /// written over, because each name has one content for ever; that it has other bytes is for people to be told.
    fn put(&self, name: &str, json: &str) -> impl Future<Output = Handed> + Send;
}

/// Whether something was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// It was.
    Over,
    /// It was not, or nobody knows: it is done again.
    NotKnown,
}

/// Whoever calls the endpoints of webhooks over HTTP.
pub trait Caller {
    /// Posts the request, follows no redirection, and waits for a bounded time.
    fn call(&self, request: &WebhookRequest) -> impl Future<Output = Called> + Send;
}

/// A callback, complete and signed.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRequest {
    /// Where to.
    pub url: String,
    /// Names and values of the headers, the signature among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body, which is JSON.
    pub body: String,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// The endpoint answered with this status, and perhaps when to come again.
    Answered {
        /// The status.
        status: u16,
        /// The value of `Retry-After`, when it was a number of seconds.
        retry_after: Option<Duration>,
    },
    /// It did not, in time or at all.
    NoAnswer,
    /// The address is one that must not be called, such as one of our own network.
    Forbidden,
}
