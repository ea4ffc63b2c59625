//! Performs the lines of a table: processes with gates, operators with orders, one store.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use fence::{
    Author, Begin, Command, ControlRecord, ControlStore, Decision, Epoch, Fence, FenceWait, Gate,
    Holder, HolderId, Ledger, Millis, Order, Readiness, RecordRead, RegionName, RunId, Sighting,
    Step, Stopped, Tenure, Timing, Traffic, Transition, fence_once, leave_once, readiness,
    renew_once, traffic, transition,
};

use crate::script::{Action, Line, NetAction, OperatorAction, ProcessAction, StepWord};
use crate::store::MemoryStore;

/// Runs a future that waits for nobody.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// Everything in a table.
#[derive(Default)]
pub(crate) struct World {
    store: Arc<MemoryStore>,
    processes: BTreeMap<String, Process>,
    stopped: BTreeMap<String, Stopped>,
    skews: BTreeMap<String, u64>,
}

struct Process {
    gate: Gate,
    renewal: Option<Pin<Box<dyn Future<Output = Sighting>>>>,
    read: Option<(ControlRecord, Millis)>,
}

impl Process {
    fn new(name: &str) -> Self {
        let region = RegionName::new(name.split('-').next().unwrap_or_default());
        let (id, tenure) = match name.split_once(':') {
            Some((group, _)) => (group, Tenure::Shared),
            None => (name, Tenure::Alone),
        };
        let holder = Holder { region, id: HolderId::new(id), tenure };
        Self { gate: Gate::new(holder, Timing::default()), renewal: None, read: None }
    }
}

impl World {
    /// Performs a line and says what came of it.
    pub(crate) fn perform(&mut self, line: &Line<'_>) -> String {
        let skew = self.skews.entry(line.actor.to_owned()).or_default();
        let now = Millis(line.now + *skew);
        match &line.action {
            Action::Skew(ahead) => {
                *skew = *ahead;
                "ok".to_owned()
            }
            Action::Net(NetAction::Next(nets)) => {
                self.store.expect(nets.iter().copied());
                "ok".to_owned()
            }
            Action::Net(NetAction::Land) => format!("{} landed", self.store.land()),
            Action::Process(action) => self.process(line.actor, action, now),
            Action::Operator(action) => self.operate(line.actor, action, now),
        }
    }

    fn process(&mut self, name: &str, action: &ProcessAction, now: Millis) -> String {
        let store = Arc::clone(&self.store);
        let process = self.processes.entry(name.to_owned()).or_insert_with(|| Process::new(name));
        let gate = &mut process.gate;
        match action {
            ProcessAction::Renew => {
                let sighting = run(renew_once(&*store, gate.holder(), gate.timing(), now));
                gate.saw(&sighting);
                shown_sighting(&sighting)
            }
            ProcessAction::BeginRenew => {
                let (holder, timing) = (gate.holder().clone(), *gate.timing());
                process.renewal =
                    Some(Box::pin(async move { renew_once(&*store, &holder, &timing, now).await }));
                "ok".to_owned()
            }
            ProcessAction::Turns(count) => {
                let renewal = process.renewal.as_mut().expect("a renewal was begun");
                for _ in 0..*count {
                    let polled = renewal.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                    assert!(polled.is_pending(), "fewer turns");
                }
                "ok".to_owned()
            }
            ProcessAction::EndRenew => {
                let sighting = run(process.renewal.take().expect("a renewal was begun"));
                gate.saw(&sighting);
                shown_sighting(&sighting)
            }
            ProcessAction::Read => match run(store.read_record()) {
                Ok(Some(record)) => {
                    gate.saw_record(&record);
                    let shown = shown_record(&record);
                    process.read = Some((record, now));
                    shown
                }
                Ok(None) => "no record".to_owned(),
                Err(no_answer) => no_answer.to_string(),
            },
            ProcessAction::Ledger(epoch) => {
                gate.saw_ledger_epoch(*epoch);
                "ok".to_owned()
            }
            ProcessAction::Decide => shown_decision(&gate.decide(now)),
            ProcessAction::Due => format!("{}", gate.is_renewal_due(now)),
            ProcessAction::Leave => match gate.leave() {
                Some(left) => match run(leave_once(&*store, &left)) {
                    Ok(()) => format!("left as {}", left.id()),
                    Err(reason) => reason.to_string(),
                },
                None => "the name is shared".to_owned(),
            },
            ProcessAction::Ready(ledger) => shown_readiness(gate, *ledger, now),
            ProcessAction::Traffic => shown_traffic(process.read.as_ref(), now),
            ProcessAction::Restart => {
                *process = Process::new(name);
                "ok".to_owned()
            }
            ProcessAction::Lease => shown_lease(&store, &gate.holder().region),
        }
    }

    fn operate(&mut self, name: &str, action: &OperatorAction, now: Millis) -> String {
        let command = match action {
            OperatorAction::Initialize(region) => Command::Initialize { region: region.clone() },
            OperatorAction::Begin { kind, run, seen, source, target } => Command::Begin(Begin {
                run: run.clone(),
                kind: *kind,
                seen: *seen,
                source: source.clone(),
                target: target.clone(),
            }),
            OperatorAction::Step { run, epoch, step } => {
                let step = match step {
                    StepWord::Pass => match self.stopped.get(name) {
                        Some(stopped) => Step::PassPointOfNoReturn(stopped.clone()),
                        None => return "nothing was fenced".to_owned(),
                    },
                    StepWord::Open => Step::Open,
                    StepWord::Abort => Step::Abort,
                    StepWord::TakeBack => Step::TakeBack,
                    StepWord::Direct => Step::DirectTraffic,
                    StepWord::Close => Step::Close,
                };
                Command::Step { run: run.clone(), epoch: *epoch, step }
            }
            OperatorAction::Fence { run, epoch } => return self.fence(name, run, *epoch, now),
        };
        let order = Order { command, by: Author::new(name), reason: "a table".to_owned() };
        match run(transition(&*self.store, &order)) {
            Ok(Transition::Done(record)) => shown_record(&record),
            Ok(Transition::Refused(refusal)) => format!("refused: {refusal}"),
            Err(unsettled) => unsettled.to_string(),
        }
    }

    fn fence(&mut self, name: &str, id: &RunId, epoch: Epoch, now: Millis) -> String {
        match run(fence_once(&*self.store, id, epoch, &Timing::default(), now)) {
            Ok(Fence::Revoked(FenceWait::Wait(span))) => format!("wait {span}"),
            Ok(Fence::Revoked(FenceWait::Over(stopped))) => {
                let shown = format!("{} stopped", stopped.region());
                self.stopped.insert(name.to_owned(), stopped);
                shown
            }
            Ok(Fence::Refused(refusal)) => format!("refused: {refusal}"),
            Err(unsettled) => unsettled.to_string(),
        }
    }
}

fn shown_record(record: &ControlRecord) -> String {
    let active = record.active_region().map_or("-", RegionName::as_str);
    let run = record.run().map_or_else(String::new, |run| {
        let (id, kind, target) = (&run.id, run.kind, &run.target);
        format!(", {kind} {id} to {target} {}", run.point_of_no_return)
    });
    let (epoch, state, traffic) = (record.epoch(), record.state(), record.traffic_region());
    let loss = shown_loss(record.nothing_lost_since());
    format!("epoch {epoch} {state} {active}{run}, traffic {traffic}{loss}")
}

/// Nothing as long as there was no loss.
fn shown_loss(nothing_lost_since: Epoch) -> String {
    if nothing_lost_since == Epoch::FIRST {
        return String::new();
    }
    format!(", nothing lost since {nothing_lost_since}")
}

fn shown_sighting(sighting: &Sighting) -> String {
    match sighting.held() {
        Ok(held) => format!("epoch {} until {}", held.epoch(), held.until()),
        Err(reason) => reason.to_string(),
    }
}

fn shown_decision(decision: &Decision) -> String {
    match decision {
        Decision::Open { epoch, nothing_lost_since, until } => {
            let loss = shown_loss(*nothing_lost_since);
            format!("open, epoch {epoch} until {until}{loss}")
        }
        Decision::Closed { reason, retry_after } => {
            format!("closed: {reason}; again in {retry_after}")
        }
    }
}

fn shown_readiness(gate: &Gate, ledger: Ledger, now: Millis) -> String {
    match readiness(gate, ledger, now) {
        Readiness::Ready { epoch } => format!("ready, epoch {epoch}"),
        Readiness::NotReady { reason, retry_after } => {
            format!("{}: {reason}; again in {retry_after}", reason.code())
        }
    }
}

fn shown_traffic(read: Option<&(ControlRecord, Millis)>, now: Millis) -> String {
    let read = read.map(|(record, asked_at)| RecordRead { record, asked_at: *asked_at });
    match traffic(read, &Timing::default(), now) {
        Traffic::Announce(region) => format!("announce {region}"),
        Traffic::Silence => "silence".to_owned(),
    }
}

fn shown_lease(store: &MemoryStore, region: &RegionName) -> String {
    let Some(lease) = store.lease(region) else { return "no lease".to_owned() };
    let holders = lease.holders.iter().map(|(id, until)| format!(" {id} {until}"));
    format!("epoch {}:{}", lease.epoch, holders.collect::<Vec<_>>().join(","))
}
