//! The switch between the Regions: the same records and checks as `stacks` gives to Route 53, with
//! the truth table that stands there.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::time::Duration;

use drill::Site;

use super::check::{Answer, CheckId, Checks, Endpoint, HealthCheck, Watched};
use super::zone::{Weighted, Zone};

const STANDBY_NAMED_HERE: CheckId = CheckId("primary says standby");
const STANDBY_NAMED_THERE: CheckId = CheckId("standby says standby");
const PRIMARY_NAMED_HERE: CheckId = CheckId("standby's switch: primary says primary");
const PRIMARY_SWITCH: CheckId = CheckId("primary's switch");
const PRIMARY_ENDPOINT: CheckId = CheckId("primary's endpoint");
const STANDBY_ENDPOINT: CheckId = CheckId("standby's endpoint");

/// How many answers in a row turn a checker.
const THRESHOLD: u8 = 3;

/// How many intervals of the switch lie between two questions whether an API answers.
const ENDPOINT_INTERVALS: u32 = 3;

/// What the switch is made of.
#[derive(Debug, Clone)]
pub struct SwitchSettings {
    /// The zone, in small letters and without the last dot: `payment.example.com`.
    pub zone: String,
    /// The label of the API's name in the zone: `api`.
    pub record: String,
    /// Where the API of the home primary is reached from outside, and that of the home standby. The
    /// records have these addresses.
    pub apis: [SocketAddrV4; 2],
    /// For how long resolvers keep an answer.
    pub ttl: Duration,
    /// From an answer to the next request of the same checker; three times as long for the checks
    /// that no record has.
    pub check_interval: Duration,
}

impl SwitchSettings {
    /// The name that clients call.
    #[must_use]
    pub fn public_name(&self) -> String {
        format!("{}.{}", self.record, self.zone)
    }

    /// The name that always means this Region.
    #[must_use]
    pub fn regional_name(&self, site: Site) -> String {
        format!("{}-{}.{}", self.record, site.region(), self.zone)
    }

    /// Where a Region's API is reached from outside.
    #[must_use]
    pub const fn api(&self, site: Site) -> SocketAddrV4 {
        let [primary, standby] = self.apis;
        match site {
            Site::Primary => primary,
            Site::Standby => standby,
        }
    }

    pub(super) fn zone(&self) -> Zone {
        let record = |site, weight, check| {
            let address = *self.api(site).ip();
            Weighted { site, address, weight, check }
        };
        let public = vec![
            record(Site::Primary, 100, Some(PRIMARY_SWITCH)),
            record(Site::Standby, 0, Some(PRIMARY_NAMED_HERE)),
        ];
        let regional = |site| (self.regional_name(site), vec![record(site, 1, None)]);
        let mut records = BTreeMap::from(Site::ALL.map(regional));
        records.insert(self.public_name(), public);
        Zone { apex: self.zone.clone(), ttl: self.ttl, records }
    }

    /// The checks as they are once they have seen that traffic is meant for the home primary. New
    /// ones that are inverted would be unhealthy, and might move traffic one by one
    /// (`r53-new-check-state`: create, wait, attach).
    pub(super) fn checks(&self, checkers: usize) -> Checks {
        let mut checks = self.new_checks(checkers);
        let ids: Vec<CheckId> = checks.endpoints().map(|(id, _)| id).collect();
        let body = named(Site::Primary);
        for id in ids {
            for checker in 0..checkers {
                for _ in 0..THRESHOLD {
                    checks.saw(id, checker, Answer::Reply { status: 200, body: body.as_bytes() });
                }
            }
        }
        checks
    }

    fn new_checks(&self, checkers: usize) -> Checks {
        Checks::new(self.health_checks(), checkers)
    }

    fn health_checks(&self) -> [(CheckId, HealthCheck); 6] {
        use Site::{Primary, Standby};
        let both = Watched::Calculated {
            children: vec![STANDBY_NAMED_HERE, STANDBY_NAMED_THERE],
            threshold: 2,
        };
        [
            (STANDBY_NAMED_HERE, self.named_by(Primary, Standby)),
            (STANDBY_NAMED_THERE, self.named_by(Standby, Standby)),
            (PRIMARY_NAMED_HERE, self.named_by(Primary, Primary)),
            (PRIMARY_SWITCH, HealthCheck { watched: both, is_inverted: false, is_disabled: false }),
            (PRIMARY_ENDPOINT, self.answers(Primary)),
            (STANDBY_ENDPOINT, self.answers(Standby)),
        ]
    }

    /// Unhealthy while the endpoint of one Region says that traffic is meant for another; inverted,
    /// so that an endpoint that says nothing counts as healthy.
    fn named_by(&self, speaker: Site, meant: Site) -> HealthCheck {
        let endpoint = Endpoint {
            search: Some(named(meant)),
            ..self.endpoint(speaker, "/health/traffic", self.check_interval)
        };
        let watched = Watched::Endpoint(endpoint);
        HealthCheck { watched, is_inverted: true, is_disabled: false }
    }

    /// Whether the API answers. For people only: no record has it.
    fn answers(&self, site: Site) -> HealthCheck {
        let interval = self.check_interval * ENDPOINT_INTERVALS;
        let watched = Watched::Endpoint(self.endpoint(site, "/health", interval));
        HealthCheck { watched, is_inverted: false, is_disabled: false }
    }

    fn endpoint(&self, site: Site, path: &'static str, interval: Duration) -> Endpoint {
        let address = self.api(site);
        Endpoint { address, path, search: None, interval, threshold: THRESHOLD }
    }
}

/// What an endpoint's answer holds that names this Region.
fn named(site: Site) -> String {
    format!(r#""traffic_region":"{}""#, site.region())
}

#[cfg(test)]
mod deployed;
#[cfg(test)]
mod tests;
