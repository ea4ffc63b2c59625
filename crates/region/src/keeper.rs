//! The keeper of the gate: what this process knows of its permission to write, and who asks it.
//!
//! When it is to be renewed is decided next door; what opens a gate, in `fence`.

use std::sync::{Arc, Mutex, MutexGuard};

use fence::{
    ControlStore, Decision, DurationMs, Gate, Holder, Ledger, LedgerEpoch, LedgerSight, Millis,
    Readiness, RecordRead, RegionName, Timing, Traffic,
};
use payments::{Gatekeeper, Reign, Time};
use service::{Health, Log};
use tokio::time::timeout;

use crate::gate_log::GateLog;
use crate::keeping::is_over;
use crate::open_writes::OpenWrites;

/// For how long readiness is answered from one look at the ledger: anybody may ask, as often as they like.
const LEDGER_SIGHT_LENGTH: DurationMs = DurationMs(500);

/// Holds the gate of this process, or of this instance of a function. Clones are the same one.
pub struct Keeper<C, L>(pub(crate) Arc<Shared<C, L>>);

pub(crate) struct Shared<C, L> {
    pub(crate) control: C,
    pub(crate) timing: Timing,
    /// Held while the lease is renewed, so that whoever comes meanwhile need not.
    pub(crate) turn: tokio::sync::Mutex<()>,
    pub(crate) log: GateLog,
    pub(crate) open_writes: Arc<OpenWrites>,
    /// Held while somebody who is asked for readiness looks at the ledger, for all who are.
    ledger_turn: tokio::sync::Mutex<()>,
    ledger: L,
    clock: Box<dyn Fn() -> Time + Send + Sync>,
    seen: Mutex<Seen>,
}

/// What this process saw last.
pub(crate) struct Seen {
    pub(crate) gate: Gate,
    /// When the last renewal ended, well or not.
    pub(crate) renewed_at: Option<Millis>,
    ledger: Ledger,
    /// When the last look at the ledger ended, well or not.
    ledger_seen_at: Option<Millis>,
}

impl<C: ControlStore, L: LedgerEpoch> Keeper<C, L> {
    /// A keeper that has seen nothing yet, and so is closed. `clock` is the wall clock, which goes on while a process
    /// is frozen: a lease is judged by no other.
    pub fn new(
        control: C,
        ledger: L,
        holder: Holder,
        timing: Timing,
        clock: impl Fn() -> Time + Send + Sync + 'static,
    ) -> Self {
        let gate = Gate::new(holder, timing);
        let seen = Mutex::new(Seen {
            gate,
            renewed_at: None,
            ledger: Ledger::Silent,
            ledger_seen_at: None,
        });
        let (clock, turn) = (Box::new(clock), tokio::sync::Mutex::new(()));
        let ledger_turn = tokio::sync::Mutex::new(());
        let (log, open_writes) = (GateLog::default(), Arc::default());
        Self(Arc::new(Shared {
            control,
            timing,
            turn,
            log,
            open_writes,
            ledger_turn,
            ledger,
            clock,
            seen,
        }))
    }

    /// The same keeper, which writes a line into `log` each time that the gate opens, or closes, or is closed for
    /// another reason.
    #[must_use]
    pub fn with_log(self, log: impl Log + 'static) -> Self {
        self.0.log.write_into(log);
        self
    }

    /// What the gate says now, and why.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.seen().gate.decide(self.now())
    }

    pub(crate) fn now(&self) -> Millis {
        Millis((self.0.clock)().as_ms())
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().expect("nobody panics while holding it")
    }

    /// Looks at the ledger unless somebody did a moment ago: however many ask at once, one looks.
    async fn look_at_ledger_if_due(&self) {
        if self.is_ledger_due() {
            let _turn = self.0.ledger_turn.lock().await;
            if self.is_ledger_due() {
                self.look_at_ledger().await;
            }
        }
    }

    fn is_ledger_due(&self) -> bool {
        let now = self.now();
        self.seen().ledger_seen_at.is_none_or(|at| is_over(at, LEDGER_SIGHT_LENGTH, now))
    }

    /// Reads the ledger's epoch row, and takes note of it.
    pub(crate) async fn look_at_ledger(&self) {
        let silent = LedgerSight { ledger: Ledger::Silent, epoch: None };
        let limit = self.0.timing.renewal_interval.into();
        let sight = timeout(limit, self.0.ledger.read_epoch()).await.unwrap_or(silent);
        self.saw_ledger(sight);
        self.tell_open();
    }

    fn saw_ledger(&self, sight: LedgerSight) {
        let now = self.now();
        let mut seen = self.seen();
        (seen.ledger, seen.ledger_seen_at) = (sight.ledger, Some(now));
        if let Some(epoch) = sight.epoch {
            seen.gate.saw_ledger_epoch(epoch);
        }
    }
}

impl<C: ControlStore + Send, L: LedgerEpoch + Send> Gatekeeper for Keeper<C, L> {
    fn gate(&self) -> payments::Gate {
        match self.decision() {
            Decision::Open { epoch, nothing_lost_since, .. } => payments::Gate::Open(Reign {
                epoch: payments::Epoch::new(epoch.number()),
                nothing_lost_since: payments::Epoch::new(nothing_lost_since.number()),
            }),
            Decision::Closed { .. } => payments::Gate::Closed,
        }
    }

    fn writing(&self) -> impl Send {
        self.0.open_writes.begin()
    }
}

impl<C: ControlStore + Send, L: LedgerEpoch + Send> Health for Keeper<C, L> {
    async fn readiness(&self) -> Readiness {
        self.look_at_ledger_if_due().await;
        let (now, seen) = (self.now(), self.seen());
        fence::readiness(&seen.gate, seen.ledger, now)
    }

    async fn traffic(&self) -> Option<RegionName> {
        let asked_at = self.now();
        let limit = self.0.timing.renewal_interval.into();
        let record = timeout(limit, self.0.control.read_record()).await.ok()?.ok()??;
        self.seen().gate.saw_record(&record);
        self.0.open_writes.changed.notify_waiters();
        let read = RecordRead { record: &record, asked_at };
        match fence::traffic(Some(read), &self.0.timing, self.now()) {
            Traffic::Announce(region) => Some(region.clone()),
            Traffic::Silence => None,
        }
    }
}

impl<C, L> Clone for Keeper<C, L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
