//! Works off the outbox of a Region's ledger: one movement after the other, while the gate is open.

use payments::{Gate, MovementId, Worked, process};

use crate::history::Site;
use crate::sim::Sim;
use crate::world::World;
use crate::world::network::Reply;
use crate::world::ports::{Gated, Ports};
use crate::world::service::{Intake, Open};

/// From one look at the outbox to the next, in milliseconds.
const PAUSE_MS: u64 = 1_000;
/// The same while the gate is closed, in milliseconds.
const CLOSED_PAUSE_MS: u64 = 3_000;
/// For how long a row is claimed, in milliseconds.
const CLAIM_MS: u64 = 15_000;
/// How long until a row is seen to again that could not be settled, in milliseconds.
const LATER_MS: u64 = 3_000;

/// Sees to rows for as long as the process lives.
pub(crate) async fn work_off(sim: Sim, site: Site) {
    let ports = Ports { sim: sim.clone(), site, gated: Gated::Yes };
    loop {
        while let Some(claimed) = claim(&ports).await {
            let open = Open::new(&sim, site);
            let worked = process(&ports, &ports, &ports, &ports, claimed.movement).await;
            drop(open);
            let is_later = matches!(worked, Worked::Later | Worked::Held | Worked::GateClosed);
            let until = is_later.then_some(LATER_MS);
            let note = move |world: &mut World| {
                world.release(site, claimed, until);
                Some(())
            };
            ports.database(note).await;
        }
        let is_open = sim.with(|world| world.gate(site) != Gate::Closed);
        sim.sleep(if is_open { PAUSE_MS } else { CLOSED_PAUSE_MS }).await;
    }
}

/// A row that this worker sees to.
#[derive(Clone, Copy)]
struct Claimed {
    movement: MovementId,
    /// Until when nobody else does.
    until: u64,
}

/// Claims the next row.
async fn claim(ports: &Ports) -> Option<Claimed> {
    let site = ports.site;
    let has_work = ports.sim.with(|world| {
        // Spares a question that would find nothing.
        world.services.intake(site) == Intake::On
            && world.gate(site) != Gate::Closed
            && world.has_due(site)
    });
    if !has_work {
        return None;
    }
    match ports.database(move |world| Some(world.claim(site))).await {
        Reply::Answer(claimed) => claimed,
        Reply::NotSent | Reply::Silence => None,
    }
}

impl World {
    fn has_due(&self, site: Site) -> bool {
        let now = self.kernel.now();
        self.databases.volume(site).outbox.values().any(|until| *until <= now)
    }

    /// Claims a row under the epoch of the gate, if that is the ledger's.
    fn claim(&mut self, site: Site) -> Option<Claimed> {
        let Gate::Open(reign) = self.gate(site) else { return None };
        let takes_writes = self.database_takes_writes(site);
        if !takes_writes || self.databases.volume(site).epoch != reign.epoch {
            return None;
        }
        self.with_room(site, None, |world| {
            let now = world.kernel.now();
            let outbox = &mut world.databases.volume_mut(site).outbox;
            let (movement, until) = outbox.iter_mut().find(|(_, until)| **until <= now)?;
            *until = now + CLAIM_MS;
            Some(Claimed { movement: *movement, until: *until })
        })?
    }

    /// Gives a row back until later, or takes it away, if it is still claimed as it was.
    fn release(&mut self, site: Site, claimed: Claimed, until: Option<u64>) {
        let (now, takes_writes) = (self.kernel.now(), self.database_takes_writes(site));
        let volume = self.databases.volume(site);
        let is_own = volume.outbox.get(&claimed.movement) == Some(&claimed.until);
        if !takes_writes || !is_own {
            return;
        }
        // One that is not given back is free when its claim has run out.
        self.with_room(site, (), |world| {
            let outbox = &mut world.databases.volume_mut(site).outbox;
            match until {
                Some(later) => outbox.insert(claimed.movement, now + later),
                None => outbox.remove(&claimed.movement),
            };
        });
    }
}
