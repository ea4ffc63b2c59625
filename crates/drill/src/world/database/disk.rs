//! A disk that is full. Reads work, and a write is refused for which the tables' pages have no room; each makes the log
//! longer all the same, until the server needs a new file for it, and ends itself: PostgreSQL says `could not extend
//! file` of the first and panics over the second. A replica writes nothing but log, and ends at once. Nobody can start
//! either before there is space.

use crate::history::Site;
use crate::scenario::{Fault, Span};
use crate::world::World;

/// How many of a hundred writes still find room in the pages that there are.
const FITTING_PERCENT: u32 = 10;
/// How many writes the file of the log has room for that is open.
const LOG_WRITES: Span = Span { least: 1, most: 60 };

/// How much room the disk of a database has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Disk {
    /// Enough.
    #[default]
    Roomy,
    /// None, but in the file of the log that is open, for so many writes; at 0 the server has ended itself.
    Full { log_writes_left: u64 },
}

/// What becomes of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// It takes place.
    Enough,
    /// The server refuses it.
    None,
    /// The server ends in the middle of it: it is in the log by then or not, and nobody hears.
    Ends {
        /// Whether it is.
        is_logged: bool,
    },
}

impl World {
    /// Whether the server ended itself for want of space.
    pub(super) fn has_ended(&self, site: Site) -> bool {
        self.databases.disks[site.index()] == Disk::Full { log_writes_left: 0 }
    }

    /// Whether the disk of a Region's database is full, whatever still runs on it.
    pub(crate) fn is_disk_full(&self, site: Site) -> bool {
        self.faults.has(Fault::DiskFull(site))
    }

    /// A disk becomes full.
    pub(crate) fn fill_disk(&mut self, site: Site) {
        let log_writes_left = match self.databases.writer == site {
            true => self.kernel.random.within(LOG_WRITES),
            false => 0,
        };
        self.databases.disks[site.index()] = Disk::Full { log_writes_left };
    }

    /// There is space again, and a server that had ended starts.
    pub(crate) fn free_disk(&mut self, site: Site) {
        self.databases.disks[site.index()] = Disk::Roomy;
    }

    /// What becomes of the next write to a database that takes writes.
    fn room(&mut self, site: Site) -> Room {
        let Disk::Full { log_writes_left } = self.databases.disks[site.index()] else {
            return Room::Enough;
        };
        let log_writes_left = log_writes_left.saturating_sub(1);
        self.databases.disks[site.index()] = Disk::Full { log_writes_left };
        if log_writes_left == 0 {
            self.catch_up();
            self.rejoin_databases();
            return Room::Ends { is_logged: self.kernel.random.chance(50) };
        }
        match self.kernel.random.chance(FITTING_PERCENT) {
            true => Room::Enough,
            false => Room::None,
        }
    }

    /// Writes something, if there is room for it; nothing when the server ends in the middle of it.
    pub(crate) fn with_room<T>(
        &mut self,
        site: Site,
        refused: T,
        write: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        match self.room(site) {
            Room::Enough => Some(write(self)),
            Room::None => Some(refused),
            Room::Ends { is_logged } => {
                if is_logged {
                    write(self);
                }
                None
            }
        }
    }
}
