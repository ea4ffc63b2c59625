//! Who is the writer: promotion, exchange of roles, and what becomes of a writer that was replaced.

use payments::MovementId;

use crate::history::{Site, What};
use crate::scenario::Fault;
use crate::world::World;
use crate::world::database::Role;
use crate::world::database::volume::Volume;
use crate::world::network::Place;

/// How long the database service takes to rebuild a replica, in milliseconds.
const REBUILD_MS: u64 = 20_000;

impl World {
    /// After a change of roles or faults: replication stops or goes on, and a writer that was
    /// replaced is found after a while.
    pub(crate) fn rejoin_databases(&mut self) {
        if self.finds_old_writer() {
            let at = self.kernel.now() + 200 + self.kernel.random.below(3_000);
            self.kernel.deliver(at, Box::new(|world| world.rebuild_old_writer()));
        }
        self.resume_replication();
    }

    /// Whether the database service reaches a writer that it has replaced.
    fn finds_old_writer(&self) -> bool {
        let (writer, old) = (self.databases.writer, self.databases.writer.other());
        let is_found = self.network.connects(Place::Region(writer), Place::Region(old))
            && self.faults.runs(old)
            && self.faults.runs(writer)
            && !self.faults.has(Fault::StorageFenceFails)
            && !self.faults.has(Fault::DatabaseLost(old))
            // There is no room to read its end in, nor for the new writer's data.
            && !self.is_disk_full(old);
        let is_old = self.databases.volume(old).role == Role::Writer
            || self.databases.volume(old).role == Role::Stopped && !self.databases.is_moving;
        is_found && is_old
    }

    /// Keeps the old writer's volume aside and rebuilds the member.
    fn rebuild_old_writer(&mut self) {
        if self.finds_old_writer() {
            let old = self.databases.writer.other();
            let replica = Volume::new(Role::Replica);
            let kept = std::mem::replace(self.databases.volume_mut(old), replica);
            self.databases.rescued = Some(kept);
            self.databases.rebuilt_at = self.kernel.now() + REBUILD_MS;
            self.resume_replication();
        }
    }

    /// Makes the replica the writer, with the loss of what it has not.
    pub(crate) fn promote_with_loss(&mut self, target: Site) {
        if self.databases.writer == target {
            return;
        }
        self.catch_up();
        let source = target.other();
        let promoted = self.databases.volume(source).cut(self.databases.applied, Role::Writer);
        let lost = self.databases.unknown_to(&promoted);
        self.take_over(target, promoted, lost);
    }

    /// Exchanges the roles; everything has been replicated.
    pub(crate) fn exchange(&mut self) {
        let (source, target) = (self.databases.writer, self.databases.writer.other());
        assert!(self.databases.is_level(), "an exchange loses nothing");
        let length = self.databases.applied;
        let promoted = self.databases.volume(source).cut(length, Role::Writer);
        let lost = self.databases.unknown_to(&promoted);
        *self.databases.volume_mut(source) = Volume::new(Role::Replica);
        self.take_over(target, promoted, lost);
    }

    fn take_over(&mut self, target: Site, promoted: Volume, lost: Vec<MovementId>) {
        let length = promoted.log.len();
        let now = self.kernel.now();
        *self.databases.volume_mut(target) = promoted;
        self.databases.writer = target;
        // The new replica is filled from the new writer's volume.
        self.databases.applied = length;
        self.databases.due = vec![now; length];
        self.databases.committed_at = vec![now; length];
        self.databases.is_stalled = true;
        self.note(What::Promoted { site: target, lost });
        self.rejoin_databases();
    }
}
