//! A client of the store: asks the endpoint of its own Region first and the other's second, and
//! tells what is certain.

mod control;
mod intents;
mod journal;
mod settle;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ask::{StoreAsk, StoreReply};
use super::endpoint::random_part;
use crate::wire::{Caller, NotAnswered};

pub use journal::RunJournal;
#[cfg(test)]
pub(super) use settle::{Settled, settle};

/// For how long one answer is waited for: short enough that both endpoints are asked before the time of
/// one renewal of a lease is over. Who renews waits no longer, and would never get to the second.
const TRY: Duration = Duration::from_millis(65);

/// After this nothing is tried any more.
const TOTAL: Duration = Duration::from_millis(450);

/// How often each endpoint is asked one thing.
const TURNS: usize = 3;

/// The longest pause before an endpoint is asked again.
const PAUSE: Duration = Duration::from_millis(10);

/// For how long an endpoint that did not answer is asked after the other one.
const AVOIDANCE: Duration = Duration::from_millis(500);

/// The store, for a service, a runner or an operator: control store, intents and journals. A clone is
/// the same one.
#[derive(Clone)]
pub struct StoreClient(Arc<Vec<Endpoint>>);

struct Endpoint {
    address: SocketAddr,
    caller: Caller<StoreAsk, StoreReply>,
    avoided_until: Mutex<Option<Instant>>,
}

/// Keys with what is stored under them, and after which key there is more.
type Listed = (Vec<(String, String)>, Option<String>);

/// What came of asking.
pub(super) struct Asked {
    /// The answer, or what was said instead.
    pub(super) answer: Result<StoreReply, String>,
    /// Whether a try before the answer may have taken place, or may yet.
    pub(super) is_doubtful: bool,
}

impl StoreClient {
    /// Asks these endpoints, its own Region's first. Connects to nothing yet.
    #[must_use]
    pub fn new(endpoints: Vec<SocketAddr>) -> Self {
        let endpoint = |address| {
            let caller = Caller::tcp(address);
            Endpoint { address, caller, avoided_until: Mutex::new(None) }
        };
        Self(Arc::new(endpoints.into_iter().map(endpoint).collect()))
    }

    /// Asks one endpoint after the other until one answers. A question may so be asked more than once:
    /// every condition of a write is one that does not come to hold again once the write took place.
    async fn ask(&self, ask: &StoreAsk) -> Asked {
        let until = Instant::now() + TOTAL;
        let mut is_doubtful = false;
        let mut words = Vec::new();
        for turn in 0..TURNS {
            for endpoint in self.in_order() {
                if turn > 0 {
                    sleep(random_part(PAUSE)).await;
                }
                let limit = TRY.min(until.saturating_duration_since(Instant::now()));
                if limit.is_zero() {
                    break;
                }
                let said = match endpoint.ask(ask, limit).await {
                    Ok(StoreReply::Failed { is_doubtful: doubt, cause }) => {
                        is_doubtful |= doubt;
                        cause
                    }
                    Ok(answer) => return Asked { answer: Ok(answer), is_doubtful },
                    Err(not_answered) => {
                        is_doubtful |= not_answered == NotAnswered::Silence;
                        not_answered.to_string()
                    }
                };
                words.push(format!("{}: {said}", endpoint.address));
            }
        }
        Asked { answer: Err(words.join("; ")), is_doubtful }
    }

    fn in_order(&self) -> Vec<&Endpoint> {
        let mut endpoints: Vec<&Endpoint> = self.0.iter().collect();
        endpoints.sort_by_key(|endpoint| endpoint.is_avoided());
        endpoints
    }

    /// Everything that is stored under the keys that begin so, in the order of the keys.
    async fn list(&self, prefix: &str) -> Result<Vec<(String, String)>, String> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let (items, more_after) = self.some(prefix, after).await?;
            all.extend(items);
            after = more_after;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Some of what is stored under the keys that begin so, after this key, and after which key there is more.
    async fn some(&self, prefix: &str, after: Option<String>) -> Result<Listed, String> {
        match self.ask(&StoreAsk::List { prefix: prefix.to_owned(), after }).await.answer? {
            StoreReply::Listed { items, more_after } => Ok((items, more_after)),
            other => Err(unasked(&other)),
        }
    }

    /// What is stored under this key.
    async fn text(&self, key: String) -> Result<Option<String>, String> {
        match self.ask(&StoreAsk::Read { key }).await.answer? {
            StoreReply::Stored { text } => Ok(text),
            other => Err(unasked(&other)),
        }
    }
}

impl Endpoint {
    async fn ask(&self, ask: &StoreAsk, limit: Duration) -> Result<StoreReply, NotAnswered> {
        let answer = self.caller.ask(ask, limit).await;
        let is_silent = matches!(answer, Err(_) | Ok(StoreReply::Failed { .. }));
        let avoided_until = is_silent.then(|| Instant::now() + AVOIDANCE);
        *self.avoided_until.lock().unwrap_or_else(PoisonError::into_inner) = avoided_until;
        answer
    }

    fn is_avoided(&self) -> bool {
        let avoided_until = *self.avoided_until.lock().unwrap_or_else(PoisonError::into_inner);
        avoided_until.is_some_and(|until| Instant::now() < until)
    }
}

/// An endpoint of another version, or somebody else altogether.
fn unasked(reply: &StoreReply) -> String {
    format!("an answer to another question: {reply:?}")
}

impl std::fmt::Debug for StoreClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let addresses = self.0.iter().map(|endpoint| endpoint.address);
        f.debug_list().entries(addresses).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::endpoint::{OPERATION, ROUND};
    use super::*;
    use crate::Pace;

    #[test]
    fn both_endpoints_are_asked_within_one_renewal() {
        let renewal: Duration = Pace::default().timing.renewal_interval.into();
        assert!(TRY * 2 < renewal, "a renewal ends before the second endpoint has answered");
        assert!(OPERATION < TRY && ROUND < OPERATION, "nobody hears what is certain");
    }
}
