//! Keeps the gate of a Region's service as open as it may be.

use fence::{Decision, State, leave_once, renew_once};

use crate::history::Site;
use crate::sim::Sim;
use crate::world::World;
use crate::world::network::{Place, Reply, call};
use crate::world::ports::DATABASE_LIMIT_MS;
use crate::world::store::{Asker, Control};

/// Renews the lease and looks at the ledger's epoch row, for as long as the process lives.
pub(crate) async fn keep(sim: Sim, site: Site) {
    let control = Control { sim: sim.clone(), from: Place::Region(site), asker: Asker::Service };
    loop {
        renew(&sim, site, &control).await;
        if sim.with(|world| world.is_meant(site)) {
            look_at_ledger(&sim, site).await;
        }
        leave_when_drained(&sim, site, &control).await;
        let pause = sim.with(|world| {
            world.note_gate(site);
            world.pause_ms(site)
        });
        sim.sleep(pause).await;
    }
}

impl World {
    /// Whether the record that the process saw last names its Region: in another the ledger's row
    /// opens no gate, and is not looked at so often.
    fn is_meant(&self, site: Site) -> bool {
        let record = self.services.gate(site).and_then(fence::Gate::record);
        record.is_some_and(|record| record.active_region() == Some(self.region(site)))
    }

    /// How long until the next renewal: often while the gate is closed and may open any moment.
    fn pause_ms(&self, site: Site) -> u64 {
        let interval = self.timing.renewal_interval.0;
        let is_open = self.services.decision(site, self.clock(Some(site))).is_some();
        if is_open { interval } else { interval.div_ceil(3) }
    }
}

async fn renew(sim: &Sim, site: Site, control: &Control) {
    let asked = sim.with(|world| {
        let now = world.clock(Some(site));
        let holder = world.services.gate(site)?.holder().clone();
        Some((holder, world.timing, now))
    });
    let Some((holder, timing, now)) = asked else { return };
    let renewal = renew_once(control, &holder, &timing, now);
    if let Some(sighting) = sim.within(timing.renewal_interval.0, renewal).await {
        sim.with(|world| {
            if let Some(gate) = world.services.gate_mut(site) {
                gate.saw(&sighting);
            }
            world.note_gate(site);
        });
    }
}

async fn look_at_ledger(sim: &Sim, site: Site) {
    let here = (Place::Region(site), Place::Region(site));
    let look = move |world: &mut World| {
        world.database_takes_writes(site).then(|| world.databases.volume(site).epoch)
    };
    if let Reply::Answer(epoch) = call(sim, here, DATABASE_LIMIT_MS, look).await {
        sim.with(|world| {
            if let Some(gate) = world.services.gate_mut(site) {
                gate.saw_ledger_epoch(fence::Epoch::new(epoch.number()));
            }
            world.note_gate(site);
        });
    }
}

/// A process that may not write any more, and does not, says so: a run need not wait for its lease.
async fn leave_when_drained(sim: &Sim, site: Site, control: &Control) {
    let left = sim.with(|world| {
        let now = world.clock(Some(site));
        let is_idle = world.services.is_idle(site);
        let gate = world.services.gate_mut(site)?;
        let is_closing = gate.record().is_some_and(|record| {
            record.state() != State::Active || record.active_region() != Some(&gate.holder().region)
        });
        let is_closed = matches!(gate.decide(now), Decision::Closed { .. });
        (gate.held().is_some() && is_closing && is_closed && is_idle).then(|| gate.leave())?
    });
    if let Some(left) = left {
        let limit = sim.with(|world| world.timing.renewal_interval.0);
        // What is not said runs out by itself.
        let _ = sim.within(limit, leave_once(control, &left)).await;
    }
}
