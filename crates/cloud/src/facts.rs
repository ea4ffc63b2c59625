//! What a plan is made from, as AWS tells it: everything asked at once and for a short time, so that a Region that is
//! lost costs seconds. What does not answer is not known.

use std::collections::BTreeMap;

use fence::{ControlStore as _, DurationMs, Millis, RegionName};
use payments::IntentState;
use recovery::{Answer, Ask, Standing};
use runbook::{
    ActionName, Entry, Event, Facts, Known, Lag, PlanKind, RecordSeen, Settings, SiteFacts,
};

use crate::account::Account;
use crate::alarms::Alarm;
use crate::database::Cluster;
use crate::fault::Fault;
use crate::metrics::{Point, Series};
use crate::reach::{Reach, now};

/// How far back lags are looked at.
const LAG_MINUTES: u64 = 60;
/// How many of the latest runs are looked at for a failover.
const RUNS_MAX: usize = 20;
/// The name of the alarm that rings long before a certificate expires.
const CERTIFICATE_ALARM: &str = "CertificateExpiry";

/// What one Region told.
pub(crate) struct Told {
    pub(crate) cluster: Result<Cluster, Fault>,
    pub(crate) ledger: Result<Answer, Fault>,
    pub(crate) alarms: Result<Vec<Alarm>, Fault>,
    /// What `/health` answers.
    pub(crate) health: Result<u16, String>,
    pub(crate) functions: BTreeMap<String, Option<String>>,
    /// As which this Region follows the other.
    pub(crate) database_lag: Result<Vec<Point>, Fault>,
    /// In which direction it sends.
    pub(crate) table_lag: Result<Vec<Point>, Fault>,
    /// In which it receives.
    pub(crate) bucket_lag: Result<Vec<Point>, Fault>,
}

impl Told {
    /// How its database says that it stands.
    pub(crate) fn standing(&self) -> Option<Standing> {
        match &self.ledger {
            Ok(Answer::Standing(standing)) => Some(*standing),
            _ => None,
        }
    }
}

/// Everything that is seen now, for a run of this kind.
pub async fn facts(reach: &Reach, kind: PlanKind, settings: &Settings) -> Facts {
    let homes = &reach.system().homes;
    let names = [homes.primary.clone(), homes.standby.clone()];
    let unknown = Facts::unknown(now(), names[0].clone(), names[1].clone(), homes.witness.clone());
    let Ok(account) = reach.account().await else { return unknown };
    let (record, one, other) = tokio::join!(
        record(reach),
        Box::pin(told(reach, account, &names[0])),
        Box::pin(told(reach, account, &names[1])),
    );
    let (reconciled, last_failover_at) = match kind {
        PlanKind::Failback => tokio::join!(reconciled(reach), last_failover(reach)),
        PlanKind::Switchover | PlanKind::Failover => (Known::Unknown, None),
    };
    let active = active(&record).unwrap_or_else(|| names[0].clone());
    let [sender, follower] = if active == names[0] { [&one, &other] } else { [&other, &one] };
    let now = unknown.at;
    Facts {
        primary: site(&unknown.primary, &one),
        standby: site(&unknown.standby, &other),
        versions_equal: versions_equal(&one, &other),
        database_lag: lag(&follower.database_lag, 1.0, settings.database_lag_max, now, None),
        table_lag: lag(&sender.table_lag, 1.0, settings.table_lag_max, now, QUIET),
        bucket_lag: lag(&follower.bucket_lag, 1_000.0, settings.bucket_lag_max, now, QUIET),
        alarms_quiet: alarms_quiet(&one, &other),
        parity: parity(&one, &other),
        reconciled,
        last_failover_at,
        record,
        ..unknown
    }
}

/// What a metric without values means that has some only while something is replicated.
const QUIET: Option<DurationMs> = Some(DurationMs::ZERO);

/// The Region that is active, or that the open run leaves.
pub(crate) fn active(record: &RecordSeen) -> Option<RegionName> {
    let RecordSeen::Read(record) = record else { return None };
    record.active_region().or(record.run().map(|run| &run.source)).cloned()
}

pub(crate) async fn record(reach: &Reach) -> RecordSeen {
    match reach.table().read_record().await {
        Ok(Some(record)) => RecordSeen::Read(Box::new(record)),
        Ok(None) => RecordSeen::Absent,
        Err(silent) => RecordSeen::Silent { cause: silent.cause },
    }
}

/// Asks one Region everything at once.
pub(crate) async fn told(reach: &Reach, account: &Account, region: &RegionName) -> Told {
    let (system, site, limit) = (reach.system(), reach.site(region), reach.ways.call_limit);
    let (other, at) = (system.other(region), now());
    let cluster_name = system.cluster(region);
    let ledger_name = system.ledger_function();
    let prefix = system.beginning();
    let database = Series::database_lag(system, region);
    let table = Series::table_lag(system, other);
    let bucket = Series::bucket_lag(system, region, &account.id);
    let (cluster, ledger, alarms, health, functions, database_lag, table_lag, bucket_lag) = tokio::join!(
        Box::pin(site.cluster(&cluster_name, limit)),
        Box::pin(site.ask(&ledger_name, &Ask::Standing, limit)),
        Box::pin(site.alarms(&prefix, limit)),
        Box::pin(reach.get(region, "/health")),
        Box::pin(makes(reach, region)),
        Box::pin(site.points(&database, at, LAG_MINUTES, limit)),
        Box::pin(site.points(&table, at, 5, limit)),
        Box::pin(site.points(&bucket, at, 5, limit)),
    );
    let health = health.map(|answered| answered.status.as_u16());
    Told { cluster, ledger, alarms, health, functions, database_lag, table_lag, bucket_lag }
}

/// What each function of a Region is made of.
async fn makes(reach: &Reach, region: &RegionName) -> BTreeMap<String, Option<String>> {
    let (site, limit) = (reach.site(region), reach.ways.call_limit);
    let mut makes = BTreeMap::new();
    for (name, _) in &reach.system().names.functions {
        let made = site.make(&reach.system().function(name), limit).await.ok();
        let is_silent = made.is_none();
        makes.insert(name.clone(), made);
        // One that is silent says enough of the others.
        if is_silent {
            break;
        }
    }
    makes
}

fn site(unknown: &SiteFacts, told: &Told) -> SiteFacts {
    let standing = told.standing();
    let has_database = match &told.ledger {
        Ok(Answer::Standing(_)) => Known::Yes,
        Ok(_) => Known::No,
        Err(_) => Known::Unknown,
    };
    let alarm = |alarms: &Vec<Alarm>| {
        certificate_alarm(alarms).map_or(Known::Unknown, |alarm| Known::from(!alarm.rings()))
    };
    SiteFacts {
        region: unknown.region.clone(),
        has_database,
        is_writer: standing.map_or(Known::Unknown, |standing| Known::from(standing.is_writer)),
        is_available: told
            .cluster
            .as_ref()
            .map_or(Known::Unknown, |cluster| Known::from(cluster.is_available())),
        database_service_answers: answers(&told.cluster),
        canary_green: told.health.as_ref().map_or(Known::Unknown, |status| (*status == 200).into()),
        certificates_valid: told.alarms.as_ref().map_or(Known::Unknown, alarm),
    }
}

/// The alarm that watches the Region's certificate.
pub(crate) fn certificate_alarm(alarms: &[Alarm]) -> Option<&Alarm> {
    alarms.iter().find(|alarm| alarm.name.contains(CERTIFICATE_ALARM))
}

fn answers<T>(asked: &Result<T, Fault>) -> Known {
    match asked {
        Ok(_) => Known::Yes,
        Err(Fault::Again(_) | Fault::NotNow(_)) => Known::Unknown,
        Err(_) => Known::No,
    }
}

fn versions_equal(one: &Told, other: &Told) -> Known {
    match (&one.cluster, &other.cluster) {
        (Ok(one), Ok(other)) => Known::from(one.version == other.version),
        _ => Known::Unknown,
    }
}

fn alarms_quiet(one: &Told, other: &Told) -> Known {
    let rings = |alarms: &Vec<Alarm>| alarms.iter().any(|alarm| alarm.rings());
    match (&one.alarms, &other.alarms) {
        (Ok(one), Ok(other)) => Known::from(!rings(one) && !rings(other)),
        (Ok(known), _) | (_, Ok(known)) if rings(known) => Known::No,
        _ => Known::Unknown,
    }
}

/// Whether the functions of both Regions are made of the same.
fn parity(one: &Told, other: &Told) -> Known {
    let is_known = |told: &Told| told.functions.values().all(Option::is_some);
    if !is_known(one) || !is_known(other) {
        return Known::Unknown;
    }
    Known::from(one.functions == other.functions)
}

/// How far something is behind, and since when it has not been above the most; `quiet` is what no value means. `unit` is
/// how many milliseconds one is.
fn lag(
    points: &Result<Vec<Point>, Fault>,
    unit: f64,
    most: DurationMs,
    now: Millis,
    quiet: Option<DurationMs>,
) -> Lag {
    let Ok(points) = points else { return Lag::default() };
    let scaled = |point: &Point| Point { value: point.value * unit, ..*point }.as_ms();
    let since = Millis(now.0.saturating_sub(LAG_MINUTES * 60_000));
    let Some(last) = points.last() else {
        return Lag { now: quiet, calm_since: quiet.map(|_| since) };
    };
    let above = points.iter().rfind(|point| scaled(point) > most).map(|point| point.at);
    let first = points.first().map(|point| point.at);
    let now = if last.is_of(now) { Some(scaled(last)) } else { quiet };
    Lag { now, calm_since: above.or(first) }
}

/// Whether nothing is in quarantine. Every intent is read.
async fn reconciled(reach: &Reach) -> Known {
    let mut pages = reach.table().intents(None);
    loop {
        match pages.next().await {
            Ok(Some(intents)) => {
                if intents.iter().any(|intent| intent.state == IntentState::Quarantined) {
                    return Known::No;
                }
            }
            Ok(None) => return Known::Yes,
            Err(_) => return Known::Unknown,
        }
    }
}

/// When the latest failover opened its target.
async fn last_failover(reach: &Reach) -> Option<Millis> {
    let runs = reach.runs().await.ok()?;
    for run in runs.iter().rev().take(RUNS_MAX) {
        let entries = reach.entries(run).await.ok()?;
        if let Some(at) = opened(&entries) {
            return Some(at);
        }
    }
    None
}

/// When the failover with these entries opened its target, if it is one and did.
fn opened(entries: &[Entry]) -> Option<Millis> {
    let is_failover = entries.iter().any(
        |entry| matches!(&entry.event, Event::Planned { plan, .. } if plan.kind == PlanKind::Failover),
    );
    let opened = entries.iter().find(|entry| {
        matches!(&entry.event, Event::Ended { action: ActionName::Open, result: Ok(_), .. })
    });
    opened.filter(|_| is_failover).map(|entry| entry.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Region that is lost sends no values, and its follower falls behind.
    #[test]
    fn a_lag_of_a_while_ago_is_not_the_lag_now() {
        let now = Millis(3_600_000);
        let of = |at: u64| Ok(vec![Point { at: Millis(at), value: 80.0 }]);
        let most = DurationMs(1_000);
        let rows = [
            (of(3_580_000), Some(80)),
            (of(3_300_000), Some(80)),
            (of(3_299_000), None),
            (Ok(Vec::new()), None),
        ];
        for (points, wanted) in rows {
            let lag = lag(&points, 1.0, most, now, None);
            assert_eq!(lag.now, wanted.map(DurationMs), "{points:?}");
        }
        // What is measured only while something is replicated is quiet.
        assert_eq!(lag(&of(60_000), 1.0, most, now, QUIET).now, QUIET);
    }
}
