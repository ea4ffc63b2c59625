//! A control store and a ledger's epoch row in memory, which answer, are silent or hang as a test
//! says, under a clock that follows the runtime's.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use fence::{
    Author, Begin, Command, ControlRecord, ControlStore, Epoch, Fence, FenceWait, Holder, HolderId,
    Lease, LeaseChange, Ledger, LedgerEpoch, LedgerSight, Millis, NoAnswer, Order, RecordChange,
    RegionName, RunId, RunKind, Step, Tenure, Timing, Transition, WriteOutcome, fence_once,
    transition,
};
use payments::Time;
use region::Keeper;
use tokio::task::yield_now;
use tokio::time::Instant;

/// How a store behaves from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Answers,
    /// It says at once that it has no answer.
    Silent,
    /// It never says anything.
    Hangs,
}

/// How often a store was asked for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) record_reads: u32,
    pub(crate) record_writes: u32,
    pub(crate) lease_reads: u32,
    pub(crate) lease_writes: u32,
}

#[derive(Default)]
struct Inner {
    record: Option<ControlRecord>,
    leases: BTreeMap<RegionName, Lease>,
    mood: Mood,
    asked: Asked,
}

/// The strongly consistent store; clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Control(Arc<Mutex<Inner>>);

impl Control {
    pub(crate) fn set(&self, mood: Mood) {
        self.with(|inner| inner.mood = mood);
    }

    /// How often it was asked since this was called last.
    pub(crate) fn asked(&self) -> Asked {
        self.with(|inner| std::mem::take(&mut inner.asked))
    }

    /// Who holds the lease of a Region.
    pub(crate) fn holders(&self, region: &str) -> Vec<String> {
        let region = RegionName::new(region);
        self.with(|inner| match inner.leases.get(&region) {
            Some(lease) => lease.holders.keys().map(ToString::to_string).collect(),
            None => Vec::new(),
        })
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    async fn ask<T>(&self, act: impl FnOnce(&mut Inner) -> T, count: fn(&mut Asked)) -> Option<T> {
        yield_now().await;
        let mood = self.with(|inner| {
            count(&mut inner.asked);
            inner.mood
        });
        match mood {
            Mood::Answers => Some(self.with(act)),
            Mood::Silent => None,
            Mood::Hangs => pending().await,
        }
    }
}

fn silent() -> NoAnswer {
    NoAnswer { cause: "timed out".to_owned() }
}

impl ControlStore for Control {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        let read = self.ask(|inner| inner.record.clone(), |asked| asked.record_reads += 1);
        read.await.ok_or_else(silent)
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        let find = |inner: &mut Inner| inner.leases.get(region).cloned();
        self.ask(find, |asked| asked.lease_reads += 1).await.ok_or_else(silent)
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        let write = |inner: &mut Inner| {
            if !change.applies_to(inner.record.as_ref()) {
                return WriteOutcome::Refused(inner.record.clone());
            }
            inner.record = Some(change.record().clone());
            WriteOutcome::Written
        };
        self.ask(write, |asked| asked.record_writes += 1).await.unwrap_or(WriteOutcome::Unknown)
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let write = |inner: &mut Inner| {
            let stored = inner.leases.get(&change.lease().region);
            if !change.applies_to(stored) {
                return WriteOutcome::Refused(stored.cloned());
            }
            inner.leases.insert(change.lease().region.clone(), change.lease().clone());
            WriteOutcome::Written
        };
        self.ask(write, |asked| asked.lease_writes += 1).await.unwrap_or(WriteOutcome::Unknown)
    }
}

/// The epoch row of a ledger; clones are the same one.
#[derive(Clone)]
pub(crate) struct EpochRow(Arc<Mutex<(LedgerSight, Mood)>>, Arc<AtomicU64>);

impl EpochRow {
    pub(crate) fn say(&self, ledger: Ledger, epoch: Option<u64>) {
        self.0.lock().unwrap().0 = LedgerSight { ledger, epoch: epoch.map(Epoch::new) };
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.0.lock().unwrap().1 = mood;
    }

    /// How often it was read since this was called last.
    pub(crate) fn asked(&self) -> u64 {
        self.1.swap(0, Ordering::Relaxed)
    }
}

impl LedgerEpoch for EpochRow {
    async fn read_epoch(&self) -> LedgerSight {
        yield_now().await;
        self.1.fetch_add(1, Ordering::Relaxed);
        let (sight, mood) = *self.0.lock().unwrap();
        match mood {
            Mood::Answers => sight,
            Mood::Silent => LedgerSight { ledger: Ledger::Silent, epoch: None },
            Mood::Hangs => pending().await,
        }
    }
}

/// The stores of a Region, and its clock.
pub(crate) struct World {
    pub(crate) control: Control,
    pub(crate) row: EpochRow,
    skipped_ms: Arc<AtomicU64>,
    began: Instant,
}

pub(crate) const EAST: &str = "us-east-1";
pub(crate) const WEST: &str = "us-west-2";

impl World {
    /// The east is active under epoch 1, and its ledger says so.
    pub(crate) async fn active_in_east() -> Self {
        let world = Self::empty();
        world.order(Command::Initialize { region: RegionName::new(EAST) }).await;
        world.control.asked();
        world.row.say(Ledger::Writable, Some(1));
        world
    }

    /// Nothing is there yet.
    pub(crate) fn empty() -> Self {
        let sight = LedgerSight { ledger: Ledger::Writable, epoch: None };
        Self {
            control: Control::default(),
            row: EpochRow(Arc::new(Mutex::new((sight, Mood::Answers))), Arc::default()),
            skipped_ms: Arc::default(),
            began: Instant::now(),
        }
    }

    /// A keeper of the gate in the east.
    pub(crate) fn keeper(&self, name: &str, tenure: Tenure) -> Keeper<Control, EpochRow> {
        let holder = Holder { region: RegionName::new(EAST), id: HolderId::new(name), tenure };
        let (control, row) = (self.control.clone(), self.row.clone());
        Keeper::new(control, row, holder, Timing::default(), self.clock())
    }

    /// The wall clock: the runtime's, and what was skipped.
    pub(crate) fn clock(&self) -> impl Fn() -> Time + Send + Sync + 'static {
        let (began, skipped_ms) = (self.began, self.skipped_ms.clone());
        move || {
            let run_ms = u64::try_from(began.elapsed().as_millis()).unwrap();
            Time::from_ms(1_763_869_261_125 + run_ms + skipped_ms.load(Ordering::Relaxed))
        }
    }

    /// The process is frozen for so long: only the wall clock goes on.
    pub(crate) fn freeze_ms(&self, ms: u64) {
        self.skipped_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Carries out an order that is not refused.
    pub(crate) async fn order(&self, command: Command) {
        let by = Author::new("operator");
        let order = Order { command, by, reason: "test".to_owned() };
        let done = transition(&self.control, &order).await.unwrap();
        assert!(matches!(done, Transition::Done(_)), "{done:?}");
    }

    /// Opens a run that moves the permission from one Region to the other.
    pub(crate) async fn begin(&self, kind: RunKind, seen: u64, (source, target): (&str, &str)) {
        let (source, target) = (RegionName::new(source), RegionName::new(target));
        let (run, seen) = (RunId::new(format!("run-{seen}")), Epoch::new(seen));
        self.order(Command::Begin(Begin { run, kind, seen, source, target })).await;
    }

    /// Gives up the run that [`World::begin`] opened.
    pub(crate) async fn abort(&self, seen: u64) {
        let (run, epoch) = (RunId::new(format!("run-{seen}")), Epoch::new(seen + 1));
        for step in [Step::Abort, Step::Close] {
            self.order(Command::Step { run: run.clone(), epoch, step }).await;
        }
    }

    /// Finishes the run that [`World::begin`] opened, once its source's lease has run out.
    pub(crate) async fn finish(&self, seen: u64) {
        let (run, epoch) = (RunId::new(format!("run-{seen}")), Epoch::new(seen + 1));
        let later = Millis(u64::MAX / 2);
        let fenced = fence_once(&self.control, &run, epoch, &Timing::default(), later).await;
        let Ok(Fence::Revoked(FenceWait::Over(stopped))) = fenced else { panic!("{fenced:?}") };
        let pass = Step::PassPointOfNoReturn(stopped);
        for step in [pass, Step::Open, Step::DirectTraffic, Step::Close] {
            self.order(Command::Step { run: run.clone(), epoch, step }).await;
        }
    }
}
