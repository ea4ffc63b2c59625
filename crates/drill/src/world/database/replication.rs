//! How the replica trails the writer: when what was committed arrives there, and how far behind it is.

use crate::history::{Site, What};
use crate::scenario::Fault;
use crate::world::World;
use crate::world::database::Role;
use crate::world::network::Place;

/// How far a replica trails at least, in milliseconds.
const LAG_MS: u64 = 20;
/// How much further it may trail by chance, in milliseconds: mostly below a second, as AWS says.
const LAG_RANGE_MS: u64 = 900;
/// What a replica may be behind before a planned change, in milliseconds.
const CLOSE_MS: u64 = 2_000;

impl World {
    pub(crate) fn replication_works(&self) -> bool {
        let (from, to) = (self.databases.writer, self.databases.writer.other());
        self.network.reaches(Place::Region(from), Place::Region(to))
            && [from, to]
                .iter()
                .all(|site| !self.faults.has(Fault::DatabaseLost(*site)) && self.faults.runs(*site))
            && [from, to].iter().all(|site| !self.has_ended(*site))
            && self.databases.volume(to).role == Role::Replica
    }

    /// Lets replication come as far as it has come by now, before anything changes.
    pub(crate) fn catch_up(&mut self) {
        let now = self.kernel.now();
        self.databases.apply_due(now);
    }

    /// How long the next entry takes to the replica.
    fn lag_ms(&mut self) -> u64 {
        let extra = self.faults.find(|fault| match fault {
            Fault::ReplicationLag(ms) => Some(ms),
            _ => None,
        });
        LAG_MS + self.kernel.random.below(LAG_RANGE_MS) + extra.unwrap_or(0)
    }

    pub(super) fn resume_replication(&mut self) {
        let works = self.replication_works();
        let was_stalled = std::mem::replace(&mut self.databases.is_stalled, !works);
        if was_stalled && works {
            let now = self.kernel.now().max(self.databases.rebuilt_at);
            let lag = self.lag_ms();
            let applied = self.databases.applied;
            for due in &mut self.databases.due[applied..] {
                *due = (*due).max(now + lag);
            }
        }
    }

    /// An entry was added to a log: it is on its way to the replica if that log is the writer's.
    pub(super) fn logged(&mut self, site: Site) {
        if site == self.databases.writer {
            self.catch_up();
            let due = self.kernel.now() + self.lag_ms();
            let due = self.databases.due.last().map_or(due, |last| due.max(*last));
            self.databases.due.push(due);
            self.databases.committed_at.push(self.kernel.now());
        }
    }

    /// How far the replica is behind: since when it lacks something, in milliseconds.
    pub(crate) fn replica_lag_ms(&mut self) -> u64 {
        self.catch_up();
        let since = self.databases.committed_at.get(self.databases.applied);
        since.map_or(0, |since| self.kernel.now().saturating_sub(*since))
    }

    /// Writes down how far the replica is behind, when that has changed much.
    pub(crate) fn note_lag(&mut self) {
        let ms = self.replica_lag_ms();
        let noted = self.databases.noted_lag_ms;
        if ms.abs_diff(noted) > CLOSE_MS || (ms == 0 && noted > 0) {
            self.databases.noted_lag_ms = ms;
            self.note(What::Lag { ms });
        }
    }

    /// Whether replication works and is close.
    pub(crate) fn replication_is_close(&mut self) -> bool {
        self.replication_works() && self.replica_lag_ms() < CLOSE_MS
    }
}
