//! The databases: a writer, a replica that trails it, and what becomes of both when one is lost.
//!
//! Replication is asynchronous, in the order of the log. A promotion with loss cuts the log where
//! the replica stands; the old writer goes on with its own volume until the database service
//! reaches it, keeps that volume as a snapshot, and rebuilds it as a replica.

use std::collections::BTreeMap;

use payments::{Committed, Epoch, MovementId, State, Transaction};

use crate::history::{Site, What};
use crate::scenario::Fault;
use crate::world::World;
use crate::world::database::disk::Disk;
use crate::world::database::volume::{Logged, Volume, state_after};

mod disk;
mod replication;
mod roles;
mod volume;

pub(crate) use volume::Role;

/// Both databases, and how the replica trails.
pub(crate) struct Databases {
    volumes: [Volume; 2],
    disks: [Disk; 2],
    /// The member that the database service calls the writer.
    pub(crate) writer: Site,
    /// How much of the writer's log the replica has.
    applied: usize,
    /// When each entry of the writer's log is at the replica.
    due: Vec<u64>,
    /// When each was committed.
    committed_at: Vec<u64>,
    is_stalled: bool,
    /// When the replica is rebuilt; it is not there before.
    pub(crate) rebuilt_at: u64,
    /// What the old writer had when it was replaced.
    pub(crate) rescued: Option<Volume>,
    noted_lag_ms: u64,
    /// An exchange of roles that is under way.
    pub(crate) is_moving: bool,
    /// How many promotions still answer nothing.
    pub(crate) unclear_left: u32,
}

impl Databases {
    pub(crate) fn new() -> Self {
        Self {
            volumes: [Volume::new(Role::Writer), Volume::new(Role::Replica)],
            disks: [Disk::default(); 2],
            writer: Site::Primary,
            applied: 1,
            due: vec![0],
            committed_at: vec![0],
            is_stalled: false,
            rebuilt_at: 0,
            rescued: None,
            noted_lag_ms: 0,
            is_moving: false,
            unclear_left: 0,
        }
    }

    pub(crate) fn volume(&self, site: Site) -> &Volume {
        &self.volumes[site.index()]
    }

    pub(crate) fn volume_mut(&mut self, site: Site) -> &mut Volume {
        &mut self.volumes[site.index()]
    }

    fn apply_due(&mut self, now: u64) {
        if self.is_stalled {
            return;
        }
        while self.due.get(self.applied).is_some_and(|due| *due <= now) {
            self.applied += 1;
        }
    }

    /// Whether the replica has everything.
    pub(crate) fn is_level(&self) -> bool {
        self.applied == self.volume(self.writer).log.len()
    }

    /// The movements of the writer that this volume does not know. Of those that it knows in an
    /// earlier state nothing is lost: the processor is asked again.
    fn unknown_to(&self, promoted: &Volume) -> Vec<MovementId> {
        let known = promoted.movements();
        let all = self.volume(self.writer).movements().into_keys();
        all.filter(|movement| !known.contains_key(movement)).collect()
    }
}

impl World {
    /// Whether the Region's database answers within the Region.
    pub(crate) fn database_answers(&self, site: Site) -> bool {
        !self.faults.has(Fault::DatabaseLost(site))
            && self.faults.runs(site)
            && !self.has_ended(site)
            && (site == self.databases.writer
                || self.databases.volume(site).role != Role::Replica
                || self.kernel.now() >= self.databases.rebuilt_at)
    }

    /// Whether the Region's database answers and takes writes.
    pub(crate) fn database_takes_writes(&self, site: Site) -> bool {
        self.database_answers(site) && self.databases.volume(site).role == Role::Writer
    }

    /// Commits in a Region's database; nothing when it does not answer.
    pub(crate) fn commit(
        &mut self,
        site: Site,
        transaction: &Transaction,
        gate: Option<bool>,
    ) -> Option<Committed> {
        if !self.database_answers(site) {
            return None;
        }
        if self.databases.volume(site).role != Role::Writer {
            return Some(Committed::Unavailable);
        }
        self.with_room(site, Committed::Unavailable, |world| {
            let committed = world.databases.volume_mut(site).commit(transaction);
            if committed == Committed::Done {
                world.committed(site, transaction, gate);
                world.write_outbox_late(site, transaction.movement);
            }
            committed
        })
    }

    fn committed(&mut self, site: Site, transaction: &Transaction, gate: Option<bool>) {
        let state = state_after(transaction);
        let row_epoch = self.databases.volume(site).epoch.number();
        self.logged(site);
        self.note(What::Committed {
            site,
            epoch: transaction.epoch.number(),
            row_epoch,
            movement: transaction.movement,
            state,
            gate,
        });
    }

    /// Raises the epoch row, never lowers it; the answer is the row. Nothing when the database
    /// takes no write.
    pub(crate) fn raise_epoch(&mut self, site: Site, epoch: Epoch) -> Option<Epoch> {
        let volume = self.databases.volume(site);
        if volume.role != Role::Writer {
            return None;
        }
        if volume.epoch < epoch {
            self.with_room(site, None, |world| {
                world.databases.volume_mut(site).write(Logged::Epoch(epoch));
                world.logged(site);
                world.note(What::EpochRaised { site, epoch: epoch.number() });
                Some(())
            })??;
        }
        Some(self.databases.volume(site).epoch)
    }

    /// What a Region's ledger has of each movement; a replica what has reached it.
    pub(crate) fn ledger_movements(&mut self, site: Site) -> BTreeMap<MovementId, Option<State>> {
        self.catch_up();
        if self.databases.volume(site).role == Role::Replica {
            let writer = self.databases.volume(site.other());
            return writer.cut(self.databases.applied, Role::Replica).movements();
        }
        self.databases.volume(site).movements()
    }
}
