//! Two Regions, four processes, two operators and one store, driven event by event.
//!
//! Every question to the store is two polls long, so that anything can come in between; a process
//! that is not polled is paused. The ledger stops nobody here: each gate is told that its row has
//! the record's epoch, so that what holds, holds by record and lease alone.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use fence::{
    Command, ControlRecord, Epoch, FenceWait, Gate, Holder, HolderId, Left, Millis, NotRenewed,
    Order, RegionName, Sighting, Stopped, Tenure, Timing, Transition, Unsettled, leave_once,
    renew_once,
};

use crate::event::{ACTORS, Event, Mutant, PROCESSES, Seen};
use crate::oracle::{check_records, count_of};
use crate::store::{Fault, MemoryStore, Net};

pub(crate) type Task = Pin<Box<dyn Future<Output = End> + Send>>;

/// What somebody's doing came to.
pub(crate) enum End {
    Renewed(Box<Sighting>),
    Left(Result<(), Unsettled>),
    Looked(Option<ControlRecord>),
    Ordered(Result<Transition, Unsettled>),
    Fenced(Option<FenceWait>),
}

pub(crate) struct Actor {
    pub(crate) ahead: u64,
    pub(crate) task: Option<Task>,
    /// Leaving the lease, beside a renewal that is still under way.
    pub(crate) leaving: Option<Task>,
    pub(crate) gate: Gate,
    pub(crate) record: Option<ControlRecord>,
    pub(crate) stopped: Option<Stopped>,
    pub(crate) wait_ms: u64,
    pub(crate) last_order: Option<Order>,
}

/// The world.
pub(crate) struct Model {
    pub(crate) mutant: Mutant,
    pub(crate) now: u64,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) actors: Vec<Actor>,
    pub(crate) starts: usize,
    /// Every record there was.
    pub(crate) records: Vec<ControlRecord>,
    /// When the record was first seen in an epoch, in true time: one entry for each epoch.
    pub(crate) moved_at: Vec<u64>,
    /// Where gates were open, by epoch.
    pub(crate) opened: BTreeMap<Epoch, RegionName>,
    pub(crate) seen: Seen,
}

impl Model {
    pub(crate) fn new(mutant: Mutant) -> Self {
        let fault = match mutant {
            Mutant::WeakCondition => Fault::ComparesEpochAndRun,
            Mutant::FailoverForgetsLoss => Fault::ForgetsLoss,
            Mutant::SwitchoverTellsLoss => Fault::TellsLossAfterSwitchover,
            Mutant::AbortTellsLoss => Fault::TellsLossAfterAbort,
            _ => Fault::None,
        };
        let store = Arc::new(MemoryStore::with(fault));
        let (now, seen) = (1_000_000, Seen::default());
        let actors = (0..ACTORS).map(|index| actor(index, index)).collect();
        let mut model = Self {
            mutant,
            now,
            store,
            actors,
            starts: ACTORS,
            records: Vec::new(),
            moved_at: Vec::new(),
            opened: BTreeMap::new(),
            seen,
        };
        model.begin_order(PROCESSES, Command::Initialize { region: RegionName::new("east") });
        model.finish(PROCESSES);
        model
    }

    /// Lets an event happen, and says what is wrong then.
    pub(crate) fn step(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Advance(span) => self.now += span,
            Event::WaitOut(index) => self.now += self.actors[PROCESSES + index].wait_ms,
            Event::Renew(index) => self.renew(*index),
            Event::Operate(index, intent) => self.operate(PROCESSES + index, *intent),
            Event::Poll(index, net) => self.poll(*index, *net),
            Event::Finish(index) => self.finish(*index),
            Event::Drift(index, ahead) => self.actors[*index].ahead = self.drift(*ahead),
            Event::Leave(index) => self.leave(*index),
            Event::Die(index) => self.die(*index),
            Event::Land => self.seen.landed_late += self.store.land(),
        }
        let news = self.store.records_after(self.records.len());
        if !news.is_empty() {
            self.records.extend(news);
            check_records(&self.records)?;
        }
        let epoch = self.records.last().map(ControlRecord::epoch);
        self.moved_at.resize(epoch.map_or(0, count_of), self.now);
        self.check_gates()
    }

    fn drift(&self, ahead: u64) -> u64 {
        let factor = if self.mutant == Mutant::WildClocks { 3 } else { 1 };
        ahead % (Timing::default().clock_bound.0 + 1) * factor
    }

    pub(crate) fn clock(&self, index: usize) -> Millis {
        Millis(self.now + self.actors[index].ahead)
    }

    fn renew(&mut self, index: usize) {
        if self.actors[index].task.is_some() {
            return self.poll(index, Net::Works);
        }
        let (store, now) = (Arc::clone(&self.store), self.clock(index));
        let actor = &mut self.actors[index];
        let (holder, timing) = (actor.gate.holder().clone(), *actor.gate.timing());
        actor.task = Some(Box::pin(async move {
            End::Renewed(Box::new(renew_once(&*store, &holder, &timing, now).await))
        }));
    }

    fn leave(&mut self, index: usize) {
        let mut left_open = self.actors[index].gate.clone();
        let gate = match self.mutant {
            Mutant::LeavesOpen => &mut left_open,
            _ => &mut self.actors[index].gate,
        };
        if let Some(left) = gate.leave() {
            self.actors[index].leaving = Some(leaving(Arc::clone(&self.store), left));
        }
    }

    fn die(&mut self, index: usize) {
        self.starts += 1;
        let ahead = self.actors[index].ahead;
        self.actors[index] = Actor { ahead, ..actor(index, self.starts) };
    }

    pub(crate) fn finish(&mut self, index: usize) {
        while self.actors[index].task.is_some() || self.actors[index].leaving.is_some() {
            self.poll(index, Net::Works);
        }
    }

    pub(crate) fn poll(&mut self, index: usize, net: Net) {
        let actor = &mut self.actors[index];
        let slot = if actor.leaving.is_some() { &mut actor.leaving } else { &mut actor.task };
        let Some(task) = slot else { return };
        self.store.expect([net]);
        let polled = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.store.calm();
        if let Poll::Ready(end) = polled {
            *slot = None;
            self.end(index, end);
        }
    }

    fn end(&mut self, index: usize, end: End) {
        let actor = &mut self.actors[index];
        match end {
            End::Renewed(sighting) => {
                actor.gate.saw(&sighting);
                if let Some(record) = actor.gate.record() {
                    let epoch = record.epoch();
                    actor.gate.saw_ledger_epoch(epoch);
                }
                self.seen.unsettled += usize::from(sighting.held() == Err(&NotRenewed::Unsettled));
            }
            End::Left(left) => self.seen.unsettled += usize::from(left.is_err()),
            End::Looked(record) => actor.record = record,
            End::Ordered(Ok(Transition::Done(record))) => actor.record = Some(record),
            End::Ordered(Ok(Transition::Refused(_))) => {
                (actor.record, actor.stopped) = (None, None);
                self.seen.refused += 1;
            }
            End::Ordered(Err(_)) => self.seen.unsettled += 1,
            End::Fenced(Some(FenceWait::Over(stopped))) => actor.stopped = Some(stopped),
            End::Fenced(Some(FenceWait::Wait(span))) => {
                actor.wait_ms = span.0;
                self.seen.waits += 1;
            }
            End::Fenced(None) => actor.record = None,
        }
    }
}

fn leaving(store: Arc<MemoryStore>, left: Left) -> Task {
    Box::pin(async move { End::Left(leave_once(&*store, &left).await) })
}

/// The first two processes are in the east; of each pair one has a name of its own. The others are
/// one instance of a function each, with others of its name to come.
fn actor(index: usize, start: usize) -> Actor {
    let region = RegionName::new(if index < PROCESSES / 2 { "east" } else { "west" });
    let (id, tenure) = match index % 2 {
        0 => (HolderId::new(format!("process-{start}")), Tenure::Alone),
        _ => (HolderId::new("function"), Tenure::Shared),
    };
    Actor {
        ahead: 0,
        task: None,
        leaving: None,
        gate: Gate::new(Holder { region, id, tenure }, Timing::default()),
        record: None,
        stopped: None,
        wait_ms: 0,
        last_order: None,
    }
}
