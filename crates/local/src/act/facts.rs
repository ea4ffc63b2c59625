//! What a plan is made from, as it is seen from where somebody stands.

use bytes::Bytes;
use drill::{Site, WITNESS_REGION};
use fence::{ControlStore, DurationMs, Millis, RegionName};
use hyper::{Request, StatusCode};
use payments::IntentState;
use recovery::Standing;
use runbook::{Facts, Known, Lag, RecordSeen, SiteFacts};

use crate::act::ledger::standing;
use crate::act::reach::{Reach, now};
use crate::act::ways::region;
use crate::place::Place;
use crate::system::ask::{Answer, Ask, DatabaseAnswer, DatabaseAsk};

/// How long ago the lag was above its bound at the latest: nobody measures it over days here.
const CALM: u64 = 24 * 3_600_000;

/// Everything that is seen now.
pub async fn facts(reach: &Reach) -> Facts {
    let names = Site::ALL.map(region);
    let [primary, standby] = names;
    let unknown = Facts::unknown(now(), primary, standby, RegionName::new(WITNESS_REGION));
    let (record, reconciled) = (record_seen(reach).await, reconciled(reach).await);
    let (primary, one) = site_facts(reach, Site::Primary, &unknown.primary).await;
    let (standby, other) = site_facts(reach, Site::Standby, &unknown.standby).await;
    let writer = [one, other].into_iter().flatten().find(|standing| standing.is_writer);
    let calm_since = Some(Millis(unknown.at.0.saturating_sub(CALM)));
    let behind = writer.filter(|writer| writer.behind_bytes.is_some());
    let lag = behind.map(|writer| DurationMs(writer.behind_ms.unwrap_or(0)));
    let no_lag = Lag { now: Some(DurationMs::ZERO), calm_since };
    Facts {
        primary,
        standby,
        record,
        versions_equal: versions_equal(reach).await,
        database_lag: Lag { now: lag, calm_since },
        table_lag: no_lag,
        bucket_lag: no_lag,
        alarms_quiet: Known::Yes,
        parity: Known::Yes,
        reconciled,
        ..unknown
    }
}

async fn record_seen(reach: &Reach) -> RecordSeen {
    match reach.store.read_record().await {
        Ok(Some(record)) => RecordSeen::Read(Box::new(record)),
        Ok(None) => RecordSeen::Absent,
        Err(silent) => RecordSeen::Silent { cause: silent.cause },
    }
}

async fn reconciled(reach: &Reach) -> Known {
    match reach.store.all_intents().await {
        Ok(intents) => {
            Known::from(intents.iter().all(|intent| intent.state != IntentState::Quarantined))
        }
        Err(_) => Known::Unknown,
    }
}

async fn versions_equal(reach: &Reach) -> Known {
    for site in Site::ALL {
        let ask = DatabaseAsk::Writer { at: Place::Region(site) };
        if let DatabaseAnswer::Writer { versions_equal, .. } = reach.database(ask).await {
            return Known::from(versions_equal);
        }
    }
    Known::Unknown
}

async fn site_facts(
    reach: &Reach,
    site: Site,
    unknown: &SiteFacts,
) -> (SiteFacts, Option<Standing>) {
    let to = Place::Region(site);
    let is_reached = reach.supervisor(&Ask::Reaches { from: reach.ways.from, to }).await;
    if !matches!(is_reached, Some(Answer::Is(true))) {
        return (unknown.clone(), None);
    }
    let standing = standing(reach.ledger(site)).await;
    let service = reach.database(DatabaseAsk::Writer { at: to }).await;
    let seen = SiteFacts {
        region: unknown.region.clone(),
        has_database: Known::from(standing.is_some()),
        is_writer: standing.map_or(Known::Unknown, |standing| Known::from(standing.is_writer)),
        is_available: Known::from(standing.is_some()),
        database_service_answers: match service {
            DatabaseAnswer::Writer { .. } => Known::Yes,
            DatabaseAnswer::Refuses => Known::No,
            _ => Known::Unknown,
        },
        canary_green: Known::from(is_green(reach, site).await),
        certificates_valid: Known::Yes,
    };
    (seen, standing)
}

async fn is_green(reach: &Reach, site: Site) -> bool {
    let url = format!("http://{}/health", reach.ways.services[site as usize]);
    let Ok(request) = Request::get(url).body(Bytes::new()) else { return false };
    reach.http.exchange(request).await.is_ok_and(|answer| answer.status() == StatusCode::OK)
}
