//! What people and runners did.

use ::fence::Millis;
use runbook::{Entry, Event, RunnerName};

use super::words;
use crate::report::{Approval, Shown};

/// Who approved of what, and what they were shown.
pub(super) fn approvals(entries: &[Entry]) -> Vec<Approval> {
    let approvals = entries.iter().filter_map(|entry| match &entry.event {
        Event::Approved { action, by, expires_at, shown } => Some(Approval {
            action: action.as_str(),
            by: by.to_string(),
            principal: words::principal(by),
            at: words::instant(entry.at),
            expires_at: words::instant(*expires_at),
            shown: Shown {
                text: words::shown(shown),
                lag_ms: shown.lag_ms,
                lag_at: shown.lag_at.map(words::instant),
                movements_missing: shown.intents_missing,
                named: shown.named.clone(),
                money: shown.money.clone(),
            },
        }),
        _ => None,
    });
    approvals.collect()
}

/// Who took the run and when, each time that it was somebody else.
pub(super) fn runners(entries: &[Entry]) -> impl Iterator<Item = (&RunnerName, Millis)> {
    let took = entries.iter().filter_map(|entry| match &entry.event {
        Event::Took { runner } => Some((runner, entry.at)),
        _ => None,
    });
    let mut before = None;
    took.filter(move |(runner, _)| before.replace(*runner) != Some(*runner))
}
