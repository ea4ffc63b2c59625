//! Whether a failover to the target could be done now, from what both Regions and the record tell.

use fence::{Millis, RegionName};
use runbook::{Behind, Held, Readiness, RecordSeen, Requirement};

use super::drift::switched_off;
use super::regions::sources;
use super::seen::Seen;
use crate::account::Account;
use crate::facts::certificate_alarm;
use crate::fault::Fault;
use crate::reach::Reach;

/// What must be so for a failover to this Region now.
pub(super) fn readiness(
    reach: &Reach,
    account: &Account,
    record: &RecordSeen,
    target: &RegionName,
    seen: &Seen,
    at: Millis,
) -> Readiness {
    let arn = account.cluster_arn(reach.system(), target);
    let [service, ledger, others @ ..] = of_target(reach, target, seen);
    let first = [Requirement::record(held(record)), service, ledger];
    let storage = [follows(&arn, seen), Requirement::lag(behind(seen, at))];
    Readiness { requirements: first.into_iter().chain(storage).chain(others).collect() }
}

/// What keeps a Region from taking over, in words; nothing when it is ready. Only that Region is asked. How far it is
/// behind a Region that may be lost is no part of it: people decide about that.
pub(crate) async fn not_ready(reach: &Reach, target: &RegionName) -> Vec<String> {
    let account = match reach.account().await {
        Ok(account) => account,
        Err(none) => return vec![none.to_string()],
    };
    let seen = super::seen::seen(reach, account, target).await;
    let takes_part = takes_part(&account.cluster_arn(reach.system(), target), &seen);
    let requirements = of_target(reach, target, &seen).into_iter().chain([takes_part]);
    let unmet = requirements.filter(|requirement| !requirement.is_met);
    unmet.map(|Requirement { what, evidence, .. }| format!("{what}: {evidence}")).collect()
}

/// What must be so of the Region that would be opened, whatever the other one is.
fn of_target(reach: &Reach, target: &RegionName, seen: &Seen) -> [Requirement; 6] {
    [
        database_service(target, seen),
        Requirement::ledger(target.as_str(), is_writer(seen)),
        Requirement::api(seen.told.health.clone()),
        certificate(seen),
        Requirement::now(
            "event sources of the target",
            seen.sources.as_ref().is_ok_and(|sources| !sources.is_empty()),
            sources(&seen.sources),
        ),
        stopped(reach, target, seen),
    ]
}

fn held(record: &RecordSeen) -> Result<Held, String> {
    match record {
        RecordSeen::Read(record) => Ok(Held {
            epoch: record.epoch().number(),
            is_active: record.active_region().is_some(),
            run: record.run().map(|run| run.id.to_string()),
        }),
        RecordSeen::Absent => Err("there is no control record".to_owned()),
        RecordSeen::Silent { cause } => Err(cause.clone()),
    }
}

fn database_service(target: &RegionName, seen: &Seen) -> Requirement {
    let what = "database service of the target";
    match &seen.told.cluster {
        Ok(cluster) => {
            let evidence = format!("`{target}`: {}", cluster.status);
            Requirement::now(what, cluster.is_available(), evidence)
        }
        Err(fault) => {
            Requirement::now(what, false, format!("`{target}`: {}", fault.clone().said()))
        }
    }
}

fn is_writer(seen: &Seen) -> Result<bool, String> {
    match (seen.told.standing(), &seen.told.ledger) {
        (Some(standing), _) => Ok(standing.is_writer),
        (None, Ok(answer)) => Err(format!("{answer:?}")),
        (None, Err(fault)) => Err(fault.clone().said()),
    }
}

fn follows(arn: &str, seen: &Seen) -> Requirement {
    let (is_met, evidence) = match &seen.global {
        Ok(global) if global.moving.is_some() => (false, "roles are changing".to_owned()),
        Ok(global) => match global.member(arn) {
            Some(member) if member.is_connected == Some(false) => {
                (false, "not connected".to_owned())
            }
            Some(_) => (true, "a member, connected as far as the service says".to_owned()),
            None => (false, "no member of the global database".to_owned()),
        },
        Err(fault) => (false, fault.clone().said()),
    };
    Requirement::now("storage of the target follows", is_met, evidence)
}

/// Whether it is a member that roles may come to. A source that is lost leaves it without a connection.
fn takes_part(arn: &str, seen: &Seen) -> Requirement {
    let (is_met, evidence) = match &seen.global {
        Ok(global) if global.moving.is_some() => (false, "roles are changing".to_owned()),
        Ok(global) => match global.member(arn) {
            Some(_) => (true, "a member of the global database".to_owned()),
            None => (false, "no member of the global database".to_owned()),
        },
        Err(fault) => (false, fault.clone().said()),
    };
    Requirement::now("database of the target", is_met, evidence)
}

fn behind(seen: &Seen, at: Millis) -> Result<Behind, String> {
    let points = seen.told.database_lag.as_ref().map_err(|fault| fault.clone().said())?;
    let last = points.last().ok_or_else(|| "no values for an hour".to_owned())?;
    Ok(Behind::Measured { lag: last.as_ms(), age: at.since(last.at) })
}

fn certificate(seen: &Seen) -> Requirement {
    let alarms = seen.told.alarms.as_ref().map_err(|fault: &Fault| fault.clone().said());
    let rings = alarms.map(|alarms| certificate_alarm(alarms).map(|alarm| alarm.rings()));
    Requirement::certificate(rings, seen.certificate_days)
}

/// Nothing in the target is turned off that a failover does not turn on.
fn stopped(reach: &Reach, target: &RegionName, seen: &Seen) -> Requirement {
    let found = switched_off(reach, target, seen);
    let is_known = seen.throttle.is_ok() && seen.at_once.iter().all(|(.., found)| found.is_ok());
    let evidence = match (found.is_empty(), is_known) {
        (true, true) => "as the templates say".to_owned(),
        (true, false) => "not all of it is known".to_owned(),
        (false, _) => found.join("; "),
    };
    let is_met = found.is_empty() && is_known;
    Requirement::now("functions and stage of the target", is_met, evidence)
}
