//! One run: the port of the world and the port of the journal, as `runbook` drives them.

use std::sync::{Mutex, PoisonError};

use aws::RunJournal;
use fence::{ControlStore, DurationMs, Millis, NoAnswer, RunId};
use runbook::{
    Action, ActionName, Appended, Entry, Event, Failure, Journal, Observed, Plan, Refused, World,
};

use crate::account::NoAccount;
use crate::act::Act;
use crate::brake::Brake;
use crate::reach::{Reach, now};

/// One run, as whoever drives it reaches it.
pub struct OneRun {
    reach: Reach,
    run: RunId,
    journal: RunJournal,
    /// The attempt in hand, whose calls are being noted, with the position of the entry with which it began.
    in_hand: Mutex<Option<(ActionName, u32, u64)>>,
    brake: Brake,
}

impl OneRun {
    pub(crate) fn new(reach: Reach, run: RunId) -> Self {
        let journal = reach.table.journal(&run);
        Self { reach, run, journal, in_hand: Mutex::new(None), brake: Brake::default() }
    }

    /// The entries that were read or written so far, without asking anybody.
    #[must_use]
    pub fn known(&self) -> Vec<Entry> {
        self.journal.known_entries()
    }

    /// Has whoever drives this run come to a standstill where no effect is on its way, for good: see
    /// [`stopped`](Self::stopped).
    pub fn stop(&self) {
        self.brake.pull();
    }

    /// The same, before this action begins.
    pub fn stop_before(&self, action: ActionName) {
        self.brake.pull_before(action);
    }

    /// Until the run has come to a standstill; its driver may be dropped then, and whoever comes next goes on.
    pub async fn stopped(&self) {
        self.brake.held().await;
    }

    /// The calls that belong to no attempt any more, or to none yet, are forgotten.
    fn begin_attempt(&self, action: ActionName, attempt: u32, began: u64) {
        drop(self.reach.calls.take());
        let mut in_hand = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        *in_hand = Some((action, attempt, began));
    }

    /// Keeps what the attempt in hand has called, for reports: as well as it can.
    async fn keep_calls(&self, action: ActionName, attempt: u32) {
        let in_hand = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((_, _, began)) =
            in_hand.filter(|(of, number, _)| (*of, *number) == (action, attempt))
        else {
            return;
        };
        let calls = self.reach.calls.take();
        let _lost = self.reach.table.keep_calls(&self.run, began, &calls).await;
    }
}

impl Journal for OneRun {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        self.journal.read().await
    }

    async fn append(&self, entry: &Entry) -> Appended {
        if let Event::Ended { action, attempt, .. } = &entry.event {
            self.keep_calls(*action, *attempt).await;
        }
        if let Event::Began { action, .. } = &entry.event {
            self.brake.pass(*action).await;
        }
        let appended = self.journal.append(entry).await;
        if let Event::Began { action, attempt, .. } = &entry.event {
            self.begin_attempt(*action, *attempt, entry.position);
        }
        appended
    }
}

impl World for OneRun {
    fn now(&self) -> Millis {
        now()
    }

    fn clock_ahead_ms(&self) -> i64 {
        self.reach.table.clock_ahead_ms()
    }

    async fn wait(&self, span: DurationMs) {
        self.brake.wait(span.into()).await;
    }

    fn control(&self) -> &impl ControlStore {
        &self.reach.table
    }

    async fn perform(&self, plan: &Plan, action: &Action) -> Result<Observed, Failure> {
        // Asked once; nothing is changed in an account that is not the system's.
        let account = match self.reach.account().await {
            Ok(account) => account,
            Err(silent @ NoAccount::Silent(_)) => {
                return Err(Failure::TryAgain(silent.to_string()));
            }
            Err(other @ NoAccount::Other { .. }) => {
                return Err(Failure::Refused(Refused::Other, other.to_string()));
            }
        };
        // Whoever performs an action has read the journal.
        let entries = &self.known();
        Box::pin(Act { reach: &self.reach, account, plan, action, entries }.perform()).await
    }
}
