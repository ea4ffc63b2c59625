//! One Region in memory, whose effects go wrong as a test says.

use std::collections::{BTreeMap, VecDeque};
use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use fence::{ClosedReason, DurationMs, NotReady, Readiness, RegionName};
use payments::{
    AccountBalance, AccountId, Books, Call, Committed, Currency, Epoch, Gate, Gatekeeper, Intent,
    IntentState, IntentWrite, Intents, Ledger, MovementId, Page, PageRequest, PaymentId,
    PaymentRecord, Posting, Processor, ProcessorKey, Read, Reign, ScopedKey, Sent, Status,
    Transaction, Unavailable, Verdict, Written, account_balance, balance, process,
};
use service::{Health, Region};
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

#[derive(Default)]
struct Inner {
    is_open: bool,
    epoch: u64,
    nothing_lost_since: u64,
    traffic: Option<&'static str>,
    not_ready: Option<NotReady>,
    verdict: Option<Verdict>,
    intents: BTreeMap<ScopedKey, Intent>,
    records: BTreeMap<PaymentId, PaymentRecord>,
    postings: Vec<Posting>,
    told: usize,
    is_worked_off: bool,
    script: BTreeMap<At, VecDeque<Mishap>>,
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
    async fn work_off(&self) {
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

    fn verdict(&self) -> Verdict {
        self.with(|inner| inner.verdict.unwrap_or(Verdict::Succeeded))
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().unwrap())
    }

    /// Does something at a place, unless the script says otherwise.
    async fn effect<T: Send>(
        &self,
        at: At,
        (unavailable, unknown, fenced): (T, T, T),
        apply: impl FnOnce(&mut Inner) -> T + Send,
    ) -> T {
        let mishap = self.with(|inner| inner.script.get_mut(&at).and_then(VecDeque::pop_front));
        match mishap {
            None => self.with(apply),
            Some(Mishap::Unavailable) => unavailable,
            Some(Mishap::UnknownLost) => unknown,
            Some(Mishap::Fenced) => fenced,
            Some(Mishap::UnknownDone) => {
                self.with(apply);
                unknown
            }
            Some(Mishap::Hang) => {
                self.with(apply);
                self.reached.add_permits(1);
                pending().await
            }
            Some(Mishap::Wait) => {
                self.reached.add_permits(1);
                self.go_on.acquire().await.unwrap().forget();
                self.with(apply)
            }
        }
    }

    async fn look<T: Clone + Send>(
        &self,
        at: At,
        unavailable: T,
        apply: impl FnOnce(&mut Inner) -> T + Send,
    ) -> T {
        let others = (unavailable.clone(), unavailable.clone(), unavailable);
        self.effect(at, others, apply).await
    }
}

impl Gatekeeper for World {
    fn gate(&self) -> Gate {
        self.with(|inner| match inner.is_open {
            true => Gate::Open(Reign {
                epoch: Epoch::new(inner.epoch),
                nothing_lost_since: Epoch::new(inner.nothing_lost_since),
            }),
            false => Gate::Closed,
        })
    }
}

impl Intents for World {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        let find = |inner: &mut Inner| match inner.intents.get(key) {
            Some(intent) => Read::Found(intent.clone()),
            None => Read::Absent,
        };
        self.look(At::IntentRead, Read::Unavailable, find).await
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        let put = |inner: &mut Inner| {
            let stored = inner.intents.get(&write.intent.key);
            if stored.map(|intent| intent.revision) != write.expects {
                return Written::Changed(Box::new(stored.unwrap().clone()));
            }
            inner.intents.insert(write.intent.key, write.intent.clone());
            Written::Done
        };
        let others = (Written::Unavailable, Written::Unknown, Written::Unavailable);
        self.effect(At::IntentWrite, others, put).await
    }
}

impl Ledger for World {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        self.look(At::LedgerRead, Read::Unavailable, |inner| found(inner, payment)).await
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        let others = (Committed::Unavailable, Committed::Unknown, Committed::Fenced(Epoch::new(8)));
        self.effect(At::Commit, others, |inner| commit(inner, transaction)).await
    }
}

fn found(inner: &mut Inner, payment: PaymentId) -> Read<PaymentRecord> {
    inner.records.get(&payment).cloned().map_or(Read::Absent, Read::Found)
}

fn commit(inner: &mut Inner, transaction: &Transaction) -> Committed {
    if transaction.epoch.number() != inner.epoch {
        return Committed::Fenced(Epoch::new(inner.epoch));
    }
    let version = inner.records.get(&transaction.record.id).map(|record| record.version);
    if version != transaction.expects {
        return Committed::Conflict(version);
    }
    inner.records.insert(transaction.record.id, transaction.record.clone());
    inner.postings.extend(transaction.transfers.iter().flat_map(payments::Transfer::postings));
    Committed::Done
}

impl Processor for World {
    async fn send(&self, _: &Call) -> Sent {
        Sent::Answered(self.verdict())
    }

    async fn status(&self, _: ProcessorKey) -> Status {
        Status::Known(self.verdict())
    }
}

impl Books for World {
    async fn payment(&self, payment: PaymentId) -> Read<PaymentRecord> {
        self.look(At::Books, Read::Unavailable, |inner| found(inner, payment)).await
    }

    async fn payments(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, Unavailable> {
        let select = |inner: &mut Inner| {
            let own = inner.records.values().filter(|record| record.order.account() == account);
            let ids = page.select(own.map(|record| record.id));
            let items = ids.items.iter().map(|id| inner.records[id].clone()).collect();
            Ok(Page { items, has_more: ids.has_more })
        };
        self.look(At::Books, Err(Unavailable), select).await
    }

    async fn balance(
        &self,
        account: AccountId,
    ) -> Result<BTreeMap<Currency, AccountBalance>, Unavailable> {
        let sum =
            |inner: &mut Inner| Ok(account_balance(&balance(&inner.postings).unwrap(), account));
        self.look(At::Books, Err(Unavailable), sum).await
    }
}

impl Health for World {
    async fn readiness(&self) -> Readiness {
        let closed = |reason| Readiness::NotReady { reason, retry_after: DurationMs(9_500) };
        let draining = NotReady::Gate(ClosedReason::Draining);
        let say = |inner: &mut Inner| match (inner.is_open, inner.not_ready.clone()) {
            (true, None) => Readiness::Ready { epoch: fence::Epoch::new(inner.epoch) },
            (_, reason) => closed(reason.unwrap_or(draining)),
        };
        self.look(At::Readiness, closed(NotReady::LedgerSilent), say).await
    }

    async fn traffic(&self) -> Option<RegionName> {
        self.look(At::Traffic, None, |inner| inner.traffic.map(RegionName::new)).await
    }
}

impl Region for World {
    type Gatekeeper = Self;
    type Intents = Self;
    type Ledger = Self;
    type Books = Self;
    type Health = Self;

    fn gatekeeper(&self) -> &Self {
        self
    }

    fn intents(&self) -> &Self {
        self
    }

    fn ledger(&self) -> &Self {
        self
    }

    fn books(&self) -> &Self {
        self
    }

    fn health(&self) -> &Self {
        self
    }

    async fn posted(&self) {
        self.look(At::Posted, (), |inner| inner.told += 1).await;
        if self.with(|inner| inner.is_worked_off) {
            self.work_off().await;
        }
    }
}
