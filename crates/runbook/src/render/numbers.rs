//! Numbers in words, the same in every rendering.

use fence::DurationMs;

use crate::action::{Action, ActionName};

/// What is attempted more often than this is attempted until it is done.
const ATTEMPTS_WITHOUT_END: u32 = 1_000_000;

pub(super) fn is_point_of_no_return(action: &Action) -> bool {
    action.name == ActionName::PassPointOfNoReturn
}

/// Whether the action is attempted until it is done.
pub(super) fn has_no_end(action: &Action) -> bool {
    action.retry.attempts_max >= ATTEMPTS_WITHOUT_END
}

/// `90 s`, `15 min`, `36 h`: the largest unit in which the span is a whole number.
pub(super) fn span(span: DurationMs) -> String {
    let units = [(3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    let whole = units.into_iter().find(|(unit, _)| span.0 >= *unit && span.0.is_multiple_of(*unit));
    match whole {
        Some((unit, name)) => format!("{} {name}", span.0 / unit),
        None => span.to_string(),
    }
}

/// `1`, `3 / 5 s`, `∞ / 30 s`: attempts, and the pause between two.
pub(super) fn attempts(action: &Action) -> String {
    let pause = span(action.retry.interval);
    match action.retry.attempts_max {
        _ if action.approvers > 0 => "-".to_owned(),
        0 | 1 => "1".to_owned(),
        _ if has_no_end(action) => format!("∞ / {pause}"),
        attempts => format!("{attempts} / {pause}"),
    }
}

fn attempts_in_words(action: &Action) -> String {
    let pause = span(action.retry.interval);
    match action.retry.attempts_max {
        0 | 1 => "1 attempt".to_owned(),
        _ if has_no_end(action) => format!("attempted every {pause} until it is done"),
        attempts => format!("{attempts} attempts, {pause} apart"),
    }
}

/// How long an attempt may take; people take their time.
pub(super) fn limit(action: &Action) -> String {
    if action.approvers > 0 { "-".to_owned() } else { span(action.time_limit) }
}

/// Limit and attempts for people.
pub(super) fn time(action: &Action) -> String {
    if action.approvers > 0 {
        return "until people have decided".to_owned();
    }
    let then = if action.is_required() { "" } else { "; then go on" };
    let (limit, attempts) = (span(action.time_limit), attempts_in_words(action));
    format!("at most {limit} for an attempt; {attempts}{then}")
}
