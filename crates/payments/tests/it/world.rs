//! Two Regions, a processor and a store of intents in memory.
//!
//! Time passes, Regions change and processes take turns only where a test says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use payments::{
    Command, Cut, Epoch, Gate, Intent, MovementId, Outcome, PaymentId, ProcessorKey, Reign,
    ScopedKey, State,
};

use crate::bank::Bank;
use crate::ports::{Mishap, Ports};
use crate::store::Store;
use crate::task::{Done, Job, Task};

/// A Region: its gate and its ledger.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) gate: Gate,
    pub(crate) ledger: Store,
}

/// An effect that happens later, and the key if it is a call to the processor.
type Late = (Option<ProcessorKey>, Box<dyn FnOnce(&mut Inner) + Send>);

pub(crate) struct Inner {
    pub(crate) intents: BTreeMap<ScopedKey, Intent>,
    pub(crate) sites: [Site; 2],
    pub(crate) active: usize,
    nothing_lost_since: Epoch,
    /// Payments that a failover lost and reconciliation has overlooked.
    pub(crate) overlooked: BTreeSet<MovementId>,
    pub(crate) bank: Bank,
    /// What clients were told, in order.
    pub(crate) told: Vec<(ScopedKey, Outcome)>,
    pub(crate) late: Vec<Late>,
}

impl Inner {
    pub(crate) fn ledger(&self) -> &Store {
        &self.sites[self.active].ledger
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.ledger().epoch.expect("a ledger has an epoch row")
    }
}

/// The world; clones are the same one.
#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<Inner>>);

impl World {
    /// The first Region is active under epoch 1.
    pub(crate) fn new() -> Self {
        let epoch = Epoch::new(1);
        let store = Store { epoch: Some(epoch), ..Store::default() };
        let open = Gate::Open(Reign { epoch, nothing_lost_since: epoch });
        let sites = [open, Gate::Closed].map(|gate| Site { gate, ledger: store.clone() });
        Self(Arc::new(Mutex::new(Inner {
            intents: BTreeMap::new(),
            sites,
            active: 0,
            nothing_lost_since: epoch,
            overlooked: BTreeSet::new(),
            bank: Bank::default(),
            told: Vec::new(),
            late: Vec::new(),
        })))
    }

    /// Looks at it or changes it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    /// Lets everything happen that is still on its way.
    pub(crate) fn deliver(&self) {
        self.with(|inner| {
            for (_, late) in std::mem::take(&mut inner.late) {
                late(inner);
            }
        });
    }

    /// More time passes than the processor remembers keys.
    pub(crate) fn forget(&self) {
        self.deliver();
        self.with(|inner| {
            inner.bank.charges.values_mut().for_each(|charge| charge.is_remembered = false);
        });
    }

    /// The active Region is lost with its last `lost` transactions. Its gate closes with its lease;
    /// the other's opens when reconciliation has begun.
    pub(crate) fn fail_over(&self, lost: usize) {
        self.promote(Some(lost));
        self.hold(|_| true);
        self.open();
    }

    /// The same, but reconciliation overlooks missing payments, if they have no refunds: only their
    /// keys tell of them.
    pub(crate) fn fail_over_carelessly(&self, lost: usize) {
        self.promote(Some(lost));
        let is_refund = |movement: &MovementId| matches!(movement, MovementId::Refund(..));
        let refunded: BTreeSet<PaymentId> = self.with(|inner| {
            let refunds = inner.intents.values().map(|intent| intent.movement).filter(is_refund);
            refunds.map(MovementId::payment).collect()
        });
        let missing = self.missing().into_iter().map(|intent| intent.movement);
        let overlooked: BTreeSet<MovementId> =
            missing.filter(|movement| !refunded.contains(&movement.payment())).collect();
        self.with(|inner| inner.overlooked.extend(&overlooked));
        self.hold(|movement| !overlooked.contains(&movement));
        self.open();
    }

    fn hold(&self, holds: impl Fn(MovementId) -> bool) {
        for intent in self.missing().into_iter().filter(|intent| holds(intent.movement)) {
            let done = self.run(Job::Quarantine(intent), Vec::new());
            assert!(matches!(done, Some(Done::Reconciled(_))));
        }
    }

    /// The active role moves without loss.
    pub(crate) fn switch_over(&self) {
        self.promote(None);
        self.open();
    }

    fn promote(&self, lost: Option<usize>) {
        self.with(|inner| {
            let epoch = Epoch::new(inner.epoch().number() + 1);
            let target = 1 - inner.active;
            let source = &mut inner.sites[inner.active];
            source.gate = Gate::Closed;
            // An Aurora switchover makes the old cluster a replica; a lost Region may go on writing
            // to its own.
            source.ledger.is_read_only = lost.is_none();
            let promoted = source.ledger.promoted(lost.unwrap_or(0), epoch);
            let nothing_lost_since = match lost {
                Some(_) => epoch,
                None => inner.nothing_lost_since,
            };
            inner.nothing_lost_since = nothing_lost_since;
            inner.sites[target].ledger = promoted;
            inner.active = target;
        });
    }

    fn open(&self) {
        self.with(|inner| {
            let (epoch, nothing_lost_since) = (inner.epoch(), inner.nothing_lost_since);
            inner.sites[inner.active].gate = Gate::Open(Reign { epoch, nothing_lost_since });
        });
    }

    /// The intents from before the latest failover with loss that the active ledger does not know.
    pub(crate) fn missing(&self) -> Vec<Intent> {
        self.compare(|intents, known, cut| payments::missing(intents, known, cut))
    }

    /// Those of them that nobody went on with.
    pub(crate) fn abandoned(&self) -> Vec<Intent> {
        self.compare(|intents, known, cut| payments::abandoned(intents, known, cut))
    }

    fn compare(&self, by: fn(&[Intent], &BTreeSet<MovementId>, Cut) -> Vec<Intent>) -> Vec<Intent> {
        self.with(|inner| {
            let known: BTreeSet<_> =
                inner.ledger().movements().into_iter().map(|(movement, _)| movement).collect();
            let latest = known.iter().map(|movement| movement.payment().time()).max();
            let cut = Cut { before: inner.nothing_lost_since, latest };
            by(&inner.intents.values().cloned().collect::<Vec<_>>(), &known, cut)
        })
    }

    /// The intents that wait to be settled.
    pub(crate) fn held(&self) -> Vec<Intent> {
        self.with(|inner| {
            let is_held = |state: &Option<State>| *state == Some(State::Quarantined);
            let movements = inner.ledger().movements().into_iter();
            let held = movements.filter(|(_, state)| is_held(state)).map(|(movement, _)| movement);
            payments::held(inner.intents.values(), &held.collect())
        })
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
            Some(Done::Told(outcome)) => outcome,
            other => panic!("a request is told something, not {other:?}"),
        }
    }
}
