//! Asking one endpoint, or two in turn, until one answers: each for a short time, all within a bound
//! (`pay-control-store-two-endpoints`).
//!
//! What an answer means is not known here; what an error means is known in `sorted`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use crate::sorted::{Failure, Fate, Said, Sorted};

/// How often each endpoint is asked one thing.
const TURNS_MAX: u32 = 4;

/// How long to wait for answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one answer of the endpoint in this Region. Longer than a connection may take to be made, so that one that is
    /// not made is certain.
    pub local: Duration,
    /// For one answer of the endpoint in the other Region.
    pub other: Duration,
    /// For everything together. Shorter than a request, and than the interval at which a lease is renewed.
    pub total: Duration,
    /// The longest pause before an endpoint is asked a second time; it doubles from time to time.
    pub pause: Duration,
    /// For how long an endpoint in this Region that did not answer is asked after the other one.
    pub avoidance: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            local: Duration::from_millis(500),
            other: Duration::from_millis(700),
            total: Duration::from_millis(1_500),
            pause: Duration::from_millis(25),
            avoidance: Duration::from_secs(5),
        }
    }
}

/// Where a service is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Endpoint {
    /// In this Region.
    Local,
    /// In the other Region.
    Other,
}

/// What came of asking.
pub(crate) struct Asked<T> {
    /// The answer, or what was said instead.
    pub(crate) answer: Result<T, Said>,
    /// What is certain of the tries before the answer.
    pub(crate) before: Fate,
}

/// How to ask one service, and what was learnt of it.
pub(crate) struct Asking {
    endpoints: &'static [Endpoint],
    patience: Patience,
    /// Until when the endpoint in this Region is asked second.
    avoided_until: Mutex<Option<Instant>>,
}

/// Whose turn it is.
struct Turn {
    endpoint: Endpoint,
    number: u32,
}

impl Asking {
    /// Asks in this Region only.
    pub(crate) fn here(patience: Patience) -> Self {
        Self::at(&[Endpoint::Local], patience)
    }

    /// Asks in this Region, and when it does not answer in the other.
    pub(crate) fn here_and_there(patience: Patience) -> Self {
        Self::at(&[Endpoint::Local, Endpoint::Other], patience)
    }

    fn at(endpoints: &'static [Endpoint], patience: Patience) -> Self {
        Self { endpoints, patience, avoided_until: Mutex::new(None) }
    }

    /// Tries until there is an answer, until nothing more can be hoped for, or until the time is over.
    pub(crate) async fn ask<T, F>(
        &self,
        random: &(dyn Fn() -> u64 + Send + Sync),
        try_at: impl FnMut(Endpoint) -> F,
    ) -> Asked<T>
    where
        F: Future<Output = Result<T, Sorted>>,
    {
        self.ask_of(&self.order(), random, try_at).await
    }

    /// The same, of these endpoints in this order.
    pub(crate) async fn ask_of<T, F>(
        &self,
        endpoints: &[Endpoint],
        random: &(dyn Fn() -> u64 + Send + Sync),
        mut try_at: impl FnMut(Endpoint) -> F,
    ) -> Asked<T>
    where
        F: Future<Output = Result<T, Sorted>>,
    {
        let deadline = Instant::now() + self.patience.total;
        let first = endpoints.iter().map(|endpoint| Turn { endpoint: *endpoint, number: 0 });
        let mut turns = first.collect::<VecDeque<_>>();
        let mut before = Fate::NotDone;
        let mut words = BTreeMap::new();
        while let Some(Turn { endpoint, number }) = turns.pop_front() {
            self.pause(number, random, deadline).await;
            if Instant::now() >= deadline {
                break;
            }
            // What the SDK does to send a request is large, and would be part of every caller's future.
            let work = Box::pin(try_at(endpoint));
            let (failure, is_worthwhile) = match self.one_try(endpoint, deadline, work).await {
                Ok(answer) => return Asked { answer: Ok(answer), before },
                Err(Sorted::Busy(failure) | Sorted::Silent(failure)) => (failure, true),
                Err(Sorted::Stop(failure)) => (failure, false),
                Err(Sorted::Compared) => (compared(), false),
            };
            before = before.max(failure.fate);
            words.insert(endpoint, failure.said);
            if is_worthwhile && number + 1 < TURNS_MAX {
                turns.push_back(Turn { endpoint, number: number + 1 });
            }
        }
        Asked { answer: Err(together(&words)), before }
    }

    async fn one_try<T>(
        &self,
        endpoint: Endpoint,
        deadline: Instant,
        work: impl Future<Output = Result<T, Sorted>>,
    ) -> Result<T, Sorted> {
        let limit = match endpoint {
            Endpoint::Local => self.patience.local,
            Endpoint::Other => self.patience.other,
        };
        let until = deadline.min(Instant::now() + limit);
        let tried = timeout_at(until, work).await.unwrap_or_else(|_| Err(Sorted::out_of_time()));
        if endpoint == Endpoint::Local {
            let is_silent = matches!(tried, Err(Sorted::Silent(_)));
            let avoided_until = is_silent.then(|| Instant::now() + self.patience.avoidance);
            *self.avoided_until.lock().unwrap_or_else(PoisonError::into_inner) = avoided_until;
        }
        tried
    }

    /// All endpoints, in the order in which they are asked.
    fn order(&self) -> Vec<Endpoint> {
        let avoided_until = *self.avoided_until.lock().unwrap_or_else(PoisonError::into_inner);
        let is_avoided = avoided_until.is_some_and(|until| Instant::now() < until);
        let mut endpoints = self.endpoints.to_vec();
        if is_avoided {
            endpoints.reverse();
        }
        endpoints
    }

    /// Waits before an endpoint is asked again: a random part of a span that doubles, so that those who were turned away
    /// together do not come back together.
    async fn pause(&self, turn: u32, random: &(dyn Fn() -> u64 + Send + Sync), deadline: Instant) {
        let Some(doublings) = turn.checked_sub(1) else { return };
        let longest = self.patience.pause * 2_u32.pow(doublings);
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        let pause = Duration::from_micros(random() % micros.saturating_add(1));
        sleep_until(deadline.min(Instant::now() + pause)).await;
    }
}

/// A condition that does not hold, where none was given.
fn compared() -> Failure {
    Failure { fate: Fate::NotDone, said: Said::new("a condition that was not given does not hold") }
}

/// The last words of each endpoint.
fn together(words: &BTreeMap<Endpoint, Said>) -> Said {
    let place = |endpoint: &Endpoint| match endpoint {
        Endpoint::Local => "in this Region",
        Endpoint::Other => "in the other Region",
    };
    let each = words.iter().map(|(endpoint, said)| format!("{}: {said}", place(endpoint)));
    let all = each.collect::<Vec<_>>().join("; ");
    Said::new(if all.is_empty() { "there was no time to ask".to_owned() } else { all })
}

#[cfg(test)]
mod tests;
