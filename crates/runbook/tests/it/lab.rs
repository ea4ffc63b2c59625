//! A small system in memory, with a control record by the real `fence`, and with troubles that a test
//! orders.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};

use fence::{
    Author, Command, ControlRecord, ControlStore, DurationMs, Epoch, HolderId, Lease, Millis,
    Order, RegionName, Verdict, judge,
};
use runbook::{Action, ActionName, Entry, Event, Failure, Observed, Plan, World};

use crate::clock::Clock;
use crate::facts::{AT, region};
use crate::system::Inner;

/// What happens to one attempt of an action, or to one question to the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It has no effect.
    Before(Failure),
    /// It has effect, and nobody hears of it.
    After(Failure),
    /// It has no effect, and no answer comes.
    Hangs,
    /// Meanwhile the clock of whoever drives jumps so far ahead, as it is seen.
    ClockJumps(i64),
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
            clock_ahead_ms: 0,
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

impl World for Lab {
    fn now(&self) -> Millis {
        self.clock.now()
    }

    fn clock_ahead_ms(&self) -> i64 {
        self.inner().clock_ahead_ms
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
            Some(Trouble::ClockJumps(ms)) => {
                self.inner().clock_ahead_ms = ms;
                perform()
            }
            Some(Trouble::Hangs) => {
                self.clock.sleep(DurationMs(u64::MAX / 2)).await;
                Err(Failure::TimedOut)
            }
        };
        self.clock.turn().await;
        result
    }
}
