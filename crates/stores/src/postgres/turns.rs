//! Turns to write: who comes when as many transactions are being written as may be, or one of the same account is,
//! waits, and all that wait go together when it is done.
//!
//! A write of an account locks its row: without turns, those of one account would wait for each other's commits one by
//! one, each with a connection in its hands. Nobody waits for company: while there is a connection to be had, who comes
//! first goes at once. Whoever gives up before its turn is left out; once its turn has come, it is written, whether
//! anybody waits for the answer or not.

use std::collections::{BTreeSet, VecDeque};
use std::num::NonZero;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use payments::{AccountId, Committed};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::PgLedger;
use super::ledger::Prepared;

/// The turns of one ledger.
#[derive(Clone)]
pub(super) struct Turns {
    batch_max: NonZero<usize>,
    turns_max: usize,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// How many turns are being written.
    turns: usize,
    /// The accounts that they write.
    accounts: BTreeSet<AccountId>,
    waiting: VecDeque<Waiting>,
    /// How many have waited so far: names each.
    waited: u64,
}

/// A transaction that waits.
struct Waiting {
    number: u64,
    prepared: Prepared,
    answer: oneshot::Sender<Committed>,
}

/// Where its answer comes.
struct Place {
    number: u64,
    answer: oneshot::Receiver<Committed>,
}

impl Turns {
    /// At most so many turns at once, of at most so many transactions each.
    pub(super) fn new(turns_max: usize, batch_max: NonZero<usize>) -> Self {
        Self { batch_max, turns_max, state: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Whatever is done under the lock is done whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits; or, when nothing stands in the way, the transaction, whose turn it is.
    fn wait(&self, prepared: Prepared) -> Result<Place, Prepared> {
        let mut state = self.lock();
        if state.turns < self.turns_max && !state.accounts.contains(&prepared.account) {
            state.turns += 1;
            state.accounts.insert(prepared.account);
            return Err(prepared);
        }
        state.waited += 1;
        let number = state.waited;
        let (answer, answered) = oneshot::channel();
        state.waiting.push_back(Waiting { number, prepared, answer });
        Ok(Place { number, answer: answered })
    }

    /// Takes those whose turn it is: of accounts that are not being written, and each of another payment.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut state = self.lock();
        if state.turns >= self.turns_max {
            return None;
        }
        let (mut turn, mut rest, mut payments) = (Vec::new(), VecDeque::new(), BTreeSet::new());
        for one in std::mem::take(&mut state.waiting) {
            if one.answer.is_closed() {
                continue;
            }
            let has_place = turn.len() < self.batch_max.get();
            let is_free = !state.accounts.contains(&one.prepared.account);
            if has_place && is_free && payments.insert(one.prepared.payment) {
                turn.push(one);
            } else {
                rest.push_back(one);
            }
        }
        state.waiting = rest;
        // In one order by every program, so that of those who write the same payments none waits for one who waits.
        turn.sort_by_key(|one| one.prepared.payment);
        state.turns += usize::from(!turn.is_empty());
        state.accounts.extend(turn.iter().map(|one| one.prepared.account));
        Some(turn).filter(|turn| !turn.is_empty())
    }

    fn end(&self, accounts: &BTreeSet<AccountId>) {
        let mut state = self.lock();
        state.turns -= 1;
        state.accounts.retain(|account| !accounts.contains(account));
    }

    /// Whether it still waited, and does so no more.
    fn withdraw(&self, place: &Place) -> bool {
        let mut state = self.lock();
        let before = state.waiting.len();
        state.waiting.retain(|one| one.number != place.number);
        state.waiting.len() < before
    }
}

impl PgLedger {
    /// Carries a transaction out when it is its turn.
    pub(super) async fn commit_in_turn(&self, prepared: Prepared) -> Committed {
        if self.turns.batch_max == NonZero::<usize>::MIN {
            return self.commit_all(&[&prepared]).await[0];
        }
        let mut place = match self.turns.wait(prepared) {
            Ok(place) => place,
            Err(first) => {
                let _turn = Turn::of(self, [first.account]);
                return self.commit_all(&[&first]).await[0];
            }
        };
        match timeout(self.limits.transaction, &mut place.answer).await {
            Ok(answer) => answer.unwrap_or(Committed::Unknown),
            Err(_) if self.turns.withdraw(&place) => Committed::Unavailable,
            // Its turn has come, and has bounds of its own.
            Err(_) => place.answer.await.unwrap_or(Committed::Unknown),
        }
    }
}

/// A turn, which ends when this is dropped, whatever the reason; and then the next ones begin.
struct Turn {
    ledger: PgLedger,
    accounts: BTreeSet<AccountId>,
}

impl Turn {
    fn of(ledger: &PgLedger, accounts: impl IntoIterator<Item = AccountId>) -> Self {
        Self { ledger: ledger.clone(), accounts: accounts.into_iter().collect() }
    }

    async fn write(self, waiting: Vec<Waiting>) {
        let prepared: Vec<&Prepared> = waiting.iter().map(|one| &one.prepared).collect();
        let answers = self.ledger.commit_all(&prepared).await;
        for (one, answer) in waiting.into_iter().zip(answers) {
            // Whoever does not wait any more does without.
            let _ = one.answer.send(answer);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.ledger.turns.end(&self.accounts);
        while let Some(waiting) = self.ledger.turns.next() {
            let turn = Self::of(&self.ledger, waiting.iter().map(|one| one.prepared.account));
            match Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(turn.write(waiting))),
                // Nothing can be written any more, and whoever waits is told that nobody knows.
                Err(_) => drop((turn, waiting)),
            }
        }
    }
}
