//! What people order of a run: approvals, pauses, retries, skips, aborts.

use fence::{Author, DurationMs, NoAnswer, RunId};
use runbook::{ActionName, Appended, Control, Entry, Failure, Journal, NotTaken, Refused, order};

use crate::sim::Sim;
use crate::world::network::Place;
use crate::world::operator::decision_ms;
use crate::world::runs::{append, read};

/// For how long an approval counts.
const APPROVAL_LASTS: DurationMs = DurationMs(600_000);
/// How long until people who have been asked to approve are asked again, in milliseconds.
const ASKED_MS: u64 = 90_000;
/// How often an order is given that the journal does not answer.
const TRIES_MAX: u32 = 300;
/// The pause between two tries, in milliseconds.
const TRY_MS: u64 = 2_000;

/// The journal of a run, as people outside of both Regions reach it.
pub(crate) struct Desk {
    pub(crate) sim: Sim,
    pub(crate) run: RunId,
}

impl Journal for Desk {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        read(&self.sim, Place::Outside, &self.run).await
    }

    async fn append(&self, entry: &Entry) -> Appended {
        append(&self.sim, Place::Outside, &self.run, entry).await
    }
}

/// Gives an order, until it is taken or refused.
async fn give(sim: &Sim, run: &RunId, control: Control, by: &str) {
    let desk = Desk { sim: sim.clone(), run: run.clone() };
    let by = Author::new(by);
    for _ in 0..TRIES_MAX {
        let now = sim.with(|world| world.clock(None));
        match order(&desk, &control, &by, now).await {
            Err(NotTaken::JournalSilent { .. }) => sim.sleep(TRY_MS).await,
            // Taken, or refused: the run has gone on without it.
            Ok(()) | Err(_) => return,
        }
    }
}

/// Gives an order about a run, outside of whatever happens now.
fn give_later(sim: &Sim, run: &RunId, wait_ms: u64, control: Control, by: String) {
    let (outside, later, run) =
        (sim.with(|world| world.progress.outside()), sim.clone(), run.clone());
    sim.spawn(outside, async move {
        later.sleep(wait_ms).await;
        give(&later, &run, control, &by).await;
    });
}

/// The people on duty approve, each in their own time.
pub(crate) fn approve_later(sim: &Sim, run: &RunId, action: ActionName) {
    let approvers = sim.with(|world| {
        let now = world.kernel.now();
        let until = world.runs.asked.entry((run.clone(), action)).or_default();
        if now < *until {
            return 0;
        }
        *until = now + ASKED_MS;
        world.progress.operator.approvers
    });
    for number in 1..=approvers {
        let control = Control::Approve { action, lasts: APPROVAL_LASTS };
        give_later(sim, run, decision_ms(sim), control, format!("approver-{number}"));
    }
}

/// Somebody sees to an action that failed all its attempts: it is to be done once more, but a run
/// that may not begin, because another has, is given up.
pub(crate) async fn decide(sim: &Sim, run: &RunId, action: ActionName, failure: &Failure) {
    sim.sleep(decision_ms(sim)).await;
    let control = match (action, failure) {
        (ActionName::BeginRun, Failure::Refused(Refused::Record, cause)) => {
            Control::Abort { reason: cause.clone() }
        }
        _ => Control::Retry(action),
    };
    give(sim, run, control, "operator").await;
}

/// Somebody decides that an action is not waited for.
pub(crate) async fn skip(sim: &Sim, run: &RunId, action: ActionName) {
    let reason = "the Region will not come back".to_owned();
    give(sim, run, Control::Skip { action, reason }, "operator").await;
}

/// Somebody aborts the run that is open.
pub(crate) fn abort(sim: &Sim) {
    if let Some(run) = open_run(sim) {
        let reason = "somebody changed their mind".to_owned();
        give_later(sim, &run, 0, Control::Abort { reason }, "operator".to_owned());
    }
}

/// Somebody pauses the run that is open, and resumes it later.
pub(crate) fn pause(sim: &Sim, rest_ms: u64) {
    if let Some(run) = open_run(sim) {
        give_later(sim, &run, 0, Control::Pause, "operator".to_owned());
        give_later(sim, &run, rest_ms + TRY_MS, Control::Resume, "operator".to_owned());
    }
}

fn open_run(sim: &Sim) -> Option<RunId> {
    sim.with(|world| world.runs.open().last().map(|run| run.id.clone()))
}
