//! Follows a run: each entry of its journal as it is written, until it is over or waits for somebody.

use std::io::{Write, stderr};
use std::time::Duration;

use fence::{Millis, RunId};
use runbook::{Action, ActionName, Entry, Event, Next, next};
use tokio::time::{Instant, sleep};

use crate::live::on::On;
use crate::serve::clock;

/// From one look at the journal to the next.
const LOOK: Duration = Duration::from_millis(40);
/// For how long nothing may be written until it is said that nobody carries the run on.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a run is not followed any further.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Followed {
    /// It has come to its end.
    Finished,
    /// It has turned back.
    TurnedBack,
    /// Another run has begun since, and this one is over.
    Superseded,
    /// Its target takes payments, and it waits for its source, which may be away for long.
    Served,
    /// It waits for people to approve.
    Approval(Box<Action>),
    /// It waits for a person to decide about an action.
    Person {
        /// The action.
        action: ActionName,
        /// How it failed.
        failure: String,
        /// Whether the run can do without it.
        is_skippable: bool,
    },
    /// Somebody has paused it.
    Paused,
    /// Nothing was written for a long time: its runner may be gone, or the store.
    Silent,
    /// The journal does not answer whoever drives it.
    NoJournal(String),
}

/// Tells entries as they come, those before `seen` left out, until somebody has to do something.
pub(crate) async fn follow(reach: &On, run: &RunId, seen: &mut usize) -> anyhow::Result<Followed> {
    let mut written_at = Instant::now();
    loop {
        // A journal that is silent for a moment is read again.
        if let Ok(entries) = reach.entries(run).await {
            if entries.len() > *seen {
                written_at = Instant::now();
            }
            tell(&mut stderr().lock(), &entries, seen)?;
            if let Some(followed) = standing(&entries) {
                return Ok(followed);
            }
        }
        if written_at.elapsed() > PATIENCE {
            return Ok(Followed::Silent);
        }
        sleep(LOOK).await;
    }
}

/// Where a run stands that does not go on by itself.
fn standing(entries: &[Entry]) -> Option<Followed> {
    Some(match next(entries, Millis(clock().as_ms())) {
        Next::Finished => Followed::Finished,
        Next::Superseded => Followed::Superseded,
        Next::TurnedBack => Followed::TurnedBack,
        Next::Approval { action, .. } => Followed::Approval(Box::new(action.clone())),
        Next::Person { action, failure } => Followed::Person {
            action: action.name,
            failure: failure.to_string(),
            is_skippable: action.is_skippable,
        },
        Next::Paused { .. } => Followed::Paused,
        Next::Act { action, .. } if action.name == ActionName::AwaitSource => Followed::Served,
        Next::NotPlanned | Next::TurnBack { .. } | Next::Act { .. } => return None,
    })
}

/// Tells the entries that were not told yet.
pub(crate) fn tell(
    out: &mut impl Write,
    entries: &[Entry],
    seen: &mut usize,
) -> std::io::Result<()> {
    let Some(first) = entries.first().map(|entry| entry.at) else { return Ok(()) };
    for entry in entries.iter().skip(*seen) {
        if let Some(words) = words(&entry.event) {
            let ms = entry.at.since(first).0;
            writeln!(out, "{:4}.{:03} s  {words}", ms / 1_000, ms % 1_000)?;
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
