//! The strongly consistent store: control record, leases, intents and the runs' journals.
//!
//! It has a vote in each Region and one in the witness, and an endpoint in each Region that serves
//! while it reaches one vote besides its own. Whoever asks goes to the endpoint of the own Region
//! first and to the other's second (`pay-control-store-two-endpoints`).

use std::collections::BTreeMap;

use fence::{
    Command, ControlRecord, ControlStore, Lease, LeaseChange, NoAnswer, Order, RecordChange,
    RegionName, RunId, Verdict, WriteOutcome, judge,
};
use payments::{Intent, IntentState, IntentWrite, ScopedKey, Written};
use planted::{Bug, is_planted};
use runbook::Entry;

use crate::history::{Site, What};
use crate::scenario::{Fault, Spoiled};
use crate::sim::Sim;
use crate::world::World;
use crate::world::network::{Place, Reply, call_slowly};

/// How long one endpoint is waited for, in milliseconds.
const ENDPOINT_LIMIT_MS: u64 = 700;
/// How long two votes take to agree, in milliseconds.
const AGREEMENT_MS: u64 = 12;

/// What is stored.
pub(crate) struct Store {
    pub(crate) record: ControlRecord,
    pub(crate) leases: BTreeMap<RegionName, Lease>,
    pub(crate) intents: BTreeMap<ScopedKey, Intent>,
    pub(crate) journals: BTreeMap<RunId, Vec<Entry>>,
}

impl Store {
    /// The store of a system whose first active Region is this one.
    pub(crate) fn new(active: &RegionName) -> Self {
        let order = Order {
            command: Command::Initialize { region: active.clone() },
            by: fence::Author::new("drill"),
            reason: "the drill begins".to_owned(),
        };
        let Verdict::Write(change) = judge(None, &order) else {
            unreachable!("an empty store can be initialized")
        };
        Self {
            record: change.record().clone(),
            leases: BTreeMap::new(),
            intents: BTreeMap::new(),
            journals: BTreeMap::new(),
        }
    }
}

impl World {
    /// Whether the endpoint in this Region can answer.
    fn endpoint_serves(&self, site: Site) -> bool {
        let own = Place::Region(site);
        let other = Place::Region(site.other());
        !self.faults.has(Fault::StoreEndpointLost(site))
            && (self.network.connects(own, other) && !self.kernel.is_frozen(site.other())
                || self.network.connects(own, Place::Witness))
    }

    /// Whether somebody reaches no endpoint, whatever the network says.
    fn is_cut_from_store(&self, from: Place) -> bool {
        matches!(from, Place::Region(site) if self.faults.has(Fault::StoreCut(site)))
    }

    /// Whether a Region reaches an endpoint that can answer.
    pub(crate) fn reads_store(&self, site: Site) -> bool {
        !self.is_cut_from_store(Place::Region(site))
            && Site::ALL
                .iter()
                .any(|endpoint| self.endpoint_answers(Place::Region(site), *endpoint))
    }

    /// Whether the endpoint in this Region answers somebody there.
    pub(crate) fn endpoint_answers(&self, from: Place, endpoint: Site) -> bool {
        self.network.connects(from, Place::Region(endpoint))
            && self.faults.runs(endpoint)
            && self.endpoint_serves(endpoint)
    }
}

/// Asks the store from a place; the effect may be asked for twice.
pub(crate) async fn ask<T: Send + 'static>(
    sim: &Sim,
    from: Place,
    effect: impl Fn(&mut World) -> T + Clone + Send + 'static,
) -> Reply<T> {
    let endpoints = match from {
        Place::Region(site) => [site, site.other()],
        Place::Witness | Place::Outside => [Site::Standby, Site::Primary],
    };
    let mut is_certain = true;
    for endpoint in endpoints {
        let effect = effect.clone();
        let way = (from, Place::Region(endpoint));
        let serve = move |world: &mut World| {
            (!world.is_cut_from_store(from) && world.endpoint_serves(endpoint))
                .then(|| effect(world))
        };
        match call_slowly(sim, way, ENDPOINT_LIMIT_MS, AGREEMENT_MS, serve).await {
            Reply::Answer(answer) => return Reply::Answer(answer),
            Reply::NotSent => {}
            Reply::Silence => is_certain = false,
        }
    }
    if is_certain { Reply::NotSent } else { Reply::Silence }
}

/// The control store as it is seen from a place.
#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) sim: Sim,
    pub(crate) from: Place,
    pub(crate) asker: Asker,
}

/// Who asks: what a scenario spoils is the runners' only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    Service,
    Runner,
}

impl Control {
    /// Writes, unless the scenario spoils it: it takes place then or not, and nobody hears.
    async fn write<T: PartialEq + Send + 'static>(
        &self,
        write: impl Fn(&mut World) -> WriteOutcome<T> + Clone + Send + 'static,
        wanted: &T,
    ) -> WriteOutcome<T> {
        let spoiled = match self.asker {
            Asker::Service => None,
            Asker::Runner => self.sim.with(|world| world.runs.spoil()),
        };
        match spoiled {
            None => outcome(ask(&self.sim, self.from, write).await, wanted),
            Some(Spoiled::Interrupted | Spoiled::Refused) => WriteOutcome::Unknown,
            Some(Spoiled::Unclear) => {
                ask(&self.sim, self.from, write).await;
                WriteOutcome::Unknown
            }
        }
    }
}

/// What a reader is told.
pub(crate) fn answered<T>(reply: Reply<T>) -> Result<T, NoAnswer> {
    match reply {
        Reply::Answer(answer) => Ok(answer),
        Reply::NotSent | Reply::Silence => {
            Err(NoAnswer { cause: "no endpoint answers".to_owned() })
        }
    }
}

fn outcome<T: PartialEq>(reply: Reply<WriteOutcome<T>>, wanted: &T) -> WriteOutcome<T> {
    match reply {
        // An earlier try of the same write took place unseen.
        Reply::Answer(WriteOutcome::Refused(Some(stored))) if stored == *wanted => {
            WriteOutcome::Written
        }
        Reply::Answer(outcome) => outcome,
        Reply::NotSent | Reply::Silence => WriteOutcome::Unknown,
    }
}

impl ControlStore for Control {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        answered(ask(&self.sim, self.from, |world| Some(world.store.record.clone())).await)
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        let region = region.clone();
        answered(
            ask(&self.sim, self.from, move |world| world.store.leases.get(&region).cloned()).await,
        )
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        let wanted = change.clone();
        let write = move |world: &mut World| world.write_record(&wanted);
        self.write(write, change.record()).await
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let wanted = change.clone();
        let write = move |world: &mut World| world.write_lease(&wanted);
        self.write(write, change.lease()).await
    }
}

impl World {
    fn write_record(&mut self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        if !change.applies_to(Some(&self.store.record)) {
            return WriteOutcome::Refused(Some(self.store.record.clone()));
        }
        self.store.record = change.record().clone();
        self.note(What::Record(Box::new(change.record().clone())));
        WriteOutcome::Written
    }

    fn write_lease(&mut self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let region = &change.lease().region;
        let stored = self.store.leases.get(region);
        if !change.applies_to(stored) {
            return WriteOutcome::Refused(stored.cloned());
        }
        self.store.leases.insert(region.clone(), change.lease().clone());
        WriteOutcome::Written
    }

    /// Writes an intent if the store holds what is expected.
    pub(crate) fn write_intent(&mut self, write: &IntentWrite, site: Site) -> Written {
        let held = self.store.intents.get(&write.intent.key);
        let is_other = |other: &&Intent| Some(other.revision) != write.expects;
        if let Some(other) = held.filter(is_other)
            && !is_planted(Bug::IntentsOverwritten)
        {
            return if *other == write.intent {
                Written::Done
            } else {
                Written::Changed(Box::new(other.clone()))
            };
        }
        let is_late = is_planted(Bug::IntentNotWritten) || is_planted(Bug::IntentAfterLedger);
        if held.is_none() && write.expects.is_some() && is_late {
            return Written::Unavailable;
        }
        assert!(held.is_some() || write.expects.is_none(), "intents are never deleted");
        let was_held = held.is_some_and(|intent| intent.state == IntentState::Quarantined);
        let movement = write.intent.movement;
        let is_held = write.intent.state == IntentState::Quarantined;
        self.store.intents.insert(write.intent.key, write.intent.clone());
        if write.expects.is_none() {
            self.note(What::IntentWritten { movement, key: write.intent.key, site });
        }
        if was_held != is_held {
            self.note(What::Quarantine { movement, held: is_held });
        }
        Written::Done
    }
}
