//! A value that is read when it is needed, kept for a while, and read by one at a time.

use std::time::Duration;

use stores::Freshness;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::sorted::Said;

/// However many ask for a fresh value, it is not read more often than this.
const READS_APART: Duration = Duration::from_secs(1);

/// While an old value serves, a reading that failed is not repeated more often than this: each makes somebody wait.
const FAILURES_APART: Duration = Duration::from_secs(5);

/// A value and its age.
pub(super) struct Cached<T> {
    max_age: Duration,
    state: Mutex<State<T>>,
}

struct State<T> {
    value: Option<(T, Instant)>,
    last: Option<Reading>,
}

/// The last time that the value was read, or was to be.
struct Reading {
    began: Instant,
    ended: Instant,
    failed: Option<Said>,
}

impl<T: Clone> Cached<T> {
    /// Nothing yet. A value older than `max_age` is read again before it is given.
    pub(super) fn new(max_age: Duration) -> Self {
        Self { max_age, state: Mutex::new(State { value: None, last: None }) }
    }

    /// The value, read by `read` when it is time. Whoever asks meanwhile waits for the same reading.
    ///
    /// When the reading fails, the last good value serves, but not whoever needs a fresh one.
    pub(super) async fn get<F>(
        &self,
        freshness: Freshness,
        read: impl FnOnce() -> F,
    ) -> Result<T, Said>
    where
        F: Future<Output = Result<T, Said>>,
    {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        if state.is_due(freshness, asked, self.max_age) {
            let began = Instant::now();
            let read = read().await;
            state.note(began, read);
        }
        state.answer(freshness)
    }
}

impl<T: Clone> State<T> {
    fn is_due(&self, freshness: Freshness, asked: Instant, max_age: Duration) -> bool {
        let Some(last) = &self.last else { return true };
        let is_old = |span| self.value.as_ref().is_none_or(|(_, read)| read.elapsed() >= span);
        match (freshness, &last.failed) {
            (Freshness::Fresh, _) => last.began.elapsed() >= READS_APART,
            (Freshness::Cached, None) => is_old(max_age),
            // Whoever waited for this reading has its answer.
            (Freshness::Cached, Some(_)) if last.ended >= asked => false,
            (Freshness::Cached, Some(_)) => {
                let apart = if self.value.is_some() { FAILURES_APART } else { READS_APART };
                is_old(max_age) && last.ended.elapsed() >= apart
            }
        }
    }

    fn note(&mut self, began: Instant, read: Result<T, Said>) {
        let ended = Instant::now();
        let failed = match read {
            Ok(value) => {
                self.value = Some((value, began));
                None
            }
            Err(said) => Some(said),
        };
        self.last = Some(Reading { began, ended, failed });
    }

    fn answer(&self, freshness: Freshness) -> Result<T, Said> {
        let failed = self.last.as_ref().and_then(|last| last.failed.clone());
        match (freshness, &self.value, failed) {
            (Freshness::Cached, Some((value, _)), _) => Ok(value.clone()),
            (_, _, Some(said)) => Err(said),
            (Freshness::Fresh, Some((value, _)), None) => Ok(value.clone()),
            (_, None, None) => unreachable!("a reading has ended with a value or without"),
        }
    }
}

#[cfg(test)]
mod tests;
