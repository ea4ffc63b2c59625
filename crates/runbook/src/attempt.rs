//! One attempt of an action, within its time limit.
//!
//! The limit counts from the entry with which the attempt began, because others count from there
//! when they ask whether its runner may have something in hand still.

use fence::Millis;

use crate::action::{Action, ActionName, OnFailure};
use crate::journal::Entry;
use crate::observed::{Failure, Observed, Tail};
use crate::on_record::{OnRecord, is_on_record};
use crate::plan::Plan;
use crate::ports::World;
use crate::progress::{Heading, Progress};
use crate::race::within;
use crate::seen::accept;

/// Makes the attempt of `action` that began at `began_at` in the run with these entries.
pub(crate) async fn attempt(
    world: &impl World,
    progress: &Progress,
    entries: &[Entry],
    action: &Action,
    began_at: Millis,
) -> Result<Observed, Failure> {
    let (plan, by, reason) = progress.planned(entries).expect("what is attempted was planned");
    if action.approvers > 0 {
        let approvers = progress.approvers(action.name, entries, world.now()).len();
        return Ok(Observed::Approved(u32::try_from(approvers).unwrap_or(u32::MAX)));
    }
    let record = OnRecord { world, plan, by, reason };
    let work = async {
        if is_on_record(action.name) {
            return record.perform(action.name).await;
        }
        if action.name == ActionName::CheckPreconditions && record.has_begun().await? {
            return Ok(Observed::Done);
        }
        if turns_back(action) && record.has_passed().await? {
            return Ok(done_before(action.name));
        }
        if is_beyond_opening(action, plan, progress.heading()) {
            record.check_not_superseded().await?;
        }
        let observed = world.perform(plan, action).await?;
        accept(action.name, observed, plan, progress, entries)
    };
    within(world, began_at.plus(action.time_limit), work).await.unwrap_or(Err(Failure::TimedOut))
}

/// Whether a failure of this action would turn the run back, which it must not past the point of no
/// return: a journal that lost its end leads here again.
fn turns_back(action: &Action) -> bool {
    action.on_failure == OnFailure::Abort
}

/// What was seen of an action that was done before the record went on; of the source's end nothing
/// is known any more.
fn done_before(name: ActionName) -> Observed {
    match name {
        ActionName::RecordTail => Observed::Tail(Tail::default()),
        _ => Observed::Done,
    }
}

/// Whether a Region is active again when `action` is due, so that another run may begin.
fn is_beyond_opening(action: &Action, plan: &Plan, heading: Heading) -> bool {
    let opening = match heading {
        Heading::Forward => ActionName::Open,
        Heading::Back => ActionName::Abort,
    };
    let before = plan.way(heading).iter().take_while(|other| other.name != action.name);
    before.into_iter().any(|other| other.name == opening)
}
