//! Health checks: what an answer says to one checker, and what all of them together make of a check.
//!
//! Each checker counts on its own. A check of an endpoint is healthy while more than 18 % of its
//! checkers say so; only then is it inverted.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Where the text must be that a check looks for: within so many bytes of an answer's body.
pub(crate) const SEARCHED_BYTES: usize = 5_120;

/// More than so many in a hundred checkers must say healthy.
const HEALTHY_PERCENT: usize = 18;

/// The longest that any checker waits for an answer.
const PATIENCE_MAX: Duration = Duration::from_millis(200);

/// The name of a health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CheckId(pub(crate) &'static str);

/// A health check.
#[derive(Debug, Clone)]
pub(crate) struct HealthCheck {
    pub(crate) watched: Watched,
    /// Healthy means unhealthy, and the other way round.
    pub(crate) is_inverted: bool,
    /// Nobody asks, and it counts as healthy before it is inverted.
    pub(crate) is_disabled: bool,
}

/// What a health check looks at.
#[derive(Debug, Clone)]
pub(crate) enum Watched {
    Endpoint(Endpoint),
    /// Healthy while at least this many children are; these watch endpoints.
    Calculated {
        children: Vec<CheckId>,
        threshold: usize,
    },
}

/// An endpoint that is asked over HTTP.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddrV4,
    pub(crate) path: &'static str,
    /// What the body must hold; without it the status is enough.
    pub(crate) search: Option<String>,
    /// From an answer to the next request of the same checker.
    pub(crate) interval: Duration,
    /// How many answers in a row turn a checker, either way.
    pub(crate) threshold: u8,
}

/// What a checker got.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer<'a> {
    Reply { status: u16, body: &'a [u8] },
    Nothing,
}

impl Endpoint {
    /// How long a checker waits for an answer.
    pub(crate) fn patience(&self) -> Duration {
        (self.interval * 4).min(PATIENCE_MAX)
    }

    fn is_passed_by(&self, answer: Answer<'_>) -> bool {
        match answer {
            Answer::Reply { status, body } => {
                (200..400).contains(&status) && self.search.as_ref().is_none_or(|s| holds(body, s))
            }
            Answer::Nothing => false,
        }
    }
}

fn holds(body: &[u8], search: &str) -> bool {
    let searched = &body[..body.len().min(SEARCHED_BYTES)];
    search.is_empty() || searched.windows(search.len()).any(|window| window == search.as_bytes())
}

/// What one checker thinks of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// What it says.
    pub is_healthy: bool,
    /// How many answers in a row said otherwise.
    pub streak: u8,
}

impl View {
    /// Healthy, until there is reason to think otherwise.
    const NEW: Self = Self { is_healthy: true, streak: 0 };

    fn saw(&mut self, is_passed: bool, threshold: u8) {
        self.streak = if is_passed == self.is_healthy { 0 } else { self.streak.saturating_add(1) };
        if self.streak >= threshold {
            *self = Self { is_healthy: is_passed, streak: 0 };
        }
    }
}

struct Watch {
    check: HealthCheck,
    /// By checker; none for a calculated check.
    views: Vec<View>,
}

/// All health checks, and how they stand.
pub(crate) struct Checks(BTreeMap<CheckId, Watch>);

impl Checks {
    /// Checks that have not seen anything yet: healthy, or unhealthy when they are inverted.
    pub(crate) fn new(
        checks: impl IntoIterator<Item = (CheckId, HealthCheck)>,
        checkers: usize,
    ) -> Self {
        let watch = |(id, check): (CheckId, HealthCheck)| {
            let count = if matches!(check.watched, Watched::Endpoint(_)) { checkers } else { 0 };
            (id, Watch { check, views: vec![View::NEW; count] })
        };
        Self(checks.into_iter().map(watch).collect())
    }

    /// A checker, by number, was answered.
    pub(crate) fn saw(&mut self, id: CheckId, checker: usize, answer: Answer<'_>) {
        if let Some(Watch { check, views }) = self.0.get_mut(&id)
            && let Watched::Endpoint(endpoint) = &check.watched
            && let Some(view) = views.get_mut(checker)
        {
            view.saw(endpoint.is_passed_by(answer), endpoint.threshold);
        }
    }

    /// Whether a check is healthy. One that is not there is: nothing speaks against it.
    pub(crate) fn is_healthy(&self, id: CheckId) -> bool {
        let Some(Watch { check, views }) = self.0.get(&id) else { return true };
        let is_healthy = check.is_disabled
            || match &check.watched {
                Watched::Endpoint(_) => enough(views),
                Watched::Calculated { children, threshold } => {
                    let healthy = children.iter().filter(|child| self.is_child_healthy(**child));
                    healthy.count() >= *threshold
                }
            };
        is_healthy != check.is_inverted
    }

    /// A calculated check cannot watch another; one that is named as a child is as if it were not
    /// there.
    fn is_child_healthy(&self, id: CheckId) -> bool {
        let watched = self.0.get(&id).map(|watch| &watch.check.watched);
        !matches!(watched, Some(Watched::Endpoint(_))) || self.is_healthy(id)
    }

    /// What is asked, by name.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = (CheckId, &Endpoint)> {
        self.0.iter().filter_map(|(id, watch)| match &watch.check.watched {
            Watched::Endpoint(endpoint) if !watch.check.is_disabled => Some((*id, endpoint)),
            _ => None,
        })
    }

    /// What the checkers think, by check.
    pub(crate) fn views(&self) -> impl Iterator<Item = (CheckId, &[View])> {
        self.0.iter().map(|(id, watch)| (*id, watch.views.as_slice()))
    }
}

fn enough(views: &[View]) -> bool {
    let healthy = views.iter().filter(|view| view.is_healthy).count();
    healthy * 100 > HEALTHY_PERCENT * views.len()
}

#[cfg(test)]
mod tests;
