//! A small system in memory: databases, a control record by the real `fence`, a journal, and
//! troubles that a test orders. Whatever must never be is noted in `wrong`.
//!
//! Every question is two turns long, so that a runner can be dropped before its effect and after it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};

use fence::{
    Author, Command, ControlRecord, ControlStore, DurationMs, Epoch, HolderId, Lease, LeaseChange,
    Millis, NoAnswer, Order, PointOfNoReturn, RecordChange, RegionName, State, Verdict,
    WriteOutcome, judge,
};
use runbook::{
    Action, ActionName, Appended, Entry, Event, Evidence, Failure, Journal, Observed, Plan,
    Refused, RunnerName, Tail, World,
};

use crate::clock::Clock;
use crate::facts::{AT, region};

/// What happens to one attempt of an action, or to one question to the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It has no effect.
    Before(Failure),
    /// It has effect, and nobody hears of it.
    After(Failure),
    /// It has no effect, and no answer comes.
    Hangs,
}

/// Everything there is.
#[derive(Debug)]
pub(crate) struct Inner {
    record: Option<ControlRecord>,
    leases: BTreeMap<RegionName, Lease>,
    pub(crate) entries: Vec<Entry>,
    /// The Region whose database is the writer.
    pub(crate) writer: RegionName,
    /// The epoch row of each Region's ledger.
    epochs: BTreeMap<RegionName, Epoch>,
    /// How many movements are in quarantine.
    quarantine: u64,
    /// How often the writer moved.
    pub(crate) moves: u32,
    /// Where workers run.
    pub(crate) workers: BTreeSet<RegionName>,
    troubles: BTreeMap<ActionName, VecDeque<Trouble>>,
    /// What is told of an action, whatever it did.
    pub(crate) lies: BTreeMap<ActionName, Observed>,
    /// What happens to the next questions to the control store.
    store: VecDeque<Trouble>,
    /// What happens to the next questions to the journal.
    pub(crate) journal: VecDeque<Option<Trouble>>,
    /// What must never be.
    pub(crate) wrong: Vec<String>,
}

/// A small system in memory.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) clock: Clock,
    inner: Mutex<Inner>,
}

impl Lab {
    /// This Region is active, and a process there has just renewed its lease.
    pub(crate) fn new(active: &str) -> Self {
        let active = region(active);
        let holders = BTreeMap::from([(HolderId::new("p1"), AT.plus(DurationMs(10_000)))]);
        let lease = Lease { region: active.clone(), epoch: Epoch::FIRST, holders, revision: 1 };
        let initialize = Command::Initialize { region: active.clone() };
        let inner = Inner {
            record: Some(changed(None, initialize)),
            leases: BTreeMap::from([(active.clone(), lease)]),
            entries: Vec::new(),
            writer: active.clone(),
            epochs: ["east", "west"].map(|name| (region(name), Epoch::FIRST)).into(),
            quarantine: 0,
            moves: 0,
            workers: BTreeSet::from([active]),
            troubles: BTreeMap::new(),
            lies: BTreeMap::new(),
            store: VecDeque::new(),
            journal: VecDeque::new(),
            wrong: Vec::new(),
        };
        Self { clock: Clock::new(AT), inner: Mutex::new(inner) }
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panics while it holds the lock")
    }

    /// So many of the next attempts of this action go wrong like this.
    pub(crate) fn trouble(&self, name: ActionName, count: usize, trouble: &Trouble) {
        let mut inner = self.inner();
        let troubles = inner.troubles.entry(name).or_default();
        troubles.extend(std::iter::repeat_n(trouble.clone(), count));
    }

    pub(crate) fn heal(&self) {
        let mut inner = self.inner();
        (inner.troubles, inner.store, inner.journal) = Default::default();
    }

    pub(crate) fn record(&self) -> ControlRecord {
        self.inner().record.clone().expect("it was initialized")
    }

    /// The whole journal, an entry a line, without its plans.
    pub(crate) fn told(&self) -> String {
        self.inner().entries.iter().map(|entry| format!("{}\n", shown(entry))).collect()
    }

    /// What there is, in a line.
    pub(crate) fn state(&self) -> String {
        let (record, inner) = (self.record(), self.inner());
        let run = record.run().map_or("closed", |run| run.id.as_str());
        let active = record.active_region().map_or("-", RegionName::as_str);
        let workers: Vec<&str> = inner.workers.iter().map(RegionName::as_str).collect();
        let workers = if workers.is_empty() { "nowhere".to_owned() } else { workers.join("+") };
        let ledger = inner.epochs[&inner.writer];
        format!(
            "epoch {} {} {active} {run}, traffic {}, writer {} in {ledger}, workers {}",
            record.epoch(),
            record.state(),
            record.traffic_region(),
            inner.writer,
            workers,
        )
    }
}

pub(crate) fn shown(entry: &Entry) -> String {
    let at = entry.at.since(AT).0;
    let text = match &entry.event {
        Event::Planned { plan, by, .. } => format!("{by} plans a {}", plan.kind),
        Event::Took { runner } => format!("{runner} takes it"),
        Event::Began { action, attempt, runner } => format!("{runner} begins {action} {attempt}"),
        Event::Ended { action, attempt, runner, result } => {
            let result = match result {
                Ok(observed) => format!("{observed:?}"),
                Err(failure) => failure.to_string(),
            };
            format!("{runner} ends {action} {attempt}: {result}")
        }
        Event::Paused { by } => format!("{by} pauses"),
        Event::Resumed { by } => format!("{by} resumes"),
        Event::Retried { action, by } => format!("{by} retries {action}"),
        Event::Skipped { action, by, .. } => format!("{by} skips {action}"),
        Event::Approved { action, by, expires_at, .. } => {
            format!("{by} approves {action} until {}", expires_at.since(AT).0)
        }
        Event::Aborted { by, reason } => format!("{by} aborts: {reason}"),
    };
    format!("{at:<7} {text}")
}

/// What an order makes of a record that allows it.
fn changed(record: Option<&ControlRecord>, command: Command) -> ControlRecord {
    let order = Order { command, by: Author::new("ann"), reason: "a test".to_owned() };
    match judge(record, &order) {
        Verdict::Write(change) => change.record().clone(),
        other => panic!("{order:?}: {other:?}"),
    }
}

impl Inner {
    fn must(&mut self, is_so: bool, what: &str, name: ActionName) {
        if !is_so {
            self.wrong.push(format!("{name}: {what}"));
        }
    }

    fn active(&self) -> Option<&RegionName> {
        let record = self.record.as_ref()?;
        record.active_region().filter(|_| record.state() == State::Active)
    }

    fn is_passed(&self) -> bool {
        let run = self.record.as_ref().and_then(ControlRecord::run);
        run.is_some_and(|run| run.point_of_no_return == PointOfNoReturn::Passed)
    }

    /// The writer moves to the target, if it is not there.
    fn promote(&mut self, plan: &Plan, name: ActionName, now: Millis) {
        if self.writer == plan.target {
            return;
        }
        let gate_closes = self.leases.get(&plan.source).and_then(Lease::expires_at);
        let is_stopped = gate_closes.is_none_or(|until| until < now);
        let is_fenced = self.is_passed() && self.active().is_none() && is_stopped;
        self.must(is_fenced, "a gate of the source may be open", name);
        if name == ActionName::SwitchDatabase {
            self.epochs.insert(plan.target.clone(), self.epochs[&plan.source]);
        }
        self.writer = plan.target.clone();
        self.moves += 1;
    }

    fn perform(&mut self, plan: &Plan, action: &Action, now: Millis) -> Result<Observed, Failure> {
        use ActionName as A;
        let name = action.name;
        let tail = Tail { position: Some(70), movements: 7, faults: 0 };
        let (is_source, is_target) =
            (self.active() == Some(&plan.source), self.active() == Some(&plan.target));
        match name {
            A::SnapshotEvidence => {
                let evidence = Evidence { lag_ms: Some(900), intents_missing: Some(2) };
                return Ok(Observed::Evidence(evidence));
            }
            A::StopIntake | A::StopSource => {
                self.must(!is_source, "the source is active", name);
                self.workers.remove(&plan.source);
            }
            A::HoldSource => self.must(!is_source, "the source is active", name),
            A::RecordTail => return Ok(Observed::Tail(tail)),
            A::SwitchDatabase | A::PromoteDatabase | A::DetachDatabase => {
                self.promote(plan, name, now);
            }
            A::VerifyDatabase if self.writer == plan.target => return Ok(Observed::Database(tail)),
            A::ConfirmWriter if self.writer == plan.source => {}
            A::VerifyDatabase | A::ConfirmWriter => {
                return Err(Failure::Refused(Refused::Database, "not the writer".to_owned()));
            }
            A::RaiseEpoch => {
                self.must(self.writer == action.region, "not the writer", name);
                let row = self.epochs.get_mut(&action.region).expect("a Region");
                *row = plan.epoch.max(*row);
                return Ok(Observed::Epoch(*row));
            }
            A::HoldMissing => {
                self.quarantine = if is_target { self.quarantine } else { 2 };
                return Ok(Observed::Movements(self.quarantine));
            }
            A::SettleMissing => {
                self.quarantine = 0;
                return Ok(Observed::Movements(0));
            }
            A::StartWorkers => {
                self.must(is_target, "the target is not active", name);
                self.workers.insert(plan.target.clone());
            }
            A::ReopenSource => {
                self.must(is_source, "the source is not active", name);
                self.workers.insert(plan.source.clone());
            }
            A::TryPayment => self.must(is_target, "the target is not active", name),
            _ => {}
        }
        Ok(Observed::Done)
    }

    /// What the record may say only when the ledgers agree.
    fn check_record(&mut self, record: &ControlRecord) {
        let opens = record.state() == State::Active && self.active().is_none();
        if let (true, Some(active), Some(run)) = (opens, record.active_region(), record.run()) {
            let is_forward = *active == run.target;
            let name = if is_forward { ActionName::Open } else { ActionName::Abort };
            let is_raised = !is_forward || self.epochs[active] == record.epoch();
            let is_writer = self.writer == *active;
            self.must(is_writer && is_raised, "the ledger is not ready", name);
        }
    }

    /// What may follow in a journal.
    fn check_entry(&mut self, entry: &Entry) {
        let last = |wanted: fn(&Event) -> Option<RunnerName>| {
            self.entries.iter().rev().find_map(|entry| wanted(&entry.event))
        };
        let took = last(|event| match event {
            Event::Took { runner } => Some(runner.clone()),
            _ => None,
        });
        let (runner, name) = match &entry.event {
            Event::Began { runner, action, .. } => (runner, *action),
            Event::Ended { runner, action, attempt, .. } => {
                let is_begun = self.entries.iter().any(|entry| {
                    matches!(&entry.event, Event::Began { action: name, attempt: number, .. }
                        if (name, number) == (action, attempt))
                });
                self.must(is_begun, "it ended and never began", *action);
                (runner, *action)
            }
            _ => return,
        };
        self.must(took.as_ref() == Some(runner), "its runner does not have the run", name);
    }

    /// What is to happen to this attempt.
    fn meet_trouble(&mut self, event: &Event) {
        let Event::Began { action, .. } = event else { return };
        self.store.clear();
        let is_on_record = matches!(
            action,
            ActionName::BeginRun
                | ActionName::CloseEarlier
                | ActionName::WaitForFence
                | ActionName::PassPointOfNoReturn
                | ActionName::Open
                | ActionName::DirectTraffic
                | ActionName::Close
                | ActionName::Abort
        );
        if is_on_record
            && let Some(trouble) = self.troubles.get_mut(action).and_then(VecDeque::pop_front)
        {
            self.store = std::iter::repeat_n(trouble, 50).collect();
        }
    }
}

impl World for Lab {
    fn now(&self) -> Millis {
        self.clock.now()
    }

    fn wait(&self, span: DurationMs) -> impl Future<Output = ()> + Send {
        self.clock.sleep(span)
    }

    fn control(&self) -> &impl ControlStore {
        self
    }

    async fn perform(&self, plan: &Plan, action: &Action) -> Result<Observed, Failure> {
        self.clock.turn().await;
        let trouble = self.inner().troubles.get_mut(&action.name).and_then(VecDeque::pop_front);
        let perform = || {
            let mut inner = self.inner();
            let observed = inner.perform(plan, action, self.clock.now())?;
            Ok(inner.lies.get(&action.name).cloned().unwrap_or(observed))
        };
        let result = match trouble {
            None => perform(),
            Some(Trouble::Before(failure)) => Err(failure),
            Some(Trouble::After(failure)) => perform().and(Err(failure)),
            Some(Trouble::Hangs) => {
                self.clock.sleep(DurationMs(u64::MAX / 2)).await;
                Err(Failure::TimedOut)
            }
        };
        self.clock.turn().await;
        result
    }
}

impl Journal for Lab {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        self.clock.turn().await;
        let trouble = self.inner().journal.pop_front().flatten();
        let entries = match trouble {
            None => Ok(self.inner().entries.clone()),
            Some(_) => Err(silence()),
        };
        self.clock.turn().await;
        entries
    }

    async fn append(&self, entry: &Entry) -> Appended {
        self.clock.turn().await;
        let appended = {
            let mut inner = self.inner();
            let trouble = inner.journal.pop_front().flatten();
            let is_next = u64::try_from(inner.entries.len()) == Ok(entry.position);
            if is_next && matches!(trouble, None | Some(Trouble::After(_))) {
                inner.check_entry(entry);
                inner.meet_trouble(&entry.event);
                inner.entries.push(entry.clone());
            }
            match (trouble, is_next) {
                (Some(_), _) => Appended::Unknown,
                (None, true) => Appended::Written,
                (None, false) => Appended::Taken,
            }
        };
        self.clock.turn().await;
        appended
    }
}

fn silence() -> NoAnswer {
    NoAnswer { cause: "timed out".to_owned() }
}

impl ControlStore for Lab {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        self.ask(|inner| inner.record.clone()).await
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        self.ask(|inner| inner.leases.get(region).cloned()).await
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        self.change(|inner| {
            if !change.applies_to(inner.record.as_ref()) {
                return WriteOutcome::Refused(inner.record.clone());
            }
            inner.check_record(change.record());
            inner.record = Some(change.record().clone());
            WriteOutcome::Written
        })
        .await
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        self.change(|inner| {
            let stored = inner.leases.get(&change.lease().region);
            if !change.applies_to(stored) {
                return WriteOutcome::Refused(stored.cloned());
            }
            inner.leases.insert(change.lease().region.clone(), change.lease().clone());
            WriteOutcome::Written
        })
        .await
    }
}

impl Lab {
    /// A question to the control store. When the answer to a write is lost, the first reads work.
    async fn ask<T>(&self, what: impl FnOnce(&Inner) -> T) -> Result<T, NoAnswer> {
        self.clock.turn().await;
        let trouble = self.inner().store.front().cloned();
        let answer = match trouble {
            Some(Trouble::Before(_)) => Err(silence()),
            Some(Trouble::Hangs) => {
                self.clock.sleep(DurationMs(u64::MAX / 2)).await;
                Err(silence())
            }
            Some(Trouble::After(_)) | None => Ok(what(&self.inner())),
        };
        self.clock.turn().await;
        answer
    }

    async fn change<T>(&self, what: impl FnOnce(&mut Inner) -> WriteOutcome<T>) -> WriteOutcome<T> {
        self.clock.turn().await;
        let outcome = {
            let mut inner = self.inner();
            let outcome = what(&mut inner);
            match inner.store.front().cloned() {
                // From now on nobody answers any more.
                Some(trouble @ Trouble::After(_)) => {
                    let Trouble::After(failure) = trouble else { unreachable!("it is") };
                    inner.store = std::iter::repeat_n(Trouble::Before(failure), 50).collect();
                    WriteOutcome::Unknown
                }
                _ => outcome,
            }
        };
        self.clock.turn().await;
        outcome
    }
}
