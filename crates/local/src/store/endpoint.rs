//! An endpoint: carries out what clients ask, with its own voter in the same process and the others
//! over connections.

mod list;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ask::{StoreAsk, StoreReply};
use super::log::LoggedVoter;
use super::proposer::{Ballots, Next, OWN, Operation, Prepared, Wanted};
use super::voter::{VoteAnswer, VoteAsk};
use crate::wire::{Caller, NotAnswered};

/// For how long answers of the other voters are waited for.
pub(super) const ROUND: Duration = Duration::from_millis(45);

/// For how long an operation goes on, in all its rounds: less than a client waits, so that it hears
/// what is certain.
pub(super) const OPERATION: Duration = Duration::from_millis(55);

/// The longest pause before an operation begins again.
const PAUSE: Duration = Duration::from_millis(4);

/// How many keys are remembered as prepared: those that are at work, and some more.
const PREPARED_MAX: usize = 4096;

/// What is said where too few voters answer.
const NO_MAJORITY: &str = "no majority of voters answers";

/// The endpoint.
pub(super) struct Endpoint {
    own: Arc<Mutex<LoggedVoter>>,
    others: Vec<Caller<VoteAsk, VoteAnswer>>,
    ballots: Mutex<Ballots>,
    prepared: Mutex<BTreeMap<String, Prepared>>,
}

impl Endpoint {
    pub(super) fn new(number: u8, own: Arc<Mutex<LoggedVoter>>, others: &[SocketAddr]) -> Self {
        let ballots = Ballots::after(number, locked(&own).counter_max());
        Self {
            own,
            others: others.iter().map(|address| Caller::tcp(*address)).collect(),
            ballots: Mutex::new(ballots),
            prepared: Mutex::new(BTreeMap::new()),
        }
    }

    /// Carries out what a client asks.
    pub(super) async fn answer(self: &Arc<Self>, ask: StoreAsk) -> StoreReply {
        match ask {
            StoreAsk::Read { key } => self.operate(key, Wanted::Read).await,
            StoreAsk::Put { key, condition, text } => {
                self.operate(key, Wanted::Put { condition, text }).await
            }
            StoreAsk::List { prefix, after } => self.list(prefix, after).await,
        }
    }

    async fn operate(&self, key: String, wanted: Wanted) -> StoreReply {
        let until = Instant::now() + OPERATION;
        // Taken out, so that no other write uses it too. A read needs none.
        let prepared = (wanted != Wanted::Read).then(|| locked(&self.prepared).remove(&key));
        let mut operation = Operation::new(key, wanted);
        let mut ask = self.first(&mut operation, prepared.flatten());
        loop {
            match self.round(&mut operation, ask, until).await {
                Next::Ask(next) => ask = next,
                Next::Again if Instant::now() < until => {
                    sleep(random_part(PAUSE)).await;
                    ask = operation.begin(&mut locked(&self.ballots));
                }
                Next::Again => return operation.given_up("others write the same".to_owned()),
                Next::Wait => return operation.given_up(NO_MAJORITY.to_owned()),
                Next::Ended(reply) => {
                    self.remember(operation);
                    return reply;
                }
            }
        }
    }

    fn first(&self, operation: &mut Operation, prepared: Option<Prepared>) -> VoteAsk {
        let mut ballots = locked(&self.ballots);
        prepared
            .and_then(|prepared| operation.begin_prepared(prepared, &mut ballots))
            .unwrap_or_else(|| operation.begin(&mut ballots))
    }

    /// Asks every voter this, its own first, until something follows from the answers; nothing does
    /// when there are too few.
    async fn round(&self, operation: &mut Operation, ask: VoteAsk, until: Instant) -> Next {
        let own = locked(&self.own).answer(&ask);
        if own == VoteAnswer::Failed {
            return Next::Wait;
        }
        let mut next = operation.heard(OWN, own, &mut locked(&self.ballots));
        let limit = ROUND.min(until.saturating_duration_since(Instant::now()));
        let mut votes = Votes::ask(&self.others, &ask, limit);
        while next == Next::Wait {
            match votes.next().await {
                Some((voter, Ok(answer))) => {
                    next = operation.heard(voter, answer, &mut locked(&self.ballots));
                }
                Some((_, Err(_))) => {}
                None => break,
            }
        }
        next
    }

    fn remember(&self, operation: Operation) {
        if let Some((key, prepared)) = operation.prepared() {
            let mut remembered = locked(&self.prepared);
            remembered.insert(key, prepared);
            if remembered.len() > PREPARED_MAX {
                remembered.pop_first();
            }
        }
    }
}

type Vote<'a> = Pin<Box<dyn Future<Output = Result<VoteAnswer, NotAnswered>> + Send + 'a>>;

/// The answers of the other voters to one question, as they come.
struct Votes<'a>(Vec<(u8, Vote<'a>)>);

impl<'a> Votes<'a> {
    fn ask(others: &'a [Caller<VoteAsk, VoteAnswer>], ask: &'a VoteAsk, limit: Duration) -> Self {
        let vote = |other: &'a Caller<_, _>| -> Vote<'a> { Box::pin(other.ask(ask, limit)) };
        Self((OWN + 1..).zip(others.iter().map(vote)).collect())
    }

    /// The next answer; nothing when all have answered, or had the time to.
    async fn next(&mut self) -> Option<(u8, Result<VoteAnswer, NotAnswered>)> {
        if self.0.is_empty() {
            return None;
        }
        // Until one is ready all are polled, which is what sends the question.
        let (index, answered) = poll_fn(|context| {
            let mut votes = self.0.iter_mut().enumerate();
            let ready = votes.find_map(|(index, (name, vote))| match vote.as_mut().poll(context) {
                Poll::Ready(answer) => Some((index, (*name, answer))),
                Poll::Pending => None,
            });
            ready.map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        drop(self.0.swap_remove(index));
        Some(answered)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A random part of this span, so that those who disturbed each other do not meet again.
pub(super) fn random_part(span: Duration) -> Duration {
    let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
    // Every one has its own keys: the only source of chance that the standard library has.
    let random = RandomState::new().hash_one(());
    Duration::from_micros(random % micros.saturating_add(1))
}
