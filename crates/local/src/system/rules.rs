//! What is broken now, and what that means for connections.

use std::collections::BTreeSet;
use std::time::Duration;

use drill::{Fault, Site};

use crate::network::{Line, LinkName, Passage, Way};
use crate::place::Place;
use crate::postgres::disks_can_be_limited;

/// What one time over a Region's border takes when nothing is slow: next to nothing on one machine, so
/// that "so many times as long" is measured against this.
const BORDER: Duration = Duration::from_millis(2);

/// How far the standby's database is behind in the best of times: typically less than a second in AWS
/// (`aurora-stated-objectives`), shrunk like everything. Without it no Region would be lost with something
/// on its way.
const REPLICATION: Duration = Duration::from_millis(20);

/// How late an object comes into the other Region's bucket in the best of times: most within seconds in AWS
/// (`s3-rtc-stated-objectives`), shrunk like everything.
const OBJECTS: Duration = Duration::from_millis(100);

/// What something is to do by all faults that are there together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// It runs.
    Run,
    /// It stands where it stood, if it is there.
    StandStill,
    /// It is not there.
    Gone,
}

/// The faults that are there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(BTreeSet<Fault>);

impl Faults {
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// By kind and place: of two amounts the later one counts, and a mend ends either.
    pub(crate) fn change(&mut self, fault: Fault, begins: bool) {
        self.0.retain(|other| other.without_amount() != fault.without_amount());
        if begins {
            self.0.insert(fault);
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Fault> {
        self.0.iter().copied()
    }

    /// What a Region's database is to do.
    pub(crate) fn of_database(&self, site: Site) -> Due {
        self.due(site, self.has(Fault::DatabaseLost(site)))
    }

    /// What a Region's service is to do.
    pub(crate) fn of_service(&self, site: Site) -> Due {
        self.due(site, self.has(Fault::ApiLost(site)))
    }

    /// What the replica of a place is to do.
    pub(crate) fn of_replica(&self, place: Place) -> Due {
        match place {
            Place::Region(site) => self.due(site, false),
            Place::Witness if self.has(Fault::WitnessLost) => Due::Gone,
            Place::Witness | Place::Outside => Due::Run,
        }
    }

    /// What the runners of a Region are to do.
    pub(crate) fn of_runners(&self, site: Site) -> Due {
        self.due(site, false)
    }

    fn due(&self, site: Site, is_lost: bool) -> Due {
        if is_lost || self.has(Fault::RegionLost(site)) {
            Due::Gone
        } else if self.has(Fault::RegionFrozen(site)) {
            Due::StandStill
        } else {
            Due::Run
        }
    }

    /// Whether the Region runs: it is neither lost nor stands still.
    pub(crate) fn runs(&self, site: Site) -> bool {
        !self.has(Fault::RegionLost(site)) && !self.has(Fault::RegionFrozen(site))
    }

    /// Whether messages get from one place to another at all.
    pub(crate) fn reaches(&self, from: Place, to: Place) -> bool {
        let is_border = from != to && from != Place::Outside && to != Place::Outside;
        let is_torn = is_border && (self.is_isolated(from) || self.is_isolated(to));
        let is_cut = match (from, to) {
            (Place::Region(one), Place::Region(other)) => self.has(Fault::OneWayCut(one, other)),
            _ => false,
        };
        !(self.is_lost(from) || self.is_lost(to) || is_torn || is_cut)
    }

    /// Whether messages get through both ways, and whoever is there runs.
    pub(crate) fn connects(&self, from: Place, to: Place) -> bool {
        let runs = |place| match place {
            Place::Region(site) => self.runs(site),
            Place::Witness | Place::Outside => true,
        };
        self.reaches(from, to) && self.reaches(to, from) && runs(from) && runs(to)
    }

    /// What becomes of bytes of a connection, on their way out or of the answer. Those that cross a wire
    /// are cut there.
    pub(crate) fn passage(&self, way: Way, is_wired: bool) -> Passage {
        let (link, from, to) = (&way.link, way.from(), way.to());
        let line = link.line;
        if line == Line::Processor && self.has(Fault::ProcessorAway) {
            return Passage::Refused;
        }
        let is_silent = line == Line::Processor && self.has(Fault::ProcessorSilent);
        let is_cut = !is_wired && !self.reaches(from, to);
        if is_silent || is_cut || self.holds_store(link) {
            return Passage::Held;
        }
        Passage::Open { delay: self.delay(way) }
    }

    /// Whether a line to the strongly consistent store is held, though its places reach each other.
    fn holds_store(&self, link: &LinkName) -> bool {
        let is_cut_off =
            matches!(link.from, Place::Region(site) if self.has(Fault::StoreCut(site)));
        let has_no_endpoint =
            matches!(link.to, Place::Region(site) if self.has(Fault::StoreEndpointLost(site)));
        link.line == Line::Store && (is_cut_off || has_no_endpoint)
    }

    fn delay(&self, way: Way) -> Duration {
        // The writer answers its standby: what it wrote goes back on the way that the standby made.
        let is_log = way.link.line == Line::Replication && way.is_answer;
        let lag = self.0.iter().find_map(|fault| match fault {
            Fault::ReplicationLag(ms) if is_log => Some(Duration::from_millis(*ms)),
            _ => None,
        });
        let usual = match way.link.line {
            Line::Replication if is_log => REPLICATION,
            Line::Objects if !way.is_answer => OBJECTS,
            _ => Duration::ZERO,
        };
        let slow = self.slowness(way.from()).max(self.slowness(way.to()));
        let crosses = way.from() != way.to();
        usual + lag.unwrap_or_default() + if crosses { slow } else { Duration::ZERO }
    }

    /// How much longer everything takes that crosses the border of this place.
    fn slowness(&self, place: Place) -> Duration {
        let slow = self.0.iter().find_map(|fault| match (fault, place) {
            (Fault::RegionSlow(slow, factor), Place::Region(site)) if *slow == site => {
                Some(BORDER * (*factor))
            }
            _ => None,
        });
        slow.unwrap_or_default()
    }

    fn is_lost(&self, place: Place) -> bool {
        matches!(place, Place::Region(site) if self.has(Fault::RegionLost(site)))
            || place == Place::Witness && self.has(Fault::WitnessLost)
    }

    fn is_isolated(&self, place: Place) -> bool {
        matches!(place, Place::Region(site) if self.has(Fault::RegionIsolated(site)))
    }
}

/// Why a fault cannot be played here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHere {
    /// Clocks.
    #[error("all processes of one machine have one clock: play skewed clocks in the simulator")]
    ClockSkew,
    /// Messages.
    #[error("TCP sends lost messages again: play them in the simulator, or cut a link")]
    MessagesLost,
    /// Stalled writes.
    #[error("PostgreSQL stalls no single writes on request: play them in the simulator")]
    WritesStall,
    /// Disks that can be full.
    #[error(
        "a disk that can be full is a file system of its own, which only root may mount, and not in every container: run \
         this as root, or play it in the simulator"
    )]
    DiskFull,
    /// These disks.
    #[error(
        "the disks of these two Regions have no limit: bring them up with `tideover up --limit-disks`"
    )]
    DiskUnlimited,
    /// The storage fence.
    #[error("nothing here stops an old writer's volume by itself, so that nothing can fail to")]
    StorageFence,
}

/// Whether a fault can be played here.
///
/// # Errors
/// Why not.
pub fn is_playable(fault: Fault) -> Result<(), NotHere> {
    match fault {
        Fault::ClockSkew(..) => Err(NotHere::ClockSkew),
        Fault::MessagesLost(_) => Err(NotHere::MessagesLost),
        Fault::WritesStall(..) => Err(NotHere::WritesStall),
        Fault::StorageFenceFails => Err(NotHere::StorageFence),
        Fault::DiskFull(_) if !disks_can_be_limited() => Err(NotHere::DiskFull),
        Fault::RegionLost(_)
        | Fault::RegionIsolated(_)
        | Fault::RegionFrozen(_)
        | Fault::RegionSlow(..)
        | Fault::DatabaseLost(_)
        | Fault::DiskFull(_)
        | Fault::ApiLost(_)
        | Fault::OneWayCut(..)
        | Fault::StoreCut(_)
        | Fault::StoreEndpointLost(_)
        | Fault::WitnessLost
        | Fault::ReplicationLag(_)
        | Fault::ControlPlanesLost(_)
        | Fault::PromotionRefused
        | Fault::PromotionUnclear(_)
        | Fault::ProcessorSilent
        | Fault::ProcessorAway => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_together_say_what_runs() {
        use Fault::{ApiLost, DatabaseLost, RegionFrozen, RegionLost};
        let (here, there) = (Site::Primary, Site::Standby);
        for (faults, database, service, replica) in [
            (vec![], Due::Run, Due::Run, Due::Run),
            (vec![RegionLost(there), DatabaseLost(there)], Due::Run, Due::Run, Due::Run),
            (vec![RegionFrozen(here)], Due::StandStill, Due::StandStill, Due::StandStill),
            (vec![RegionFrozen(here), RegionLost(here)], Due::Gone, Due::Gone, Due::Gone),
            (vec![DatabaseLost(here)], Due::Gone, Due::Run, Due::Run),
            (vec![ApiLost(here), RegionFrozen(here)], Due::StandStill, Due::Gone, Due::StandStill),
        ] {
            let mut all = Faults::default();
            faults.iter().for_each(|fault| all.change(*fault, true));
            let found =
                (all.of_database(here), all.of_service(here), all.of_replica(Place::Region(here)));
            assert_eq!(found, (database, service, replica), "{faults:?}");
        }
    }

    #[test]
    fn objects_are_late_and_wait_behind_cuts() {
        let (here, there) = (Place::Region(Site::Primary), Place::Region(Site::Standby));
        let link = LinkName { from: here, to: there, line: Line::Objects };
        let passage = |faults: &[Fault], is_answer| {
            let mut all = Faults::default();
            faults.iter().for_each(|fault| all.change(*fault, true));
            all.passage(Way { link, is_answer }, false)
        };
        assert_eq!(passage(&[], false), Passage::Open { delay: OBJECTS });
        assert_eq!(passage(&[], true), Passage::FREE);
        let slow = passage(&[Fault::RegionSlow(Site::Standby, 50)], false);
        assert_eq!(slow, Passage::Open { delay: OBJECTS + BORDER * 50 });
        for cut in [
            Fault::RegionLost(Site::Primary),
            Fault::RegionIsolated(Site::Standby),
            Fault::OneWayCut(Site::Primary, Site::Standby),
        ] {
            assert_eq!(passage(&[cut], false), Passage::Held, "{cut:?}");
        }
    }
}
