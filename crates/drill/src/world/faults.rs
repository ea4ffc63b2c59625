//! What is broken now, and what that means for everything else.

use std::collections::BTreeSet;

use crate::history::{Site, What};
use crate::scenario::Fault;
use crate::sim::Sim;
use crate::world::World;
use crate::world::service::start_service;

/// The faults that are there.
#[derive(Default)]
pub(crate) struct Faults(BTreeSet<Fault>);

impl Faults {
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Whether the Region runs: it is neither lost nor stands still.
    pub(crate) fn runs(&self, site: Site) -> bool {
        !self.has(Fault::RegionLost(site)) && !self.has(Fault::RegionFrozen(site))
    }

    /// How far a Region's clocks are ahead.
    pub(crate) fn skew_ms(&self, site: Site) -> i64 {
        self.find(|fault| match fault {
            Fault::ClockSkew(at, ms) if at == site => Some(ms),
            _ => None,
        })
        .unwrap_or(0)
    }

    /// What is found in the first fault of its kind.
    pub(crate) fn find<T>(&self, look: impl Fn(Fault) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|fault| look(*fault))
    }

    fn change(&mut self, fault: Fault, happens: Change) {
        // By kind and place: of two amounts the later one counts, and a mend ends either.
        self.0.retain(|other| other.without_amount() != fault.without_amount());
        if happens == Change::Begins {
            self.0.insert(fault);
        }
    }
}

/// Whether a fault begins or ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Begins,
    Ends,
}

/// Lets a fault begin or end, with all that follows from it at once.
pub(crate) fn change(sim: &Sim, fault: Fault, happens: Change, line: String) {
    let starts = sim.with(|world| world.change(fault, happens, line));
    if let Some(site) = starts {
        start_service(sim, site);
    }
}

impl World {
    /// The answer is a Region that starts again.
    fn change(&mut self, fault: Fault, happens: Change, line: String) -> Option<Site> {
        self.note(What::Happened { line, is_fault: happens == Change::Begins });
        self.catch_up();
        self.faults.change(fault, happens);
        let starts = match (fault, happens) {
            (Fault::RegionLost(site), Change::Begins) => {
                self.kernel.kill_site(site);
                self.service_ended(site);
                None
            }
            (Fault::RegionLost(site), Change::Ends) => Some(site),
            (Fault::RegionFrozen(site), Change::Begins) => {
                self.kernel.freeze(site);
                None
            }
            (Fault::RegionFrozen(site), Change::Ends) => {
                self.kernel.thaw(site);
                None
            }
            (Fault::PromotionUnclear(times), Change::Begins) => {
                self.databases.unclear_left = times;
                None
            }
            (Fault::DiskFull(site), Change::Begins) => {
                self.fill_disk(site);
                None
            }
            (Fault::DiskFull(site), Change::Ends) => {
                self.free_disk(site);
                None
            }
            _ => None,
        };
        self.network.redraw(&self.faults);
        self.rejoin_databases();
        starts
    }
}
