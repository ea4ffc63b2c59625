//! One Region in memory, whose effects go wrong as a test says; its ports are in `effects`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use fence::NotReady;
use payments::{
    Intent, IntentState, MovementId, PaymentId, PaymentRecord, Posting, ScopedKey, Verdict, process,
};
use tokio::sync::Semaphore;

/// What goes wrong with an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// It does not happen, and that is known.
    Unavailable,
    /// It happens, and that is not known.
    UnknownDone,
    /// It does not happen, and that is not known.
    UnknownLost,
    /// The ledger is in a later epoch.
    Fenced,
    /// It happens, and never ends.
    Hang,
    /// It waits until the test lets it go on.
    Wait,
}

/// Where something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum At {
    IntentRead,
    IntentWrite,
    LedgerRead,
    Commit,
    Books,
    Readiness,
    Traffic,
    Posted,
}

/// What the Region knows.
#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) is_open: bool,
    pub(crate) epoch: u64,
    pub(crate) nothing_lost_since: u64,
    pub(crate) traffic: Option<&'static str>,
    pub(crate) not_ready: Option<NotReady>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) intents: BTreeMap<ScopedKey, Intent>,
    pub(crate) records: BTreeMap<PaymentId, PaymentRecord>,
    pub(crate) postings: Vec<Posting>,
    pub(crate) told: usize,
    pub(crate) is_worked_off: bool,
    pub(crate) is_replica: bool,
    pub(crate) script: BTreeMap<At, VecDeque<Mishap>>,
}

/// The Region; clones are the same one.
#[derive(Clone)]
pub(crate) struct World {
    inner: Arc<Mutex<Inner>>,
    pub(crate) clock: Arc<AtomicU64>,
    pub(crate) reached: Arc<Semaphore>,
    pub(crate) go_on: Arc<Semaphore>,
}

impl World {
    pub(crate) fn new() -> Self {
        let inner =
            Inner { is_open: true, epoch: 7, traffic: Some("us-east-2"), ..Inner::default() };
        Self {
            inner: Arc::new(Mutex::new(inner)),
            clock: Arc::new(AtomicU64::new(1_763_869_261_125)),
            reached: Arc::new(Semaphore::new(0)),
            go_on: Arc::new(Semaphore::new(0)),
        }
    }

    /// Says what goes wrong next at a place.
    pub(crate) fn will(&self, at: At, mishaps: &[Mishap]) {
        self.with(|inner| inner.script.entry(at).or_default().extend(mishaps));
    }

    pub(crate) fn set_open(&self, is_open: bool) {
        self.with(|inner| inner.is_open = is_open);
    }

    /// Whether the database is a replica, which may lack what was written elsewhere.
    pub(crate) fn set_replica(&self, is_replica: bool) {
        self.with(|inner| inner.is_replica = is_replica);
    }

    pub(crate) fn set_traffic(&self, region: Option<&'static str>) {
        self.with(|inner| inner.traffic = region);
    }

    /// Says why the Region is not ready.
    pub(crate) fn set_not_ready(&self, reason: NotReady) {
        self.with(|inner| inner.not_ready = Some(reason));
    }

    /// Says what the processor answers from now on.
    pub(crate) fn set_verdict(&self, verdict: Verdict) {
        self.with(|inner| inner.verdict = Some(verdict));
    }

    /// Every payment and refund is carried out as soon as the worker is told of it.
    pub(crate) fn set_worked_off(&self) {
        self.with(|inner| inner.is_worked_off = true);
    }

    /// The processor is called for everything.
    pub(crate) async fn work_off(&self) {
        let of_record = |record: &PaymentRecord| {
            let refunds =
                record.refunds.keys().map(|refund| MovementId::Refund(record.id, *refund));
            refunds.chain([MovementId::Payment(record.id)]).collect::<Vec<_>>()
        };
        let movements: Vec<_> =
            self.with(|inner| inner.records.values().flat_map(of_record).collect());
        for movement in movements {
            process(self, self, self, self, movement).await;
        }
    }

    /// Another reign begins in the middle of everything, and nothing is lost.
    pub(crate) fn begin_reign(&self) {
        self.with(|inner| inner.epoch += 1);
    }

    /// Nothing goes wrong any more, but for what has.
    pub(crate) fn forget(&self) {
        self.with(|inner| inner.script.clear());
    }

    /// The other Region is promoted, and its ledger has nothing of what was committed.
    pub(crate) fn lose_everything(&self) {
        self.with(|inner| {
            inner.epoch += 1;
            inner.nothing_lost_since = inner.epoch;
            inner.records.clear();
            inner.postings.clear();
        });
    }

    /// How many payments the ledger has.
    pub(crate) fn payments(&self) -> usize {
        self.with(|inner| inner.records.len())
    }

    /// How often the outbox worker was told that something was posted.
    pub(crate) fn told(&self) -> usize {
        self.with(|inner| inner.told)
    }

    /// How many intents are in this state.
    pub(crate) fn intents(&self, state: IntentState) -> usize {
        self.with(|inner| inner.intents.values().filter(|intent| intent.state == state).count())
    }

    /// How many refunds the ledger has.
    pub(crate) fn refunds(&self) -> usize {
        self.with(|inner| inner.records.values().map(|record| record.refunds.len()).sum())
    }

    /// Time passes.
    pub(crate) fn pass_ms(&self, ms: u64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    /// The processor is called for a payment.
    pub(crate) async fn carry_out(&self, payment: &str) {
        let movement = MovementId::Payment(PaymentId::parse(payment).unwrap());
        process(self, self, self, self, movement).await;
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.with(|inner| inner.verdict.unwrap_or(Verdict::Succeeded))
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().unwrap())
    }
}
