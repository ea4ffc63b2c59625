//! What telling needs of the world. Shells and simulators implement it.
//!
//! Whoever holds a row holds a lease on it; when the lease ends, another worker may claim the row. That two workers
//! tell the same event is allowed; that a worker of an old epoch gets or changes a row is not
//! (`pay-outbox-not-replayed-by-old-epoch`).

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use payments::{Epoch, Event, EventId, Time};

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

    /// Notes that nothing remains to be done about an event: its row is claimed no more.
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
    /// revision. `endpoints` are those that are configured, each with its revision; callbacks to others wait.
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

/// What is known of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointState {
    /// Since when every try has failed; nothing when the last one succeeded, or there was none.
    pub failing_since: Option<Time>,
    /// Why no callback is sent to it, when, and at which revision of its configuration. A later revision is tried
    /// again.
    pub disabled: Option<(DisabledBecause, Time, u64)>,
    /// How many callbacks wait for it.
    pub waiting: u64,
    /// How many were given up.
    pub given_up: u64,
}

impl EndpointState {
    /// Whether no callback is sent to it as long as its configuration has this revision.
    #[must_use]
    pub fn is_disabled_at(&self, revision: u64) -> bool {
        self.disabled.is_some_and(|(_, _, disabled_at)| disabled_at >= revision)
    }

    /// What is known of it after this; the numbers of callbacks stay as they are.
    ///
    /// What comes of a try at a later revision than the one it was disabled at begins it anew. A try may end after
    /// others that began later: one that failed cannot disable an endpoint that has worked since.
    #[must_use]
    pub fn after(&self, change: EndpointChange) -> Self {
        let revision = match change {
            EndpointChange::Unchanged => return self.clone(),
            EndpointChange::Works(revision)
            | EndpointChange::Fails(_, revision)
            | EndpointChange::Disabled(_, _, revision) => revision,
        };
        let mut next = self.clone();
        if !self.is_disabled_at(revision) {
            next.failing_since = self.failing_since.filter(|_| self.disabled.is_none());
            next.disabled = None;
        }
        match change {
            EndpointChange::Unchanged => {}
            EndpointChange::Works(revision) => next.works(revision),
            EndpointChange::Fails(at, _) => next.fails(at),
            EndpointChange::Disabled(because, at, revision) => {
                next.fails(at);
                let is_true = because == DisabledBecause::Gone || next.is_dead(at);
                next.disabled = next.disabled.or(is_true.then_some((because, at, revision)));
            }
        }
        next
    }

    /// Nothing but failing makes it dead.
    fn works(&mut self, revision: u64) {
        self.failing_since = None;
        let stays = |(because, _, disabled_at): &(DisabledBecause, Time, u64)| {
            *because != DisabledBecause::Dead || *disabled_at > revision
        };
        self.disabled = self.disabled.filter(stays);
    }

    fn fails(&mut self, at: Time) {
        self.failing_since = Some(self.failing_since.map_or(at, |since| since.min(at)));
    }

    /// Whether every try has failed for so long that it is given up.
    pub(crate) fn is_dead(&self, now: Time) -> bool {
        let failing_ms =
            self.failing_since.map_or(0, |since| now.as_ms().saturating_sub(since.as_ms()));
        failing_ms >= DEAD_AFTER_MS
    }
}

/// For how long every try fails until an endpoint is disabled: five days, as with Svix, and longer than one callback
/// is tried.
const DEAD_AFTER_MS: u64 = 5 * 24 * 60 * 60 * 1_000;

/// Why an endpoint is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DisabledBecause {
    /// It answered 410: it is not there any more, and wants no more.
    Gone,
    /// Every try of some days failed.
    Dead,
}

impl DisabledBecause {
    /// Every reason.
    pub const ALL: [Self; 2] = [Self::Gone, Self::Dead];

    /// The stable name that programs compare.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Dead => "dead",
        }
    }

    /// The reason of this name, as a store gave it back.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
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

/// What a try says of the endpoint, at which revision of its configuration. A store applies it by
/// [`EndpointState::after`] to the state that the transaction finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointChange {
    /// Nothing: it was not called.
    Unchanged,
    /// It works.
    Works(u64),
    /// It failed at this time.
    Fails(Time, u64),
    /// No callback is sent to it from this time on, until its configuration has a revision above this one.
    Disabled(DisabledBecause, Time, u64),
}

/// Whoever tells everybody that is interested, such as a topic of SNS.
pub trait Topic {
    /// Publishes an event: its JSON, and its attributes for filters.
    fn publish(&self, event: &Event, json: &str) -> impl Future<Output = Handed> + Send;
}

/// The bucket of receipts.
pub trait Receipts {
    /// Puts a receipt there. Putting the same bytes under the same name again is a success.
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
