//! Beginning a run: from what is seen to a plan in its journal.

use fence::{ControlStore as _, DurationMs, RunId, State};
use runbook::{Action, NotTaken, Plan, Request, Settings, Unmet, plan, write_plan};

use crate::act::facts::facts;
use crate::act::reach::{Reach, now};

/// By how much the pauses between attempts are divided: what takes minutes in AWS takes seconds here.
const PAUSES_DIVIDED_BY: u64 = 50;
/// By how much the time limits of attempts are divided.
const LIMITS_DIVIDED_BY: u64 = 10;
/// The shortest time limit of an attempt.
const LIMIT_MIN: DurationMs = DurationMs(3_000);

/// Why a run has not begun.
#[derive(Debug, Clone)]
pub enum NotBegun {
    /// These conditions are not met.
    Unmet(Vec<Unmet>),
    /// The plan was not written into its journal.
    NotTaken(NotTaken),
}

/// The settings of runs here: the numbers of the rules, but for what one machine has no use for.
#[must_use]
pub fn settings(reach: &Reach, approvers: u32) -> Settings {
    Settings {
        approvers,
        timing: reach.ways.timing(),
        calm_before_switchover: DurationMs::ZERO,
        calm_before_failback: DurationMs::ZERO,
        pause_before_failback: DurationMs::ZERO,
        ..Settings::default()
    }
}

/// Plans a run from what is seen now, and writes the plan down. Nothing is done yet.
///
/// # Errors
/// When a condition is not met, or when the journal does not take the plan.
pub async fn begin(reach: &Reach, request: &Request) -> Result<Plan, NotBegun> {
    let plan = plan(request, &facts(reach).await).map_err(NotBegun::Unmet)?;
    let plan = shrunk(plan);
    let journal = reach.store.journal(&request.run);
    let written = write_plan(&journal, &plan, &request.by, &request.reason, now()).await;
    written.map_err(NotBegun::NotTaken)?;
    Ok(plan)
}

/// The switchover that is on its way, as which a failover goes on.
pub async fn draining(reach: &Reach) -> Option<RunId> {
    let record = reach.store.read_record().await.ok()??;
    let run = record.run().filter(|_| record.state() == State::Draining)?;
    Some(run.id.clone())
}

/// The plan with the times of one machine; what is done, and in which order, stays.
fn shrunk(plan: Plan) -> Plan {
    let shrink = |actions: Vec<Action>| actions.into_iter().map(shrunk_action).collect();
    Plan { actions: shrink(plan.actions), way_back: shrink(plan.way_back), ..plan }
}

fn shrunk_action(mut action: Action) -> Action {
    let interval = &mut action.retry.interval;
    *interval = DurationMs(interval.0.div_ceil(PAUSES_DIVIDED_BY));
    action.time_limit = LIMIT_MIN.max(DurationMs(action.time_limit.0 / LIMITS_DIVIDED_BY));
    action
}

impl std::fmt::Display for NotBegun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unmet(unmet) => {
                let reasons: Vec<String> = unmet.iter().map(ToString::to_string).collect();
                f.write_str(&reasons.join("; "))
            }
            Self::NotTaken(not_taken) => not_taken.fmt(f),
        }
    }
}

impl std::error::Error for NotBegun {}
