//! The simulated world: two Regions with their databases and services, the strongly consistent
//! store, DNS, the processor, and the network between them.

mod clients;
mod conductor;
mod database;
mod dns;
mod faults;
mod keeper;
mod mistakes;
mod network;
mod operator;
mod people;
mod ports;
mod processor;
mod runner;
mod runs;
mod script;
mod service;
mod store;
mod worker;

pub use conductor::{runner_steps, simulate, simulate_lines};

use fence::{Holder, HolderId, Millis, RegionName, Tenure, Timing};
use payments::Time;

use crate::history::{Moment, START_MS, Site, What};
use crate::random::Random;
use crate::scenario::Scenario;
use crate::sim::Kernel;
use crate::world::clients::Clients;
use crate::world::conductor::Progress;
use crate::world::database::Databases;
use crate::world::dns::Dns;
use crate::world::faults::Faults;
use crate::world::network::Network;
use crate::world::processor::Acquirer;
use crate::world::runs::Runs;
use crate::world::script::Script;
use crate::world::service::Services;
use crate::world::store::Store;

/// Everything there is, as it is at one instant.
pub(crate) struct World {
    pub(crate) kernel: Kernel,
    pub(crate) timing: Timing,
    pub(crate) regions: [RegionName; 2],
    pub(crate) faults: Faults,
    pub(crate) network: Network,
    pub(crate) store: Store,
    pub(crate) databases: Databases,
    pub(crate) services: Services,
    pub(crate) dns: Dns,
    pub(crate) acquirer: Acquirer,
    pub(crate) clients: Clients,
    pub(crate) runs: Runs,
    pub(crate) progress: Progress,
    pub(crate) script: Script,
    pub(crate) moments: Vec<Moment>,
}

/// The bits that make the first of every five characters of an id's random part a `Z`.
const LETTERS: u128 = 0x1f << 75 | 0x1f << 50 | 0x1f << 25 | 0x1f;

impl Site {
    /// Its place in what there is one of in each Region.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Primary => 0,
            Self::Standby => 1,
        }
    }
}

impl World {
    fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let clients = Clients::new(scenario, &mut random);
        let regions = Site::ALL.map(|site| RegionName::new(site.region()));
        Self {
            kernel: Kernel::new(random),
            timing: Timing::default(),
            store: Store::new(&regions[0]),
            regions,
            faults: Faults::default(),
            network: Network::default(),
            databases: Databases::new(),
            services: Services::default(),
            dns: Dns::new(),
            acquirer: Acquirer::new(),
            clients,
            runs: Runs::default(),
            progress: Progress::default(),
            script: Script::new(scenario),
            moments: Vec::with_capacity(256),
        }
    }

    /// Writes down what happened now.
    pub(crate) fn note(&mut self, what: What) {
        self.moments.push(Moment { at_ms: self.kernel.now(), what });
    }

    /// What the clocks of a Region show, or those outside of both.
    pub(crate) fn clock(&self, site: Option<Site>) -> Millis {
        let skew = site.map_or(0, |site| self.faults.skew_ms(site));
        Millis((START_MS + self.kernel.now()).saturating_add_signed(skew))
    }

    /// The same for the service.
    pub(crate) fn time(&self, site: Site) -> Time {
        Time::from_ms(self.clock(Some(site)).0)
    }

    pub(crate) fn region(&self, site: Site) -> &RegionName {
        &self.regions[site.index()]
    }

    pub(crate) fn site_of(&self, region: &RegionName) -> Site {
        if *region == self.regions[0] { Site::Primary } else { Site::Standby }
    }

    /// The holder of a Region's lease that starts now, under a name that it has alone.
    fn holder(&mut self, site: Site) -> Holder {
        let number = self.services.count_starts();
        let id = HolderId::new(format!("{}-{number}", site.role()));
        Holder { region: self.region(site).clone(), id, tenure: Tenure::Alone }
    }

    /// Random bits for an id, in which no run of digits is as long as a card number: the service
    /// makes none either.
    pub(crate) fn randomness(&mut self) -> [u8; 10] {
        let (high, low) = (self.kernel.random.next(), self.kernel.random.below(1 << 16));
        let bits = (u128::from(high) << 16 | u128::from(low)) | LETTERS;
        let bytes = bits.to_be_bytes();
        std::array::from_fn(|index| bytes[6 + index])
    }
}
