//! One Region in a column.

use fence::{Lease, Millis, RegionName};

use super::RegionStatus;
use super::seen::Seen;
use crate::fault::Fault;
use crate::switches::{Source, SourceState};

/// One Region, as it is told.
pub(super) fn region_status(
    region: &RegionName,
    role: &'static str,
    seen: &Seen,
    at: Millis,
) -> RegionStatus {
    let told = &seen.told;
    let last = told.database_lag.as_ref().ok().and_then(|points| points.last());
    RegionStatus {
        region: region.to_string(),
        role,
        database_service: match &told.cluster {
            Ok(cluster) => format!("{}, {}", cluster.status, cluster.version),
            Err(fault) => fault.clone().said(),
        },
        database: match told.standing() {
            Some(standing) if standing.is_writer => "writer".to_owned(),
            Some(_) => "standby".to_owned(),
            None => "silent".to_owned(),
        },
        behind_ms: last.map(|point| point.as_ms().0),
        behind_age_ms: last.map(|point| at.since(point.at).0),
        lease: lease(seen.lease.as_ref(), at),
        service: match &told.health {
            Ok(status) => format!("answers {status}"),
            Err(said) => said.clone(),
        },
        traffic: seen.traffic.clone(),
        event_sources: sources(&seen.sources),
        ringing: told.alarms.as_ref().ok().map(|alarms| {
            alarms.iter().filter(|alarm| alarm.rings()).map(|alarm| alarm.name.clone()).collect()
        }),
    }
}

fn lease(lease: Option<&Lease>, at: Millis) -> String {
    let Some(lease) = lease else { return "none".to_owned() };
    let epoch = lease.epoch;
    match lease.expires_at() {
        Some(until) if until > at => {
            let holders = lease.holders.len();
            format!("epoch {epoch}, {holders} holders for {}", until.since(at))
        }
        _ => format!("epoch {epoch}, not held"),
    }
}

/// How many event sources are on.
pub(super) fn sources(sources: &Result<Vec<Source>, Fault>) -> String {
    match sources {
        Ok(sources) => {
            let on = sources.iter().filter(|source| source.state == SourceState::On).count();
            format!("{on} of {} on", sources.len())
        }
        Err(fault) => fault.clone().said(),
    }
}
