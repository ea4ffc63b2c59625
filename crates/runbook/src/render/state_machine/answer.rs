//! What a state that waits for people is sent back, as soon as they have decided.

use fence::Millis;

use super::people::{ABORT, RETRY, SKIP};
use crate::action::ActionName;
use crate::journal::Entry;
use crate::next::Next;
use crate::progress::{Heading, Progress};

/// What is sent back as `decision` to the state that waits for people because of this action, by what
/// stands in the journal of its run: nothing as long as they have not decided. `answers` are those that
/// the state takes; one that waits for approval takes anything.
#[must_use]
pub fn decision<'a>(
    entries: &[Entry],
    action: ActionName,
    answers: &[&'a str],
    now: Millis,
) -> Option<&'a str> {
    let progress = Progress::of(entries);
    let word = match progress.next(entries, now) {
        Next::NotPlanned | Next::Paused { .. } => return None,
        Next::Approval { action: due, .. } | Next::Person { action: due, .. }
            if due.name == action =>
        {
            return None;
        }
        Next::TurnBack { .. } => ABORT,
        _ if progress.heading() == Heading::Back => ABORT,
        _ if progress.is_skipped(action) => SKIP,
        _ => RETRY,
    };
    // Whoever asks again is told by the journal what became of the action.
    let taken = |word| answers.iter().find(|answer| **answer == word).copied();
    Some(taken(word).or(taken(RETRY)).unwrap_or(RETRY))
}
