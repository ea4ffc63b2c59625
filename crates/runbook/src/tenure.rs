//! Who carries a run on: one runner at a time, by the journal.
//!
//! A runner says that it takes the run, and stops when it finds that another has taken it since.
//! What has it still may have an attempt under way; actions have effect once whoever attempts them.

use fence::{DurationMs, Millis, Timing};

use crate::journal::{Entry, Event, RunnerName};
use crate::next::Next;
use crate::progress::Progress;

/// Who has the run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tenure<'j> {
    /// Nobody, or somebody who had to stop.
    Free,
    /// This runner, and nobody else before that instant.
    Held(&'j RunnerName, Millis),
}

/// Who has the run with this journal.
pub(crate) fn tenure<'j>(progress: &Progress, entries: &'j [Entry]) -> Tenure<'j> {
    let Some(runner) = progress.runner(entries) else { return Tenure::Free };
    let is_own = |entry: &Entry| writer(&entry.event) == Some(runner);
    let Some(last) = entries.iter().rposition(is_own) else { return Tenure::Free };
    let (until, entry) = (&entries[..=last], &entries[last]);
    match Progress::of(until).next(until, entry.at) {
        Next::Act { action, not_before, .. } => {
            let (plan, ..) = progress.planned(entries).expect("what is taken was planned");
            let hand = match entry.event {
                Event::Began { .. } => entry.at.plus(action.time_limit),
                _ => entry.at.max(not_before),
            };
            Tenure::Held(runner, hand.plus(margin(&plan.timing)))
        }
        Next::TurnBack { .. } => {
            let (plan, ..) = progress.planned(entries).expect("what is taken was planned");
            Tenure::Held(runner, entry.at.plus(margin(&plan.timing)))
        }
        // Then it stopped.
        _ => Tenure::Free,
    }
}

/// How long a runner may take to write an entry.
fn margin(timing: &Timing) -> DurationMs {
    timing.lease_length.plus(timing.clock_bound)
}

/// The runner that wrote an entry.
fn writer(event: &Event) -> Option<&RunnerName> {
    match event {
        Event::Took { runner } | Event::Began { runner, .. } | Event::Ended { runner, .. } => {
            Some(runner)
        }
        Event::Planned { .. }
        | Event::Paused { .. }
        | Event::Resumed { .. }
        | Event::Retried { .. }
        | Event::Skipped { .. }
        | Event::Approved { .. }
        | Event::Aborted { .. } => None,
    }
}
