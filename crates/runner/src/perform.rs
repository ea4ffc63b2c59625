//! One attempt of an action, and how it is told.

use fence::{RegionName, RunId};
use runbook::render::report;
use runbook::{
    ActionName, Entry, Event as Noted, Failure, Journal as _, Performed, Runner, RunnerName,
    Takeover, perform_one,
};

use crate::event::OfRun;
use crate::logged;
use crate::work::{NotDone, Work, again};

/// Makes an attempt of an action, if it is what is due.
pub(crate) async fn perform(work: &Work, event: &OfRun, action: ActionName) -> Result<(), NotDone> {
    let run = work.reach.run(&event.run);
    let runner = runner(event, &work.settings.here);
    let performed = perform_one(&run, &run, &runner, event.heading, action).await;
    let entries = run.read().await.map_err(|silent| again(&silent.to_string()))?;
    if action == ActionName::Close && performed == Performed::Over {
        keep_last_report(work, &event.run).await;
    }
    report(&performed, &entries, action)
        .map_err(|name| NotDone { name, words: words(&performed, action, &entries) })
}

/// The run is over whether its report is kept as it is now or not.
async fn keep_last_report(work: &Work, run: &RunId) {
    if let Err(error) = work.reach.keep_last_report(run).await {
        logged::line("warn", "the report of a run", &error.to_string());
    }
}

/// All invocations of an execution are one runner: an execution is named after its run, and is one in each Region.
fn runner(event: &OfRun, here: &RegionName) -> Runner {
    let name = RunnerName(format!("execution/{here}/{}", event.run));
    Runner { name, takeover: Takeover::WhenSilent }
}

/// What people read of it, in the log and in what they are told.
fn words(performed: &Performed, action: ActionName, entries: &[Entry]) -> String {
    match performed {
        Performed::TooEarly { due } => format!("`{due}` is due first"),
        Performed::TurnsBack => "the run turns back".to_owned(),
        Performed::Stopped(stopped) => stopped.to_string(),
        Performed::Over | Performed::Again { .. } => match last_failure(entries, action) {
            Some(failure) => format!("`{action}`: {failure}"),
            None => format!("`{action}` is not due, or was left out"),
        },
    }
}

/// How the latest attempt of an action failed.
fn last_failure(entries: &[Entry], action: ActionName) -> Option<&Failure> {
    let last = entries.iter().rev().find_map(|entry| match &entry.event {
        Noted::Ended { action: of, result, .. } if *of == action => Some(result),
        _ => None,
    });
    last?.as_ref().err()
}
