//! What is asked of ledgers: where they end, that their epoch be raised, and that what they lack be held and settled.

use std::sync::atomic::{AtomicU64, Ordering};

use recovery::{Answer, Ask};
use runbook::{Failure, Observed, Tail};

use super::{Act, Attempt, again};
use crate::site::Site;
use crate::until::until;

impl Act<'_> {
    /// Waits until nothing waits in the source's outbox, for as long as it gets shorter: what was begun there may still end,
    /// and nothing begins any more. What is left goes with the ledger.
    pub(super) async fn drain_outbox(&self) -> Attempt {
        let before = AtomicU64::new(u64::MAX);
        let look = || async {
            let count = match self.ledger(self.source(), Ask::Outbox).await? {
                Answer::Count { count: 0, .. } => return Ok(Ok(Observed::Done)),
                Answer::Count { count, .. } => count,
                other => return other.observed().map(Ok),
            };
            let waits = again(format!("{count} events wait in the outbox"));
            if count < before.swap(count, Ordering::Relaxed) { Err(waits) } else { Ok(Err(waits)) }
        };
        until(self.action.time_limit, self.pause(), look).await?
    }

    pub(super) async fn record_tail(&self) -> Attempt {
        self.tail(self.source()).await.map(Observed::Tail)
    }

    /// The target's end, which may still be on its way to take writes.
    pub(super) async fn verify_database(&self) -> Attempt {
        let look = || async { self.tail(self.target()).await.map(Observed::Database) };
        until(self.action.time_limit, self.pause(), look).await
    }

    async fn tail(&self, site: &Site) -> Result<Tail, Failure> {
        match self.ledger_work(site, Ask::Tail).await? {
            Observed::Tail(tail) => Ok(tail),
            other => Err(again(format!("the ledger told no end, but {other:?}"))),
        }
    }

    /// Writes the run's epoch into the ledger that is to be opened.
    pub(super) async fn raise_epoch(&self) -> Attempt {
        let region = self.action.region.as_str().to_owned();
        let ask = Ask::RaiseEpoch { epoch: self.plan.epoch.number(), region };
        self.ledger_work(self.reach.site(&self.action.region), ask).await
    }

    pub(super) async fn hold_missing(&self) -> Attempt {
        let ask = Ask::Hold { epoch: self.plan.epoch.number() };
        self.ledger_work(self.target(), ask).await
    }

    pub(super) async fn settle(&self) -> Attempt {
        let ask = Ask::Settle { epoch: self.plan.epoch.number() };
        self.ledger_work(self.target(), ask).await
    }
}
