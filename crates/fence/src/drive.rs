//! Carrying out orders and fencing a source: the small loops of a run over the port.
//!
//! Each is safe to perform twice: after a death, after [`WriteOutcome::Unknown`], by two drivers of
//! one run. There is no waiting here: an interval between two tries is the caller's.

use crate::ATTEMPTS_MAX;
use crate::judge::judge;
use crate::lease::{Lease, revocation};
use crate::name::{Epoch, RegionName, RunId};
use crate::order::{Order, Refusal, Verdict};
use crate::record::{ControlRecord, Run, State};
use crate::store::{ControlStore, Unsettled, WriteOutcome};
use crate::time::{Millis, Timing};
use crate::wait::{FenceWait, fence_wait};

/// How an order ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// The record says what was ordered; this is it.
    Done(ControlRecord),
    /// It may not be.
    Refused(Refusal),
}

/// Carries out `order`.
///
/// Whether an unclear write was this one's shows in the record that is read next: its run and its
/// epoch are there or not, and an epoch is reserved by one run only.
///
/// # Errors
/// When the store does not answer, or not clearly. The order may then still take place.
pub async fn transition(store: &impl ControlStore, order: &Order) -> Result<Transition, Unsettled> {
    let mut record = store.read_record().await?;
    for _ in 0..ATTEMPTS_MAX {
        let change = match (judge(record.as_ref(), order), record) {
            (Verdict::Write(change), _) => change,
            (Verdict::Refused(refusal), _) => return Ok(Transition::Refused(refusal)),
            (Verdict::Already, Some(record)) => return Ok(Transition::Done(record)),
            (Verdict::Already, None) => unreachable!("what is done has left a record"),
        };
        record = match store.write_record(&change).await {
            WriteOutcome::Written => return Ok(Transition::Done(change.record)),
            WriteOutcome::Refused(stored) => stored,
            WriteOutcome::Unknown => store.read_record().await?,
        };
    }
    Err(Unsettled::StillUnknown)
}

/// How a fence ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fence {
    /// The lease of the source is revoked; so long are its gates open.
    Revoked(FenceWait),
    /// The run may not fence.
    Refused(Refusal),
}

/// Revokes the lease of the run's source, so that no renewal is written any more, and says how long
/// its gates may still be open at `now`, by the clock of whoever drives the run.
///
/// # Errors
/// When the store does not answer, or not clearly.
pub async fn fence_once(
    store: &impl ControlStore,
    run: &RunId,
    epoch: Epoch,
    timing: &Timing,
    now: Millis,
) -> Result<Fence, Unsettled> {
    match source(store.read_record().await?.as_ref(), run, epoch) {
        Ok(source) => {
            let lease = revoke(store, &source, epoch).await?;
            Ok(Fence::Revoked(fence_wait(&lease, epoch, timing, now)))
        }
        Err(refusal) => Ok(Fence::Refused(refusal)),
    }
}

/// The Region that this run is taking the permission from.
fn source(record: Option<&ControlRecord>, id: &RunId, epoch: Epoch) -> Result<RegionName, Refusal> {
    let record = record.ok_or(Refusal::NotInitialized)?;
    let run = match record.run() {
        Some(Run { id: other, .. }) if other != id => {
            return Err(Refusal::OtherRunOpen { run: other.clone() });
        }
        run => run,
    };
    if record.epoch() != epoch {
        return Err(Refusal::StaleEpoch { ordered: epoch, recorded: record.epoch() });
    }
    match (run, record.state()) {
        (Some(run), State::Draining | State::Fenced) => Ok(run.source.clone()),
        (Some(_), state) => Err(Refusal::WrongState { state }),
        (None, _) => Err(Refusal::RunNotOpen),
    }
}

async fn revoke(
    store: &impl ControlStore,
    source: &RegionName,
    epoch: Epoch,
) -> Result<Lease, Unsettled> {
    let mut lease = store.read_lease(source).await?;
    for _ in 0..ATTEMPTS_MAX {
        let change = match (revocation(lease.as_ref(), source, epoch), lease) {
            (Some(change), _) => change,
            (None, Some(lease)) => return Ok(lease),
            (None, None) => unreachable!("a lease that is revoked exists"),
        };
        lease = match store.write_lease(&change).await {
            WriteOutcome::Written => return Ok(change.lease().clone()),
            WriteOutcome::Refused(stored) => stored,
            WriteOutcome::Unknown => store.read_lease(source).await?,
        };
    }
    Err(Unsettled::StillUnknown)
}
