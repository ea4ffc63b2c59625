//! Collects all evidence of a live drill when it is over.

use std::fs;
use std::time::Duration;

use drill::{Happening, Scenario, Site};
use tokio::time::{Instant, sleep};

use super::clients::Crowd;
use super::conduct::Played;
use super::evidence::{Ending, Evidence, TailOf};
use super::gate_lines::gate_lines;
use super::live::Live;
use super::stage::Stage as _;
use crate::act;
use crate::postgres::TailRead;
use crate::store::read_logs;

/// For how long writers that were replaced may take to come back and be read.
const RETURN: Duration = Duration::from_secs(30);
/// From one look for them to the next.
const LOOK: Duration = Duration::from_millis(100);

/// Why the evidence is not whole: nothing can be judged.
#[derive(Debug, thiserror::Error)]
#[error("the evidence of the drill is not whole: {0}")]
pub struct NotWhole(String);

fn not_whole(what: &'static str) -> impl Fn(&dyn std::fmt::Display) -> NotWhole {
    move |cause| NotWhole(format!("{what}: {cause}"))
}

/// Everything that is known of a drill. What is still broken is mended for it, so that what a writer
/// had is read that was lost for good: that is later than the drill, and no part of it.
///
/// # Errors
/// When a part of the evidence cannot be read.
pub async fn collect(
    scenario: &Scenario,
    live: &Live,
    crowd: &Crowd,
    played: Played,
) -> Result<Evidence, NotWhole> {
    let end = ending(live, played.left).await?;
    mend(live).await?;
    let mut evidence = Evidence {
        scenario: scenario.name.clone(),
        seed: crowd.seed,
        begin_us: played.begin_us,
        end_us: played.end_us,
        requests: crowd.asked.all(),
        notes: crowd.notes.all(),
        end,
        ..Evidence::default()
    };
    let votes = live.system.vote_logs();
    evidence.chosen = read_logs(&votes).map_err(|error| not_whole("the store's votes")(&error))?;
    for site in Site::ALL {
        evidence.commits.extend(
            live.system
                .cluster(site)
                .read_commits()
                .await
                .map_err(|error| not_whole("a ledger's commits")(&error))?,
        );
        let raises = live.system.cluster(site).read_raises().await;
        let raises = raises.map_err(|error| not_whole("a ledger's epochs")(&error))?;
        let is_new = |raise: &crate::postgres::EpochRaise| !evidence.raises.contains(raise);
        let new: Vec<_> = raises.into_iter().filter(is_new).collect();
        evidence.raises.extend(new);
        let log = fs::read_to_string(live.system.service_log(site));
        let log = log.map_err(|error| not_whole("a service's log")(&error))?;
        evidence.gates.extend(gate_lines(site, &log));
    }
    evidence.tails = tails(live)?;
    Ok(evidence)
}

async fn ending(live: &Live, left: Vec<String>) -> Result<Ending, NotWhole> {
    let active = live.active().await.unwrap_or(Site::Primary);
    let ledger = live.reach.ledger(active).everything().await;
    let (payments, postings) = ledger.map_err(|error| not_whole("the ledger")(&error))?;
    let intents = live.reach.store.all_intents().await;
    let intents = intents.map_err(|silent| not_whole("the intents")(&silent))?;
    Ok(Ending { left, record: live.record().await, payments, postings, intents })
}

/// Lets everything work again, and waits until each writer that was replaced is read and follows.
async fn mend(live: &Live) -> Result<(), NotWhole> {
    for fault in live.broken() {
        // What does not start is seen below.
        let line = Happening::Mend(fault).to_string();
        let _ = live.change(fault, false, &line).await;
    }
    let until = Instant::now() + RETURN;
    while !is_paired(live).await {
        if Instant::now() > until {
            return Err(NotWhole("a writer that was replaced has not come back".to_owned()));
        }
        sleep(LOOK).await;
    }
    Ok(())
}

/// Whether one database is the writer and the other follows it, and nothing is left to be read of one
/// that was replaced: two servers in these roles may be so before the service has looked at either.
async fn is_paired(live: &Live) -> bool {
    if !live.system.is_settled() {
        return false;
    }
    let standing = |site| act::standing(live.reach.ledger(site));
    let (one, other) = (standing(Site::Primary).await, standing(Site::Standby).await);
    one.zip(other).is_some_and(|(one, other)| one.is_writer != other.is_writer)
}

fn tails(live: &Live) -> Result<Vec<TailOf>, NotWhole> {
    let tails = live.system.tails().into_iter().map(|(site, tail)| match tail {
        TailRead::Read(tail) => Ok(TailOf { site, commits: tail.commits }),
        TailRead::Unread { why, .. } => Err(not_whole("what a replaced writer had")(&why)),
    });
    tails.collect()
}
