//! What an outbox keeps besides the events themselves: how far each has come, callbacks and endpoints.

use notify::{DisabledBecause, EndpointState};
use payments::Time;
use serde::{Deserialize, Serialize};

use super::{Malformed, found};

/// How far an event has come.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredRow {
    pub(crate) account: String,
    pub(crate) account_sequence: u64,
    pub(crate) position: u64,
    pub(crate) due_ms: u64,
    pub(crate) claims: u64,
    pub(crate) is_told: bool,
    pub(crate) is_done: bool,
}

/// How far a callback has come. It is kept when it has ended, so that it is not planned again.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredDelivery {
    pub(crate) account: String,
    pub(crate) account_sequence: u64,
    pub(crate) position: u64,
    pub(crate) due_ms: u64,
    pub(crate) claims: u64,
    pub(crate) tries: u32,
    pub(crate) has_ended: bool,
}

/// An [`EndpointState`].
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredEndpoint {
    failing_since_ms: Option<u64>,
    disabled: Option<StoredDisabled>,
    waiting: u64,
    given_up: u64,
}

/// Why and since when an endpoint is disabled, and at which revision.
#[derive(Debug, Deserialize, Serialize)]
struct StoredDisabled {
    because: String,
    at_ms: u64,
    revision: u64,
}

impl From<&EndpointState> for StoredEndpoint {
    fn from(state: &EndpointState) -> Self {
        let disabled = state.disabled.map(|(because, at, revision)| StoredDisabled {
            because: because.name().to_owned(),
            at_ms: at.as_ms(),
            revision,
        });
        Self {
            failing_since_ms: state.failing_since.map(Time::as_ms),
            disabled,
            waiting: state.waiting,
            given_up: state.given_up,
        }
    }
}

impl TryFrom<StoredEndpoint> for EndpointState {
    type Error = Malformed;

    fn try_from(stored: StoredEndpoint) -> Result<Self, Malformed> {
        Ok(Self {
            failing_since: stored.failing_since_ms.map(Time::from_ms),
            disabled: stored.disabled.map(StoredDisabled::read).transpose()?,
            waiting: stored.waiting,
            given_up: stored.given_up,
        })
    }
}

impl StoredDisabled {
    fn read(self) -> Result<(DisabledBecause, Time, u64), Malformed> {
        let because = found(DisabledBecause::find(&self.because), "because")?;
        Ok((because, Time::from_ms(self.at_ms), self.revision))
    }
}
