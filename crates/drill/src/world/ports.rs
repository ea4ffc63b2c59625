//! The ports of `payments` as a process of one Region has them.

use payments::{
    Call, Committed, Gate, Gatekeeper, Intent, IntentWrite, Intents, Ledger, PaymentId,
    PaymentRecord, Processor, ProcessorKey, Read, Reign, ScopedKey, Sent, Status, Transaction,
    Written,
};
use planted::{Bug, is_planted};
use processor::Asked;

use crate::history::Site;
use crate::scenario::{Fault, Span};
use crate::sim::Sim;
use crate::world::World;
use crate::world::network::{Place, Reply, call, call_slowly};
use crate::world::processor::{Calling, send, status};
use crate::world::store::ask;

/// How long the database is waited for, in milliseconds.
pub(crate) const DATABASE_LIMIT_MS: u64 = 2_000;

/// What one process of a Region reaches.
#[derive(Clone)]
pub(crate) struct Ports {
    pub(crate) sim: Sim,
    pub(crate) site: Site,
    /// Whether a gate stands before its writes. A run's own have none: they come before it opens.
    pub(crate) gated: Gated,
}

/// Whether a gate stands before writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gated {
    /// They are a service's.
    Yes,
    /// They are a run's.
    No,
}

impl Ports {
    pub(crate) fn here(&self) -> Place {
        Place::Region(self.site)
    }

    /// Asks the Region's own database.
    pub(crate) async fn database<T: Send + 'static>(
        &self,
        effect: impl FnOnce(&mut World) -> Option<T> + Send + 'static,
    ) -> Reply<T> {
        call(&self.sim, (self.here(), self.here()), DATABASE_LIMIT_MS, effect).await
    }
}

impl World {
    /// What the gate of the Region's service says now, by the Region's clock.
    pub(crate) fn gate(&self, site: Site) -> Gate {
        match self.services.decision(site, self.clock(Some(site))) {
            Some((epoch, nothing_lost_since)) => Gate::Open(Reign {
                epoch: payments::Epoch::new(epoch.number()),
                nothing_lost_since: payments::Epoch::new(nothing_lost_since.number()),
            }),
            None if is_planted(Bug::GateNotAsked) => {
                let epoch = self.databases.volume(site).epoch;
                Gate::Open(Reign { epoch, nothing_lost_since: epoch })
            }
            None => Gate::Closed,
        }
    }
}

/// For how long a write may wait inside of a database, in milliseconds.
const STALL_MS: Span = Span { least: 1_000, most: 20_000 };

impl World {
    /// For how long the next write to a Region's database waits inside of it.
    fn stall_ms(&mut self, site: Site) -> u64 {
        let percent = self.faults.find(|fault| match fault {
            Fault::WritesStall(at, percent) if at == site => Some(percent),
            _ => None,
        });
        let stalls = self.kernel.random.chance(percent.unwrap_or(0));
        if stalls { self.kernel.random.within(STALL_MS) } else { 0 }
    }
}

impl Gatekeeper for Ports {
    fn gate(&self) -> Gate {
        self.sim.with(|world| world.gate(self.site))
    }
}

fn found<T>(reply: Reply<Option<T>>) -> Read<T> {
    match reply {
        Reply::Answer(Some(found)) => Read::Found(found),
        Reply::Answer(None) => Read::Absent,
        Reply::NotSent | Reply::Silence => Read::Unavailable,
    }
}

impl Intents for Ports {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        let key = *key;
        found(
            ask(&self.sim, self.here(), move |world| world.store.intents.get(&key).cloned()).await,
        )
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        let (site, write) = (self.site, write.clone());
        match ask(&self.sim, self.here(), move |world| world.write_intent(&write, site)).await {
            Reply::Answer(written) => written,
            Reply::NotSent => Written::Unavailable,
            Reply::Silence => Written::Unknown,
        }
    }
}

impl Ledger for Ports {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        let site = self.site;
        let look = move |world: &mut World| {
            // A replica is no writer: it does not say what is not there.
            world
                .database_takes_writes(site)
                .then(|| world.databases.volume(site).records.get(&payment).cloned())
        };
        found(self.database(look).await)
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        let (site, gated, transaction) = (self.site, self.gated, transaction.clone());
        let commit = move |world: &mut World| {
            let gate = match gated {
                Gated::Yes => Some(world.gate(site) != Gate::Closed),
                Gated::No => None,
            };
            world.commit(site, &transaction, gate)
        };
        let way = (self.here(), self.here());
        let stall_ms = self.sim.with(|world| world.stall_ms(site));
        match call_slowly(&self.sim, way, DATABASE_LIMIT_MS, stall_ms, commit).await {
            Reply::Answer(committed) => committed,
            Reply::NotSent => Committed::Unavailable,
            Reply::Silence => Committed::Unknown,
        }
    }
}

impl Processor for Ports {
    async fn send(&self, call: &Call) -> Sent {
        let mut asked = Asked::of(call);
        if is_planted(Bug::ProcessorKeyPerTry) {
            asked.key += &self.sim.with(|world| world.kernel.now()).to_string();
        }
        let calling =
            Calling { asked, key: call.key(), movement: call.movement(), site: self.site };
        send(&self.sim, calling).await
    }

    async fn status(&self, key: ProcessorKey) -> Status {
        status(&self.sim, self.site, key).await
    }
}
