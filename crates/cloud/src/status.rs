//! How everything is, side by side; whether a failover could be done now, and if not why not; and what a run has changed
//! outside the templates.

use fence::{ControlRecord, ControlStore as _, DurationMs, Lease, Millis, RegionName};
use runbook::{RecordSeen, Settings};
use serde::Serialize;

use crate::account::{Account, NoAccount};
use crate::database::Global;
use crate::facts::{Told, active, record, told};
use crate::fault::Fault;
use crate::reach::{Reach, now};
use crate::stage::Throttle;
use crate::switches::{Source, SourceState};

/// How everything is.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// The account.
    pub account: String,
    /// When it was seen, in milliseconds since 1970.
    pub at_ms: u64,
    /// The control record; none when it cannot be read.
    pub record: Option<RecordStatus>,
    /// Both Regions, the home primary first.
    pub regions: [RegionStatus; 2],
    /// Whether a failover could be done now: every condition is met.
    pub is_ready: bool,
    /// What must be so for a failover, with what was seen of it.
    pub conditions: Vec<Condition>,
    /// What differs from the templates because a run has changed it, which is to be expected while one is open.
    pub drift: Vec<String>,
}

/// The control record.
#[derive(Debug, Clone, Serialize)]
pub struct RecordStatus {
    /// The epoch.
    pub epoch: u64,
    /// The state.
    pub state: String,
    /// The Region that may take money now.
    pub active: Option<String>,
    /// The Region that traffic is meant for.
    pub traffic: String,
    /// The run that is open.
    pub run: Option<String>,
}

/// One Region.
#[derive(Debug, Clone, Serialize)]
pub struct RegionStatus {
    /// Its name.
    pub region: String,
    /// Its home role.
    pub role: &'static str,
    /// Whether the database service answers there, and how the cluster is.
    pub database_service: String,
    /// What its ledger is: writer, standby, or silent.
    pub database: String,
    /// How far its database is behind that of the other Region, in milliseconds; none where that is not measured.
    pub behind_ms: Option<u64>,
    /// How old that number is, in milliseconds.
    pub behind_age_ms: Option<u64>,
    /// The epoch of its lease, and until when gates are open under it.
    pub lease: String,
    /// What its service says at `/health`.
    pub service: String,
    /// The Region that it says traffic is meant for.
    pub traffic: Option<String>,
    /// How its event sources are.
    pub event_sources: String,
    /// The alarms that ring; none when CloudWatch does not answer.
    pub ringing: Option<Vec<String>>,
}

/// What must be so for a failover.
#[derive(Debug, Clone, Serialize)]
pub struct Condition {
    /// What.
    pub what: &'static str,
    /// Whether it is known to be so.
    pub is_met: bool,
    /// What was seen.
    pub evidence: String,
    /// How old that is, in milliseconds.
    pub age_ms: u64,
}

/// What else is asked of one Region for this.
struct Seen {
    told: Told,
    sources: Result<Vec<Source>, Fault>,
    throttle: Result<Option<Throttle>, Fault>,
    at_once: Vec<(String, u32, Result<Option<u32>, Fault>)>,
    traffic: Option<String>,
    lease: Option<Lease>,
    global: Result<Global, Fault>,
}

/// How everything is now. A Region that is lost costs seconds.
///
/// # Errors
/// When it is not known whose account it is, or when it is another.
pub async fn status(reach: &Reach) -> Result<Status, NoAccount> {
    let account = reach.account().await?;
    let homes = &reach.system().homes;
    let names = [homes.primary.clone(), homes.standby.clone()];
    let (record, one, other) = tokio::join!(
        record(reach),
        Box::pin(seen(reach, account, &names[0])),
        Box::pin(seen(reach, account, &names[1]))
    );
    let seen = [one, other];
    let at = now();
    let source = active(&record).unwrap_or_else(|| names[0].clone());
    let target = usize::from(source == names[0]);
    let conditions = conditions(reach, account, &record, &names[target], &seen[target], at);
    let [one, other] = &seen;
    Ok(Status {
        account: account.id.clone(),
        at_ms: at.0,
        record: record_status(&record),
        regions: [
            region_status(&names[0], "primary", one, at),
            region_status(&names[1], "standby", other, at),
        ],
        is_ready: conditions.iter().all(|condition| condition.is_met),
        conditions,
        drift: drift(reach, &record, &names, &seen),
    })
}

async fn seen(reach: &Reach, account: &Account, region: &RegionName) -> Seen {
    let (system, site, limit) = (reach.system(), reach.site(region), reach.ways.call_limit);
    let prefix = system.beginning();
    let global = system.global_cluster();
    // What the SDK does to send a request is large: seven at once are not for a stack.
    let (told, sources, throttle, at_once, traffic, lease, global) = tokio::join!(
        Box::pin(told(reach, account, region)),
        Box::pin(site.sources(&prefix, limit)),
        Box::pin(throttle(reach, region)),
        Box::pin(at_once(reach, region)),
        Box::pin(reach.get(region, "/health/traffic")),
        Box::pin(reach.table().read_lease(region)),
        Box::pin(site.global(&global, limit)),
    );
    let traffic = traffic
        .ok()
        .and_then(|answered| answered.body["traffic_region"].as_str().map(str::to_owned));
    let lease = lease.ok().flatten();
    Seen { told, sources, throttle, at_once, traffic, lease, global }
}

async fn throttle(reach: &Reach, region: &RegionName) -> Result<Option<Throttle>, Fault> {
    let (system, site, limit) = (reach.system(), reach.site(region), reach.ways.call_limit);
    let api = site.api(&system.api(), limit).await?;
    site.throttle(&api, &system.names.stage, limit).await
}

/// How many invocations of each function may run at once: by the templates, and as it is.
async fn at_once(
    reach: &Reach,
    region: &RegionName,
) -> Vec<(String, u32, Result<Option<u32>, Fault>)> {
    let (system, site, limit) = (reach.system(), reach.site(region), reach.ways.call_limit);
    let mut all = Vec::new();
    for (name, usual) in &system.names.functions {
        let found = site.at_once(&system.function(name), limit).await;
        let is_silent = found.is_err();
        all.push((name.clone(), *usual, found));
        if is_silent {
            break;
        }
    }
    all
}

fn record_status(record: &RecordSeen) -> Option<RecordStatus> {
    let RecordSeen::Read(record) = record else { return None };
    Some(RecordStatus {
        epoch: record.epoch().number(),
        state: record.state().to_string(),
        active: record.active_region().map(ToString::to_string),
        traffic: record.traffic_region().to_string(),
        run: record.run().map(|run| run.id.to_string()),
    })
}

fn region_status(region: &RegionName, role: &'static str, seen: &Seen, at: Millis) -> RegionStatus {
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
            alarms.iter().filter(|alarm| alarm.rings).map(|alarm| alarm.name.clone()).collect()
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

fn sources(sources: &Result<Vec<Source>, Fault>) -> String {
    match sources {
        Ok(sources) => {
            let on = sources.iter().filter(|source| source.state == SourceState::On).count();
            format!("{on} of {} on", sources.len())
        }
        Err(fault) => fault.clone().said(),
    }
}

/// What must be so for a failover to this Region now.
fn conditions(
    reach: &Reach,
    account: &Account,
    record: &RecordSeen,
    target: &RegionName,
    seen: &Seen,
    at: Millis,
) -> Vec<Condition> {
    let now = |what, is_met, evidence| Condition { what, is_met, evidence, age_ms: 0 };
    let told = &seen.told;
    let cluster = told.cluster.as_ref();
    let service = match cluster {
        Ok(cluster) => format!("`{target}`: {}", cluster.status),
        Err(fault) => format!("`{target}`: {}", fault.clone().said()),
    };
    let standing = told.standing();
    let ledger = match (&standing, &told.ledger) {
        (Some(standing), _) if standing.is_writer => format!("`{target}` is the writer already"),
        (Some(_), _) => format!("`{target}` follows"),
        (None, Ok(answer)) => format!("{answer:?}"),
        (None, Err(fault)) => fault.clone().said(),
    };
    vec![
        run_condition(record),
        now("database service of the target", cluster.is_ok_and(|one| one.is_available()), service),
        now("ledger of the target", standing.is_some_and(|one| !one.is_writer), ledger),
        follows(reach, account, target, seen),
        lag(seen, at),
        now(
            "API of the target",
            told.health == Ok(200),
            told.health.as_ref().map_or_else(Clone::clone, |status| format!("answers {status}")),
        ),
        now(
            "event sources of the target",
            seen.sources.as_ref().is_ok_and(|sources| !sources.is_empty()),
            sources(&seen.sources),
        ),
        stopped(reach, target, seen),
    ]
}

fn run_condition(record: &RecordSeen) -> Condition {
    let (is_met, evidence) = match record {
        RecordSeen::Read(record) => (is_free(record), told_of(record)),
        RecordSeen::Absent => (false, "there is no control record".to_owned()),
        RecordSeen::Silent { cause } => (false, cause.clone()),
    };
    Condition { what: "control record", is_met, evidence, age_ms: 0 }
}

/// A run that is open and serves nobody goes first.
fn is_free(record: &ControlRecord) -> bool {
    record.active_region().is_some() && record.run().is_none()
}

fn told_of(record: &ControlRecord) -> String {
    match record.run() {
        Some(run) => format!("epoch {}, run {} is open", record.epoch(), run.id),
        None => format!("epoch {}, no run open", record.epoch()),
    }
}

fn follows(reach: &Reach, account: &Account, target: &RegionName, seen: &Seen) -> Condition {
    let arn = account.cluster_arn(reach.system(), target);
    let (is_met, evidence) = match &seen.global {
        Ok(global) if global.moving.is_some() => (false, "roles are changing".to_owned()),
        Ok(global) => match global.member(&arn) {
            Some(member) if member.is_connected == Some(false) => {
                (false, "not connected".to_owned())
            }
            Some(_) => (true, "a member, connected as far as the service says".to_owned()),
            None => (false, "no member of the global database".to_owned()),
        },
        Err(fault) => (false, fault.clone().said()),
    };
    Condition { what: "storage of the target follows", is_met, evidence, age_ms: 0 }
}

fn lag(seen: &Seen, at: Millis) -> Condition {
    let most = Settings::default().database_lag_max;
    let last = match &seen.told.database_lag {
        Ok(points) => points.last().ok_or_else(|| "no values for an hour".to_owned()),
        Err(fault) => Err(fault.clone().said()),
    };
    let what = "database lag";
    match last {
        Ok(point) => {
            let evidence = format!("{} behind, at most {most} is well", point.as_ms());
            let age = at.since(point.at);
            // A value is sent each minute, and is late by another.
            let is_met = point.as_ms() <= most && age <= DurationMs(300_000);
            Condition { what, is_met, evidence, age_ms: age.0 }
        }
        Err(evidence) => Condition { what, is_met: false, evidence, age_ms: 0 },
    }
}

/// Nothing in the target is turned off that a failover does not turn on.
fn stopped(reach: &Reach, target: &RegionName, seen: &Seen) -> Condition {
    let found = switched_off(reach, target, seen);
    let is_known = seen.throttle.is_ok() && seen.at_once.iter().all(|(.., found)| found.is_ok());
    let evidence = match (found.is_empty(), is_known) {
        (true, true) => "as the templates say".to_owned(),
        (true, false) => "not all of it is known".to_owned(),
        (false, _) => found.join("; "),
    };
    let is_met = found.is_empty() && is_known;
    Condition { what: "functions and stage of the target", is_met, evidence, age_ms: 0 }
}

fn switched_off(reach: &Reach, region: &RegionName, seen: &Seen) -> Vec<String> {
    let mut found = Vec::new();
    let (rate, burst) = reach.system().names.rate_and_burst;
    if let Ok(Some(throttle)) = &seen.throttle
        && *throttle != (Throttle { rate, burst })
    {
        let (is, bursts) = (throttle.rate, throttle.burst);
        found.push(format!(
            "{region}: the stage takes {is}/s, {bursts} at once, not {rate} and {burst}"
        ));
    }
    for (name, usual, at_once) in &seen.at_once {
        if let Ok(at_once) = at_once
            && *at_once != Some(*usual)
        {
            let is = at_once.map_or("unbounded".to_owned(), |number| number.to_string());
            found.push(format!("{region}: `{name}` may run {is} at once, not {usual}"));
        }
    }
    found
}

/// What a run changes outside the templates, as far as it is changed now. The templates have event sources off, in both
/// Regions, and alarms that call.
fn drift(
    reach: &Reach,
    record: &RecordSeen,
    names: &[RegionName; 2],
    seen: &[Seen; 2],
) -> Vec<String> {
    let active = active(record);
    let mut drift = Vec::new();
    for (region, seen) in names.iter().zip(seen) {
        drift.extend(switched_off(reach, region, seen));
        let should_be =
            if active.as_ref() == Some(region) { SourceState::On } else { SourceState::Off };
        let sources = seen.sources.iter().flatten();
        drift.extend(sources.filter(|source| source.state != should_be).map(|source| {
            format!(
                "{region}: event source `{}` is {:?}, not {should_be:?}",
                source.name, source.state
            )
        }));
        let alarms = seen.told.alarms.iter().flatten().filter(|alarm| !alarm.calls);
        drift.extend(alarms.map(|alarm| format!("{region}: alarm `{}` calls nobody", alarm.name)));
    }
    drift
}
