//! Follows a run: each entry of its journal as it is written, until it is over or waits for somebody.

use std::io::{Write, stderr};
use std::time::Duration;

use anyhow::Context as _;
use fence::RunId;
use local::Reach;
use runbook::{ActionName, Entry, Event, Next, next};
use tokio::time::sleep;

/// From one look at the journal to the next.
const LOOK: Duration = Duration::from_millis(40);

/// Why a run is not followed any further.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Followed {
    /// It has come to its end.
    Finished,
    /// It has turned back.
    TurnedBack,
    /// Its target takes payments, and it waits for its source, which may be away for long.
    Served,
    /// It waits for people to approve.
    Approval(ActionName),
    /// It waits for a person to decide about an action.
    Person(ActionName, String),
    /// Somebody has paused it.
    Paused,
}

/// Tells entries as they come, those before `seen` left out, until somebody has to do something.
pub(crate) async fn follow(
    reach: &Reach,
    run: &RunId,
    seen: &mut usize,
) -> anyhow::Result<Followed> {
    loop {
        let entries = reach.entries(run).await.context("the journal is not read")?;
        tell(&entries, seen)?;
        let now = entries.last().map_or(fence::Millis(0), |entry| entry.at);
        match next(&entries, now) {
            Next::Finished | Next::Superseded => return Ok(Followed::Finished),
            Next::TurnedBack => return Ok(Followed::TurnedBack),
            Next::Approval { action, .. } => return Ok(Followed::Approval(action.name)),
            Next::Person { action, failure } => {
                return Ok(Followed::Person(action.name, failure.to_string()));
            }
            Next::Paused { .. } => return Ok(Followed::Paused),
            Next::Act { action, .. } if action.name == ActionName::AwaitSource => {
                return Ok(Followed::Served);
            }
            Next::NotPlanned | Next::TurnBack { .. } | Next::Act { .. } => sleep(LOOK).await,
        }
    }
}

/// Tells the entries that were not told yet.
pub(crate) fn tell(entries: &[Entry], seen: &mut usize) -> std::io::Result<()> {
    let Some(first) = entries.first().map(|entry| entry.at) else { return Ok(()) };
    let mut stderr = stderr().lock();
    for entry in entries.iter().skip(*seen) {
        if let Some(words) = words(&entry.event) {
            #[expect(clippy::cast_precision_loss, reason = "runs are shorter than an age")]
            let seconds = entry.at.since(first).0 as f64 / 1_000.0;
            writeln!(stderr, "{seconds:8.3} s  {words}")?;
        }
    }
    *seen = entries.len();
    Ok(())
}

fn words(event: &Event) -> Option<String> {
    Some(match event {
        Event::Planned { plan, by, reason } => format!(
            "{} from {} to {}, epoch {}, asked for by {by}: {reason}",
            plan.kind, plan.source, plan.target, plan.epoch
        ),
        Event::Took { .. } | Event::Began { .. } => return None,
        Event::Ended { action, result: Ok(observed), .. } => {
            format!("{action}{}", local::observed_words(observed))
        }
        Event::Ended { action, result: Err(failure), .. } => format!("{action}: {failure}"),
        Event::Paused { by } => format!("{by} pauses it"),
        Event::Resumed { by } => format!("{by} resumes it"),
        Event::Retried { action, by } => format!("{by} has `{action}` tried again"),
        Event::Skipped { action, by, reason } => format!("{by} skips `{action}`: {reason}"),
        Event::Approved { action, by, .. } => format!("{by} approves: {action}"),
        Event::Aborted { by, reason } => format!("{by} turns it back: {reason}"),
    })
}
