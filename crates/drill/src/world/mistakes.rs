//! What planted bugs do in this world, as far as it is more than a word in a line.

use payments::{MovementId, Phase, Posting, Side};
use planted::{Bug, is_planted};

use crate::history::Site;
use crate::world::World;

/// How long after its transaction an outbox row is written that is not in it, in milliseconds.
const LATE_MS: u64 = 100;

/// Whether this posting is not written.
pub(crate) fn is_left_out(posting: &Posting) -> bool {
    is_planted(Bug::PostingLeftOut)
        && (posting.transfer.phase, posting.side) == (Phase::Posted, Side::Credit)
}

impl World {
    /// Writes an outbox row in a transaction of its own, if the process lives so long.
    pub(crate) fn write_outbox_late(&mut self, site: Site, movement: MovementId) {
        if !is_planted(Bug::OutboxBesideTransaction) {
            return;
        }
        let process = self.services.process(site);
        let row = self.databases.volume_mut(site).outbox.remove(&movement);
        let write = move |world: &mut World| {
            if let (Some(row), true) = (row, world.services.process(site) == process) {
                world.databases.volume_mut(site).outbox.insert(movement, row);
            }
        };
        self.kernel.deliver(self.kernel.now() + LATE_MS, Box::new(write));
    }
}
