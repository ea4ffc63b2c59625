//! What each action does here, by SQL, HTTP, DNS and the database service.
//!
//! Whatever is not so yet is asked again every few milliseconds; the loop drops an attempt at its time
//! limit.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use drill::Site;
use hyper::{Request, StatusCode};
use recovery::Ask as Question;
use runbook::{Action, ActionName, Failure, Observed, Plan, Plane, Refused};
use tokio::time::sleep;

use crate::act::kept::write_report;
use crate::act::ledger::{ask, standing};
use crate::act::reach::Reach;
use crate::dns::{Resolver, Ttl};
use crate::place::Place;
use crate::system::ask::{Answer, Ask, DatabaseAnswer, DatabaseAsk};

/// From one look to the next.
const LOOK: Duration = Duration::from_millis(10);
/// From one look for a Region that is away to the next.
const PATIENCE: Duration = Duration::from_millis(100);
/// How often it is looked whether a bucket has been copied: nobody waits longer for receipts.
const CONVERGE_LOOKS: u32 = 100;
/// How far the standby may be behind to be called level.
const CLOSE_BYTES: u64 = 1024 * 1024;

/// What came of an attempt.
pub(crate) type Attempt = Result<Observed, Failure>;

pub(crate) fn again(cause: &str) -> Failure {
    Failure::TryAgain(cause.to_owned())
}

/// Makes one attempt.
pub(crate) async fn perform(reach: &Reach, plan: &Plan, action: &Action) -> Attempt {
    check_control_planes(reach, action).await?;
    let (source, target) = (site(&plan.source)?, site(&plan.target)?);
    let epoch = plan.epoch.number();
    match action.name {
        ActionName::CheckPreconditions => check(reach, source, target).await,
        ActionName::SnapshotEvidence => snapshot(reach, plan, source, target).await,
        ActionName::RecordTail => ask(reach, source, Question::Tail).await.observed(),
        ActionName::SwitchDatabase => {
            database(reach, DatabaseAsk::Switch { source: Place::Region(source) }).await
        }
        ActionName::PromoteDatabase => promote(reach, target, false).await,
        ActionName::DetachDatabase => promote(reach, target, true).await,
        ActionName::VerifyDatabase => writable_tail(reach, target).await,
        ActionName::RaiseEpoch => {
            let region = action.region.to_string();
            ask(reach, site(&action.region)?, Question::RaiseEpoch { epoch, region })
                .await
                .observed()
        }
        ActionName::HoldMissing => ask(reach, target, Question::Hold { epoch }).await.observed(),
        ActionName::AskProcessor | ActionName::SettleMissing => {
            ask(reach, target, Question::Settle { epoch }).await.observed()
        }
        ActionName::TryPayment => until_ready(reach, target).await,
        ActionName::ConfirmTraffic => confirm_traffic(reach, target).await,
        ActionName::WriteReport => write_report(reach, plan, site(&action.region)?).await,
        ActionName::AwaitSource => await_source(reach, source).await,
        ActionName::RescueTail => {
            database(reach, DatabaseAsk::Rescued { source: Place::Region(source) }).await
        }
        ActionName::Converge => until_copied(reach, source).await,
        ActionName::RestoreProtection => until_level(reach, target).await,
        ActionName::ConfirmWriter => confirm_writer(reach, source).await,
        // Nothing here has event sources, alarms or session tables, the loop sees to the record, and
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
        | ActionName::UnmuteAlarms
        | ActionName::HoldSource
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
    let is_level =
        match (standing(reach.ledger(source)).await, standing(reach.ledger(target)).await) {
            (Some(writer), Some(reader)) => {
                let is_close = writer.behind_bytes.is_some_and(|behind| behind < CLOSE_BYTES);
                writer.is_writer && !reader.is_writer && is_close
            }
            _ => false,
        };
    let refusal =
        || Failure::Refused(Refused::Precondition, "the databases are not level".to_owned());
    if is_level { Ok(Observed::Noted(reach.asked_dns().await)) } else { Err(refusal()) }
}

/// Nobody knows how far a writer had come that does not answer; the reader knows when what it had
/// last was committed.
async fn snapshot(reach: &Reach, plan: &Plan, source: Site, target: Site) -> Attempt {
    // Nobody waits for a Region that is gone.
    let to = Place::Region(source);
    let is_there = reach.supervisor(&Ask::Reaches { from: reach.ways.from, to }).await;
    let writer = match is_there {
        Some(Answer::Is(true)) => standing(reach.ledger(source)).await,
        _ => None,
    };
    let lag_ms = match writer {
        Some(writer) => writer.behind_ms,
        None => standing(reach.ledger(target)).await.and_then(|reader| reader.behind_ms),
    };
    let epoch = plan.epoch.number();
    let missing = ask(reach, target, Question::Missing { epoch }).await;
    Ok(Observed::Evidence(missing.evidence(lag_ms)))
}

/// Where the ledger of a Region ends, whose database may still be on its way to take writes.
async fn writable_tail(reach: &Reach, site: Site) -> Attempt {
    loop {
        match ask(reach, site, Question::Tail).await.observed() {
            Err(Failure::TryAgain(_)) => sleep(LOOK).await,
            Ok(Observed::Tail(tail)) => return Ok(Observed::Database(tail)),
            other => return other,
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
            return Ok(Observed::Noted(reach.asked_dns().await));
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

/// Waits until the target has every receipt that the source alone had, for as long as the source is there. What the
/// target takes meanwhile is always a little behind.
async fn until_copied(reach: &Reach, source: Site) -> Attempt {
    for _ in 0..CONVERGE_LOOKS {
        answers(reach, Place::Region(source)).await?;
        if matches!(
            reach.supervisor(&Ask::Copied { from: Place::Region(source) }).await,
            Some(Answer::Is(true))
        ) {
            return Ok(Observed::Done);
        }
        sleep(PATIENCE).await;
    }
    Err(again("receipts are not all copied yet"))
}

/// What a Region's service answers.
async fn status(reach: &Reach, site: Site, path: &str) -> Option<StatusCode> {
    let url = format!("http://{}{path}", reach.ways.services[site as usize]);
    let request = Request::get(url).body(Bytes::new()).ok()?;
    reach.http.exchange(request).await.ok().map(|response| response.status())
}

async fn until_level(reach: &Reach, writer: Site) -> Attempt {
    loop {
        let behind = standing(reach.ledger(writer)).await.and_then(|writer| writer.behind_bytes);
        if behind.is_some_and(|bytes| bytes < CLOSE_BYTES) {
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
    let takes_writes = standing(reach.ledger(source)).await.is_some_and(|seen| seen.is_writer);
    let refusal = || again("the source's database is not the writer");
    (is_writer && takes_writes).then_some(Observed::Done).ok_or_else(refusal)
}
