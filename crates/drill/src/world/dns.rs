//! DNS as Route 53 serves it: two weighted records, their health checks, and what resolvers keep.
//!
//! Three checks ask the Regions' `/health/traffic` from outside. Each is inverted: it fails when the
//! endpoint names the Region that it must not name, and an endpoint that says nothing fails nothing
//! (`r53-stop-pattern`). The home primary's record is healthy while neither endpoint names the home
//! standby, the standby's while the primary's endpoint does not name the primary.

use fence::{RecordRead, Traffic, traffic};

use crate::history::{Site, What};
use crate::scenario::Fault;
use crate::sim::Sim;
use crate::world::World;
use crate::world::network::Place;

/// From one request of a health check to the next, in milliseconds.
const INTERVAL_MS: u64 = 10_000;
/// How many answers in a row turn a check.
const THRESHOLD: u8 = 3;
/// For how long resolvers keep an answer, in milliseconds.
pub(crate) const TTL_MS: u64 = 60_000;
/// For how long resolvers keep it that ignore the TTL, in milliseconds.
pub(crate) const STICKY_MS: u64 = 240_000;

/// One health check: who is asked, and whom it must not name.
struct Check {
    speaker: Site,
    named: Site,
    is_healthy: bool,
    /// How many answers in a row said otherwise.
    streak: u8,
}

impl Check {
    fn of(speaker: Site, named: Site, is_healthy: bool) -> Self {
        Self { speaker, named, is_healthy, streak: 0 }
    }

    fn saw(&mut self, says: Option<Site>) {
        let passes = says != Some(self.named);
        self.streak = if passes == self.is_healthy { 0 } else { self.streak + 1 };
        if self.streak >= THRESHOLD {
            (self.is_healthy, self.streak) = (passes, 0);
        }
    }
}

/// The authoritative answer, and what it rests on.
pub(crate) struct Dns {
    checks: [Check; 3],
    pub(crate) answer: Site,
}

impl Dns {
    pub(crate) fn new() -> Self {
        let (primary, standby) = (Site::Primary, Site::Standby);
        let checks = [
            Check::of(primary, standby, true),
            Check::of(standby, standby, true),
            Check::of(primary, primary, false),
        ];
        Self { checks, answer: primary }
    }

    /// Which record answers; when neither is healthy both count as healthy, and the standby's has
    /// no weight.
    fn resolve(&self) -> Site {
        let [primary_says, standby_says, primary_holds] =
            [0, 1, 2].map(|number| self.checks[number].is_healthy);
        let is_primary_healthy = primary_says && standby_says;
        if !is_primary_healthy && primary_holds { Site::Standby } else { Site::Primary }
    }
}

impl World {
    /// Whether the Region's service answers requests from outside.
    pub(crate) fn api_answers(&self, site: Site) -> bool {
        self.network.connects(Place::Outside, Place::Region(site))
            && self.faults.runs(site)
            && !self.faults.has(Fault::ApiLost(site))
            && self.services.process(site).is_some()
    }

    /// What a Region's `/health/traffic` says.
    fn traffic_named_by(&self, site: Site) -> Option<Site> {
        let (record, now) = (&self.store.record, self.clock(Some(site)));
        let read = RecordRead { record, asked_at: now };
        let is_read = self.api_answers(site) && self.reads_store(site);
        match traffic(is_read.then_some(read), &self.timing, now) {
            Traffic::Announce(region) => Some(self.site_of(region)),
            Traffic::Silence => None,
        }
    }

    fn check_health(&mut self) {
        for number in 0..self.dns.checks.len() {
            let says = self.traffic_named_by(self.dns.checks[number].speaker);
            self.dns.checks[number].saw(says);
        }
        let answer = self.dns.resolve();
        if std::mem::replace(&mut self.dns.answer, answer) != answer {
            self.note(What::Dns { to: answer });
        }
    }
}

/// Asks for as long as the drill lasts.
pub(crate) async fn check_health(sim: Sim) {
    let phase = sim.with(|world| world.kernel.random.below(INTERVAL_MS));
    sim.sleep(phase).await;
    loop {
        sim.with(World::check_health);
        sim.sleep(INTERVAL_MS).await;
    }
}
