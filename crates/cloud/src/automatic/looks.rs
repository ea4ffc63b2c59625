//! Everything that is looked at when an alarm rings: at once, and each for a short time, so that a Region that is lost
//! costs seconds.

use aws_sdk_cloudwatch::types::StateValue;
use fence::{ControlStore as _, Millis, RunId};
use runbook::automatic::{Runs, Sight, View};
use runbook::{Entry, Event, Next, RecordSeen, next};

use crate::facts::record;
use crate::fault::{Fault, within};
use crate::reach::{Reach, now};
use crate::site::Site;
use crate::status::not_ready;

/// How many of the latest runs are looked at.
const RUNS_MAX: usize = 20;

/// What is seen from the Region that a failover would open.
pub(super) async fn sight(reach: &Reach) -> Sight {
    let system = reach.system();
    let here = reach.ways.here.clone();
    let source = system.other(&here).clone();
    let (near, far) = (system.lost_alarm(), system.witness_alarm(&source));
    let (near, far, record, lease, kept, not_ready) = tokio::join!(
        Box::pin(view(reach, reach.site(&here), &near)),
        Box::pin(view(reach, &reach.witness, &far)),
        record(reach),
        reach.table().read_lease(&source),
        reach.table().automatic(),
        Box::pin(not_ready(reach, &here)),
    );
    let sight = Sight {
        at: now(),
        here,
        near,
        far,
        record,
        lease: lease.map_err(|silent| silent.cause),
        kept: kept.map_err(|said| said.to_string()),
        runs: Ok(Runs::default()),
        not_ready,
    };
    let own = sight.episode().map(|episode| episode.run());
    let runs = runs(reach, own.as_ref(), &sight.record).await;
    Sight { runs: runs.map_err(|silent| silent.cause), ..sight }
}

async fn view(reach: &Reach, site: &Site, name: &str) -> View {
    let asked = site.cloudwatch().await.describe_alarms().alarm_names(name);
    let answer = match within(reach.ways.call_limit, asked.send()).await {
        Ok(answer) => answer,
        Err(Fault::Absent(_)) => return View::Absent,
        Err(fault) => return View::Silent { cause: fault.said() },
    };
    let Some(alarm) = answer.metric_alarms().first() else { return View::Absent };
    if alarm.state_value() != Some(&StateValue::Alarm) {
        return View::Quiet;
    }
    let since = alarm.state_transitioned_timestamp().or(alarm.state_updated_timestamp());
    let since = since.and_then(|at| at.to_millis().ok()).and_then(|ms| u64::try_from(ms).ok());
    match since {
        Some(since) => View::Rings { since: Millis(since) },
        None => View::Silent { cause: "CloudWatch does not say since when it rings".to_owned() },
    }
}

/// The latest runs. One that has not begun counts while the record is as when it was planned: later it can never begin.
async fn runs(
    reach: &Reach,
    own: Option<&RunId>,
    record: &RecordSeen,
) -> Result<Runs, fence::NoAnswer> {
    let mut seen = Runs::default();
    for run in reach.runs().await?.iter().rev().take(RUNS_MAX) {
        let entries = reach.entries(run).await?;
        let Some(last) = entries.last() else { continue };
        seen.is_planned |= own == Some(run);
        let is_over =
            matches!(next(&entries, now()), Next::Finished | Next::TurnedBack | Next::Superseded);
        if !is_over && may_begin(&entries, run, record) {
            seen.open.get_or_insert_with(|| run.clone());
        } else if seen.last_ended.as_ref().is_none_or(|(_, at)| *at < last.at) {
            seen.last_ended = Some((run.clone(), last.at));
        }
    }
    Ok(seen)
}

fn may_begin(entries: &[Entry], run: &RunId, record: &RecordSeen) -> bool {
    let planned = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Planned { plan, .. } => Some(plan),
        _ => None,
    });
    match (planned, record) {
        (Some(plan), RecordSeen::Read(record)) => {
            plan.seen >= record.epoch() || record.run().is_some_and(|open| open.id == *run)
        }
        _ => true,
    }
}

impl Reach {
    /// The plan of a run; none when it has none.
    ///
    /// # Errors
    /// When the control table does not answer.
    pub async fn planned(&self, run: &RunId) -> Result<Option<runbook::Plan>, fence::NoAnswer> {
        let entries = self.entries(run).await?;
        Ok(entries.into_iter().rev().find_map(|entry| match entry.event {
            Event::Planned { plan, .. } => Some(*plan),
            _ => None,
        }))
    }
}
