//! What the runbooks call things in a system that these stacks make.

use fence::{DurationMs, RegionName};
use runbook::render::Names;
use runbook::{Homes, Objectives, System};
use topology::{Authorization, Home, Region, Topology};

/// The system as whoever drives its runs knows it.
#[must_use]
pub fn system(topology: &Topology) -> System {
    let ms = |seconds: u32| DurationMs(u64::from(seconds) * 1_000);
    let promised = &topology.objectives;
    let objectives = Objectives { rto: ms(promised.rto_seconds), rpo: ms(promised.rpo_seconds) };
    let asks_iam = topology.api.authorization == Authorization::Iam;
    System { homes: homes(topology), names: names(topology), objectives, asks_iam }
}

/// The Regions between which runs go, and the witness.
#[must_use]
pub fn homes(topology: &Topology) -> Homes {
    let name = |region: Region| RegionName::new(region.name());
    Homes {
        primary: name(topology.region(Home::Primary)),
        standby: name(topology.region(Home::Standby)),
        witness: name(topology.regions.witness),
    }
}

/// The names and limits that commands typed by hand need.
#[must_use]
pub fn names(topology: &Topology) -> Names {
    let functions = topology.functions.iter();
    let bounded = functions.filter_map(|one| Some((one.name.clone(), one.reserved_concurrency?)));
    Names {
        name: topology.name.clone(),
        suffix: topology.suffix().to_owned(),
        database: topology.database.name.clone(),
        zone: topology.dns.zone.clone(),
        record: topology.dns.record.clone(),
        stage: topology.api.stage.clone(),
        rate_and_burst: (topology.api.rate_limit, topology.api.burst_limit),
        functions: bounded.collect(),
    }
}
