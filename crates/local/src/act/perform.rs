//! What each action does here, by SQL, HTTP, DNS and the database service.
//!
//! Whatever is not so yet is asked again every few milliseconds; the loop drops an attempt at its time
//! limit.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use drill::Site;
use hyper::{Request, StatusCode};
use runbook::{Action, ActionName, Evidence, Failure, Observed, Plan, Plane, Refused, Tail};
use stores::{PgSettings, Raised};
use tokio::time::sleep;

use crate::act::reach::{CALL_LIMIT, Reach};
use crate::act::{reconcile, sql};
use crate::dns::{Resolver, Ttl};
use crate::place::Place;
use crate::system::ask::{Answer, Ask, DatabaseAnswer, DatabaseAsk};

/// From one look to the next.
const LOOK: Duration = Duration::from_millis(10);
/// From one look for a Region that is away to the next.
const PATIENCE: Duration = Duration::from_millis(100);
/// How far the standby may be behind to be called level.
const CLOSE_BYTES: u64 = 1024 * 1024;

/// What came of an attempt.
pub(crate) type Attempt = Result<Observed, Failure>;

pub(crate) fn again(cause: &str) -> Failure {
    Failure::TryAgain(cause.to_owned())
}

/// Nobody here waits as long as in AWS.
pub(crate) fn bounded(settings: PgSettings) -> PgSettings {
    PgSettings { connections_max: 4, connection_timeout: CALL_LIMIT, ..settings }
}

/// Makes one attempt.
pub(crate) async fn perform(reach: &Reach, plan: &Plan, action: &Action) -> Attempt {
    check_control_planes(reach, action).await?;
    let (source, target) = (site(&plan.source)?, site(&plan.target)?);
    match action.name {
        ActionName::CheckPreconditions => check(reach, source, target).await,
        ActionName::SnapshotEvidence => snapshot(reach, plan, source, target).await,
        ActionName::RecordTail => tail(reach, source).await.map(Observed::Tail),
        ActionName::SwitchDatabase => {
            database(reach, DatabaseAsk::Switch { source: Place::Region(source) }).await
        }
        ActionName::PromoteDatabase => promote(reach, target, false).await,
        ActionName::DetachDatabase => promote(reach, target, true).await,
        ActionName::VerifyDatabase => writable_tail(reach, target).await,
        ActionName::RaiseEpoch => raise_epoch(reach, plan, site(&action.region)?).await,
        ActionName::HoldMissing => reconcile::hold(reach, plan, target).await,
        ActionName::AskProcessor | ActionName::SettleMissing => {
            reconcile::settle_all(reach, plan, target).await
        }
        ActionName::TryPayment => until_ready(reach, target).await,
        ActionName::ConfirmTraffic => confirm_traffic(reach, target).await,
        ActionName::AwaitSource => await_source(reach, source).await,
        ActionName::RescueTail => {
            database(reach, DatabaseAsk::Rescued { source: Place::Region(source) }).await
        }
        ActionName::RestoreProtection => until_level(reach, target).await,
        ActionName::ConfirmWriter => confirm_writer(reach, source).await,
        // Nothing here has event sources, alarms or tables of its own, the loop sees to the record, and
        // the outbox goes with the ledger: what remains of these is that the Region answers.
        ActionName::Triage
        | ActionName::ApproveLoss
        | ActionName::CloseEarlier
        | ActionName::BeginRun
        | ActionName::MuteAlarms
        | ActionName::StopIntake
        | ActionName::StopSource
        | ActionName::WaitForFence
        | ActionName::DrainOutbox
        | ActionName::WaitForReplication
        | ActionName::PassPointOfNoReturn
        | ActionName::ApproveDetach
        | ActionName::Open
        | ActionName::StartWorkers
        | ActionName::DirectTraffic
        | ActionName::Stabilize
        | ActionName::SwapMonitoring
        | ActionName::WriteReport
        | ActionName::HoldSource
        | ActionName::Converge
        | ActionName::Close
        | ActionName::Abort
        | ActionName::ReopenSource => answers(reach, Place::Region(site(&action.region)?)).await,
    }
}

/// Nothing is done while a control plane refuses that the action calls.
async fn check_control_planes(reach: &Reach, action: &Action) -> Result<(), Failure> {
    let control = action.calls.iter().filter(|call| call.plane == Plane::Control);
    for at in control.filter_map(|call| Site::of(&call.region)).collect::<BTreeSet<_>>() {
        let ask = Ask::TakesCalls { at: Place::Region(at) };
        if !matches!(reach.supervisor(&ask).await, Some(Answer::Is(true))) {
            return Err(again(&format!("the control plane in {} refuses", at.region())));
        }
    }
    Ok(())
}

fn site(region: &fence::RegionName) -> Result<Site, Failure> {
    let unknown =
        || Failure::Refused(Refused::Other, format!("there is no Region `{region}` here"));
    Site::of(region).ok_or_else(unknown)
}

/// Whether anybody is there.
async fn answers(reach: &Reach, to: Place) -> Attempt {
    match reach.supervisor(&Ask::Reaches { from: reach.ways.from, to }).await {
        Some(Answer::Is(true)) => Ok(Observed::Done),
        _ => Err(again("the Region does not answer")),
    }
}

async fn check(reach: &Reach, source: Site, target: Site) -> Attempt {
    let is_level = match (
        sql::standing(&reach.ways, source).await,
        sql::standing(&reach.ways, target).await,
    ) {
        (Some(writer), Some(reader)) => {
            let is_close = writer.behind_bytes.is_some_and(|behind| behind < CLOSE_BYTES);
            writer.is_writer && !reader.is_writer && is_close
        }
        _ => false,
    };
    let refusal =
        || Failure::Refused(Refused::Precondition, "the databases are not level".to_owned());
    is_level.then_some(Observed::Done).ok_or_else(refusal)
}

/// Nobody knows how far a writer had come that does not answer; the reader knows when what it had
/// last was committed.
async fn snapshot(reach: &Reach, plan: &Plan, source: Site, target: Site) -> Attempt {
    // Nobody waits for a Region that is gone.
    let to = Place::Region(source);
    let is_there = reach.supervisor(&Ask::Reaches { from: reach.ways.from, to }).await;
    let writer = match is_there {
        Some(Answer::Is(true)) => sql::standing(&reach.ways, source).await,
        _ => None,
    };
    let lag_ms = match writer {
        Some(writer) => writer.behind_ms,
        None => sql::standing(&reach.ways, target).await.and_then(|reader| reader.behind_ms),
    };
    let missing = reconcile::missing(reach, plan, target).await;
    let intents_missing = missing.ok().map(|missing| missing.len() as u64);
    Ok(Observed::Evidence(Evidence { lag_ms, intents_missing }))
}

/// Where the ledger of a Region ends, if it takes writes.
async fn tail(reach: &Reach, site: Site) -> Result<Tail, Failure> {
    let standing =
        sql::standing(&reach.ways, site).await.ok_or_else(|| again("the database is silent"))?;
    if !standing.is_writer {
        return Err(again("the database takes no writes yet"));
    }
    let whole = reach.ledger(site).everything().await;
    let (records, postings) = whole.map_err(|error| again(&error.to_string()))?;
    let faults =
        payments::audit_books(&postings).len() + payments::audit_records(&records, &postings).len();
    let movements = records.iter().map(|record| record.movements().count()).sum::<usize>();
    Ok(Tail {
        position: Some(standing.position),
        movements: movements as u64,
        faults: faults as u64,
    })
}

/// The same of a database that may still be on its way to take writes.
async fn writable_tail(reach: &Reach, site: Site) -> Attempt {
    loop {
        match tail(reach, site).await {
            Err(Failure::TryAgain(_)) => sleep(LOOK).await,
            settled => return settled.map(Observed::Database),
        }
    }
}

async fn promote(reach: &Reach, target: Site, detach: bool) -> Attempt {
    database(reach, DatabaseAsk::Promote { target: Place::Region(target), detach }).await
}

/// Asks the database service until what was asked for is over.
async fn database(reach: &Reach, ask: DatabaseAsk) -> Attempt {
    loop {
        return match reach.database(ask).await {
            DatabaseAnswer::UnderWay => {
                sleep(LOOK).await;
                continue;
            }
            DatabaseAnswer::Done | DatabaseAnswer::Writer { .. } => Ok(Observed::Done),
            DatabaseAnswer::Number(number) => Ok(Observed::Movements(number)),
            DatabaseAnswer::NothingMoved(cause) => {
                Err(Failure::Refused(Refused::NothingMoved, cause))
            }
            DatabaseAnswer::Versions(cause) => Err(Failure::Refused(Refused::Versions, cause)),
            DatabaseAnswer::Refuses => Err(again("the control plane of the database refuses")),
            DatabaseAnswer::Silent => Err(Failure::TimedOut),
        };
    }
}

async fn raise_epoch(reach: &Reach, plan: &Plan, site: Site) -> Attempt {
    let epoch = payments::Epoch::new(plan.epoch.number());
    let region = if site.region() == plan.target.as_str() { &plan.target } else { &plan.source };
    match reach.ledger(site).raise_epoch(epoch, region.as_str()).await {
        Ok(Raised::Done) => Ok(Observed::Epoch(plan.epoch)),
        Ok(Raised::Passed(row)) => {
            let cause = format!("the ledger is in epoch {}", row.number());
            Err(Failure::Refused(Refused::Database, cause))
        }
        Err(error) => Err(again(&error.to_string())),
    }
}

/// Asks the Region's own name whether it may take money.
async fn until_ready(reach: &Reach, target: Site) -> Attempt {
    loop {
        if status(reach, target, "/health/ready").await == Some(StatusCode::OK) {
            return Ok(Observed::Done);
        }
        sleep(LOOK).await;
    }
}

async fn confirm_traffic(reach: &Reach, target: Site) -> Attempt {
    // Each look asks the authoritative server anew.
    let resolver = Resolver::new(reach.ways.dns, Ttl::Ignored(Duration::ZERO));
    loop {
        let address = resolver.resolve(&reach.ways.public_name).await;
        if address.is_ok_and(|address| address == Place::Region(target).address()) {
            return Ok(Observed::Done);
        }
        sleep(LOOK).await;
    }
}

async fn await_source(reach: &Reach, source: Site) -> Attempt {
    loop {
        if status(reach, source, "/health").await == Some(StatusCode::OK) {
            return Ok(Observed::Done);
        }
        sleep(PATIENCE).await;
    }
}

/// What a Region's service answers.
async fn status(reach: &Reach, site: Site, path: &str) -> Option<StatusCode> {
    let url = format!("http://{}{path}", reach.ways.services[site as usize]);
    let request = Request::get(url).body(Bytes::new()).ok()?;
    reach.http.exchange(request).await.ok().map(|response| response.status())
}

async fn until_level(reach: &Reach, writer: Site) -> Attempt {
    loop {
        let standing = sql::standing(&reach.ways, writer).await;
        if standing.and_then(|writer| writer.behind_bytes).is_some_and(|bytes| bytes < CLOSE_BYTES)
        {
            return Ok(Observed::Done);
        }
        sleep(PATIENCE).await;
    }
}

async fn confirm_writer(reach: &Reach, source: Site) -> Attempt {
    let at = Place::Region(source);
    let is_writer = match reach.database(DatabaseAsk::Writer { at }).await {
        DatabaseAnswer::Writer { at: writer, moves, .. } => writer == at && !moves,
        _ => false,
    };
    let takes_writes = sql::standing(&reach.ways, source).await.is_some_and(|seen| seen.is_writer);
    let refusal = || again("the source's database is not the writer");
    (is_writer && takes_writes).then_some(Observed::Done).ok_or_else(refusal)
}
