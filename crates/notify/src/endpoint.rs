//! The endpoints that callbacks are sent to, and which of them an event goes to. How a configuration is read is said
//! beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use payments::{AccountId, Event, EventKind};

use crate::configuration;
use crate::fault::EndpointFaults;
use crate::ports::EndpointId;
use crate::signature::Secret;
use crate::url::Url;

/// An endpoint of a receiver.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub(crate) id: EndpointId,
    pub(crate) account: Option<AccountId>,
    pub(crate) url: Url,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) revision: u64,
    pub(crate) events: Option<BTreeSet<EventKind>>,
}

impl Endpoint {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> &EndpointId {
        &self.id
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The secrets that are current, newest first: one, or more while they are being exchanged.
    #[must_use]
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// Which revision of its configuration this is; a higher one enables it again when it was disabled.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether this event goes to it: by account and by what happened.
    #[must_use]
    pub fn wants(&self, event: &Event) -> bool {
        self.account.is_none_or(|account| account == event.draft.account)
            && self.events.as_ref().is_none_or(|events| events.contains(&event.draft.kind))
    }
}

impl fmt::Debug for Endpoint {
    /// Name and revision only: receivers keep secrets in their addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} revision {}", self.id, self.revision)
    }
}

/// All endpoints that are configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints(BTreeMap<EndpointId, Endpoint>);

impl Endpoints {
    /// Reads a configuration:
    ///
    /// ```json
    /// {"endpoints": [{
    ///   "id": "shop-1",
    ///   "url": "https://shop.example/webhooks",
    ///   "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ///   "account": "acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD",
    ///   "events": ["payment.succeeded", "payment.declined"],
    ///   "revision": 1
    /// }]}
    /// ```
    ///
    /// Without `account` it gets the events of all accounts, without `events` all kinds; `revision` is 1 when it is
    /// missing. There are one to three secrets, newest first; each message is signed with all of them.
    ///
    /// # Errors
    ///
    /// Every fault in it; no fault repeats a secret or an address.
    pub fn parse(json: &str) -> Result<Self, EndpointFaults> {
        let endpoints = configuration::read(json)?;
        Ok(Self(endpoints.into_iter().map(|endpoint| (endpoint.id.clone(), endpoint)).collect()))
    }

    /// The endpoint of this name.
    #[must_use]
    pub fn get(&self, id: &EndpointId) -> Option<&Endpoint> {
        self.0.get(id)
    }

    /// The endpoints that an event goes to, in the order of their names.
    #[must_use]
    pub fn of(&self, event: &Event) -> Vec<EndpointId> {
        self.0.values().filter(|endpoint| endpoint.wants(event)).map(|one| one.id.clone()).collect()
    }

    /// Each endpoint's revision, as [`crate::Outbox::claim_deliveries`] needs them.
    #[must_use]
    pub fn revisions(&self) -> BTreeMap<EndpointId, u64> {
        self.0.iter().map(|(id, endpoint)| (id.clone(), endpoint.revision)).collect()
    }
}
