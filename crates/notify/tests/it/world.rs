//! Two Regions over one ledger, a processor, and everybody who is told, in memory.
//!
//! Time passes, Regions change and processes take turns only where a test says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use notify::{Called, Endpoints, WebhookRequest};
use payments::{Command, Epoch, Gate, Intent, Outcome, Reign, ScopedKey};
use processor::{CardProcessor, Terms};

use crate::ports::{Mishap, Ports};
use crate::store::Store;
use crate::support::{START_MS, endpoints};
use crate::task::{Done, Job, Task};

/// How long a worker holds what it claimed, in milliseconds.
pub(crate) const LEASE_MS: u64 = 30_000;

pub(crate) struct Inner {
    pub(crate) now_ms: u64,
    pub(crate) gates: [Gate; 2],
    pub(crate) active: usize,
    pub(crate) ledger: Store,
    pub(crate) intents: BTreeMap<ScopedKey, Intent>,
    pub(crate) processor: CardProcessor,
    /// The configuration; nothing while it cannot be read.
    pub(crate) endpoints: Option<Arc<Endpoints>>,
    /// What each address answers.
    pub(crate) receivers: BTreeMap<String, Called>,
    /// What the topic got, in order.
    pub(crate) published: Vec<String>,
    /// What the bucket got under each name, in order.
    pub(crate) receipts: BTreeMap<String, Vec<String>>,
    /// What receivers got, in order, and what they answered.
    pub(crate) received: Vec<(WebhookRequest, Called)>,
}

/// The answer of a receiver who takes it.
pub(crate) const TAKEN: Called = Called::Answered { status: 204, retry_after: None };

/// The configuration: one endpoint for everything, one for last words on payments. A revision can be raised.
pub(crate) fn configuration(revision: u32) -> Endpoints {
    let all = format!(r#""id": "all", "url": "https://all.example/", "revision": {revision}"#);
    let last = format!(
        r#""id": "last", "url": "https://last.example/hooks", "revision": {revision},
           "events": ["payment.succeeded", "payment.declined"]"#
    );
    endpoints(&[&all, &last])
}

/// The world; clones are the same one.
#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<Inner>>);

impl World {
    /// The first Region is active under epoch 1, and everybody answers.
    pub(crate) fn new() -> Self {
        let epoch = Epoch::new(1);
        Self(Arc::new(Mutex::new(Inner {
            now_ms: START_MS,
            gates: [open(epoch), Gate::Closed],
            active: 0,
            ledger: Store::new(epoch),
            intents: BTreeMap::new(),
            processor: CardProcessor::new(Terms::default()),
            endpoints: Some(Arc::new(configuration(1))),
            receivers: BTreeMap::new(),
            published: Vec::new(),
            receipts: BTreeMap::new(),
            received: Vec::new(),
        })))
    }

    /// Looks at it or changes it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    pub(crate) fn pass(&self, ms: u64) {
        self.with(|inner| inner.now_ms += ms);
    }

    /// The active role moves: the source's gate closes before the ledger's epoch rises.
    pub(crate) fn switch_over(&self) {
        self.with(|inner| {
            inner.gates[inner.active] = Gate::Closed;
            let epoch = Epoch::new(inner.ledger.epoch.number() + 1);
            inner.ledger.epoch = epoch;
            inner.active = 1 - inner.active;
            inner.gates[inner.active] = open(epoch);
        });
    }

    /// Begins a job in the active Region.
    pub(crate) fn spawn(&self, job: Job, script: Vec<Mishap>) -> Task {
        let site = self.with(|inner| inner.active);
        Task::new(Ports::new(self.clone(), site), job, script)
    }

    /// Does a job from beginning to end; nothing when its process died.
    pub(crate) fn run(&self, job: Job, script: Vec<Mishap>) -> Option<Done> {
        self.spawn(job, script).finish()
    }

    /// What the client of a job is told, when nothing goes wrong.
    pub(crate) fn ask(&self, command: Command) -> Outcome {
        match self.run(Job::Request(Box::new(command)), Vec::new()) {
            Some(Done::Answered(outcome)) => outcome,
            other => panic!("a request is told something, not {other:?}"),
        }
    }
}

fn open(epoch: Epoch) -> Gate {
    Gate::Open(Reign { epoch, nothing_lost_since: Epoch::new(1) })
}
