//! What the operators of the model do: runs, by what they saw last, however long ago.

use std::sync::Arc;

use fence::{
    Author, Begin, Command, ControlRecord, ControlStore, DurationMs, Epoch, Fence, Order,
    PointOfNoReturn, RegionName, RunId, RunKind, State, Step, Timing, fence_once, fence_wait,
    transition,
};

use crate::event::{Intent, Mutant};
use crate::model::{End, Model};
use crate::store::Net;

impl Model {
    pub(crate) fn operate(&mut self, index: usize, intent: Intent) {
        let actor = &self.actors[index];
        if actor.task.is_some() {
            return self.poll(index, Net::Works);
        }
        match (intent, actor.record.clone()) {
            (Intent::Look, _) | (_, None) => self.look(index),
            (Intent::Repeat, _) => match actor.last_order.clone() {
                Some(order) => self.begin_order(index, order.command),
                None => self.look(index),
            },
            (Intent::Abort, Some(record)) => self.begin_step(index, &record, Step::Abort),
            (Intent::TakeBack, Some(record)) => self.begin_step(index, &record, Step::TakeBack),
            (Intent::Open, Some(record)) => self.begin_step(index, &record, Step::Open),
            (Intent::GoOn(kind), Some(record)) => self.go_on(index, kind, &record),
        }
    }

    fn begin_step(&mut self, index: usize, record: &ControlRecord, step: Step) {
        let Some(run) = record.run() else { return self.look(index) };
        let (run, epoch) = (run.id.clone(), record.epoch());
        self.begin_order(index, Command::Step { run, epoch, step });
    }

    fn go_on(&mut self, index: usize, kind: RunKind, record: &ControlRecord) {
        let epoch = record.epoch();
        let Some(run) = record.run() else {
            let active = record.active_region().expect("without a run, a Region is active");
            let id = RunId::new(format!("r{}-{index}", epoch.number()));
            return self.begin(index, id, kind, epoch, active);
        };
        if record.state() == State::Draining && kind == RunKind::Failover {
            return self.begin(index, run.id.clone(), kind, epoch, &run.source);
        }
        // Whatever the last fence brought: of an earlier run, it must not be taken.
        let stopped = self.actors[index].stopped.clone();
        let step = match (record.state(), run.point_of_no_return, stopped) {
            (State::Active, ..) if record.active_region() == Some(record.traffic_region()) => {
                Step::Close
            }
            (State::Active, ..) => Step::DirectTraffic,
            (_, PointOfNoReturn::Passed, _) => Step::Open,
            (_, PointOfNoReturn::Ahead, Some(stopped)) => Step::PassPointOfNoReturn(stopped),
            (_, PointOfNoReturn::Ahead, None) => {
                let (id, source) = (run.id.clone(), run.source.clone());
                return self.fence(index, id, epoch, source);
            }
        };
        self.begin_step(index, record, step);
    }

    fn begin(&mut self, index: usize, run: RunId, kind: RunKind, seen: Epoch, from: &RegionName) {
        let target = RegionName::new(if from.as_str() == "east" { "west" } else { "east" });
        let begin = Begin { run, kind, seen, source: from.clone(), target };
        self.begin_order(index, Command::Begin(begin));
    }

    pub(crate) fn begin_order(&mut self, index: usize, command: Command) {
        let by = Author::new(format!("operator {index}"));
        let order = Order { command, by, reason: "a test".to_owned() };
        self.actors[index].last_order = Some(order.clone());
        let store = Arc::clone(&self.store);
        self.actors[index].task =
            Some(Box::pin(async move { End::Ordered(transition(&*store, &order).await) }));
    }

    fn look(&mut self, index: usize) {
        let store = Arc::clone(&self.store);
        self.actors[index].task =
            Some(Box::pin(async move { End::Looked(store.read_record().await.ok().flatten()) }));
    }

    fn fence(&mut self, index: usize, run: RunId, epoch: Epoch, source: RegionName) {
        let store = Arc::clone(&self.store);
        let (mut timing, mut now) = (Timing::default(), self.clock(index));
        match self.mutant {
            Mutant::NoClockBound => timing.clock_bound = DurationMs::ZERO,
            Mutant::NoWait => now = now.plus(DurationMs(3_600_000)),
            _ => {}
        }
        let revokes = self.mutant != Mutant::NoRevocation;
        self.actors[index].task = Some(Box::pin(async move {
            if !revokes {
                let lease = store.read_lease(&source).await.ok().flatten();
                return End::Fenced(lease.map(|mut lease| {
                    lease.epoch = epoch;
                    fence_wait(&lease, epoch, &timing, now)
                }));
            }
            match fence_once(&*store, &run, epoch, &timing, now).await {
                Ok(Fence::Revoked(wait)) => End::Fenced(Some(wait)),
                _ => End::Fenced(None),
            }
        }));
    }
}
