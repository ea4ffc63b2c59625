//! How everything is reached from one place: by which addresses, each the near end of a link.

use std::net::SocketAddr;
use std::path::PathBuf;

use drill::Site;
use fence::{DurationMs, RegionName, Timing};
use serde::{Deserialize, Serialize};
use stores::{Cause, PgLedger, PgSettings, UrlFault};

use crate::act::ledger::bounded;
use crate::place::Place;

/// How everything is reached from one place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ways {
    /// The place.
    pub from: Place,
    /// The endpoints of the strongly consistent store, the nearest first.
    pub store: Vec<SocketAddr>,
    /// The URLs of the ledgers of both Regions, with their password: for programs, never shown.
    pub ledgers: [String; 2],
    /// The payment services of both Regions.
    pub services: [SocketAddr; 2],
    /// The processor of cards.
    pub processor: SocketAddr,
    /// The DNS server.
    pub dns: SocketAddr,
    /// The name that clients resolve.
    pub public_name: String,
    /// The port that both Regions serve that name at.
    pub public_port: u16,
    /// The folders in which the two Regions keep what is stored of runs.
    pub runs: [PathBuf; 2],
    /// How long leases last, how often they are renewed, and how far clocks are apart, in milliseconds.
    pub timing_ms: [u64; 3],
}

impl Ways {
    /// How long leases last.
    #[must_use]
    pub const fn timing(&self) -> Timing {
        let [lease, renewal, bound] = self.timing_ms;
        Timing {
            lease_length: DurationMs(lease),
            renewal_interval: DurationMs(renewal),
            clock_bound: DurationMs(bound),
        }
    }

    /// The ledger of a Region. Connects to nothing.
    pub(crate) fn open(&self, site: Site) -> Result<PgLedger, Cause> {
        Ok(PgLedger::new(&bounded(self.ledger(site)?))?)
    }

    /// How the ledger of a Region is reached.
    ///
    /// # Errors
    /// When whoever told the ways told none.
    pub fn ledger(&self, site: Site) -> Result<PgSettings, UrlFault> {
        let no_file = |path: &str| Err(Cause::from(format!("no `{path}` is read here")));
        PgSettings::from_url(&self.ledgers[site as usize], no_file)
    }
}

/// The Region that has a home role here.
#[must_use]
pub fn region(site: Site) -> RegionName {
    RegionName::new(site.region())
}
