//! How endpoints are, for metrics and for people who ask.

use std::collections::BTreeMap;

use payments::Time;

use crate::endpoint::Endpoints;
use crate::ports::EndpointId;
use crate::state::{DisabledBecause, EndpointState};

/// How one endpoint is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointReport {
    /// Which one.
    pub id: EndpointId,
    /// How it is.
    pub condition: Condition,
    /// How many callbacks wait for it.
    pub waiting: u64,
    /// How many were given up.
    pub given_up: u64,
}

/// How an endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The last try succeeded, or there was none at its present revision.
    Works,
    /// Every try has failed since this time.
    FailingSince(Time),
    /// No callback is sent to it since this time.
    Disabled(DisabledBecause, Time),
    /// It is not in the configuration; what was planned for it waits.
    NotConfigured,
}

impl Condition {
    /// The stable name that programs compare.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::FailingSince(_) => "failing",
            Self::Disabled(because, _) => because.name(),
            Self::NotConfigured => "not_configured",
        }
    }
}

/// Every endpoint that is configured, or that something was ever planned for, in the order of their names.
#[must_use]
pub fn visible(
    endpoints: &Endpoints,
    states: &BTreeMap<EndpointId, EndpointState>,
) -> Vec<EndpointReport> {
    let revisions = endpoints.revisions();
    let untried = EndpointState::default();
    let mut reports: BTreeMap<&EndpointId, EndpointReport> =
        revisions.keys().map(|id| (id, report(id, &untried, revisions.get(id)))).collect();
    reports.extend(states.iter().map(|(id, state)| (id, report(id, state, revisions.get(id)))));
    reports.into_values().collect()
}

fn report(id: &EndpointId, state: &EndpointState, revision: Option<&u64>) -> EndpointReport {
    let condition =
        revision.map_or(Condition::NotConfigured, |revision| condition(state, *revision));
    EndpointReport { id: id.clone(), condition, waiting: state.waiting, given_up: state.given_up }
}

fn condition(state: &EndpointState, revision: u64) -> Condition {
    match (state.disabled, state.failing_since) {
        (Some((because, since, _)), _) if state.is_disabled_at(revision) => {
            Condition::Disabled(because, since)
        }
        (None, Some(since)) => Condition::FailingSince(since),
        // It was disabled at an earlier revision: it begins anew.
        (Some(_), _) | (None, None) => Condition::Works,
    }
}
