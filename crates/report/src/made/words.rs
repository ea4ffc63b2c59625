//! Words that several parts of a report have in common.

use ::fence::{Author, Millis};
use payments::{Time, rfc3339};
use runbook::{ActionName, Evidence, Notes, Observed};

use crate::report::Step;

/// The last instant of the year 9999: what is later has no text by RFC 3339.
const LATEST_MS: u64 = 253_402_300_799_999;

/// An instant by RFC 3339.
pub(super) fn instant(at: Millis) -> String {
    rfc3339(Time::from_ms(at.0.min(LATEST_MS)))
}

/// As whom somebody came, where somebody else vouches for that.
pub(super) fn principal(by: &Author) -> Option<String> {
    by.principal().map(str::to_owned)
}

/// What was seen of an action; nothing where there is nothing to tell.
pub(super) fn observed(observed: &Observed) -> Option<String> {
    Some(match observed {
        Observed::Done => return None,
        Observed::Noted(notes) => return noted(notes),
        Observed::Evidence(evidence) => shown(evidence),
        Observed::Tail(tail) | Observed::Database(tail) => {
            format!("{} movements, books with {} faults", tail.movements, tail.faults)
        }
        Observed::Epoch(epoch) => format!("epoch {epoch}"),
        Observed::Movements(number) => format!("{number} payments or refunds"),
        Observed::Approved(people) => format!("approved by {people}"),
    })
}

/// What was stored, and what could not be seen or done.
fn noted(notes: &Notes) -> Option<String> {
    let kept = notes.kept.iter().map(|kept| format!("stored {}", kept.place));
    let told: Vec<String> = kept.chain(notes.lacking.iter().cloned()).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// What people decide a loss by, as they are shown it.
pub(super) fn shown(evidence: &Evidence) -> String {
    let lag = evidence.lag_ms.map_or("unknown".to_owned(), |ms| format!("{ms} ms"));
    let missing = evidence.intents_missing;
    let missing = missing.map_or("unknown".to_owned(), |number| number.to_string());
    let behind = match evidence.lag_at {
        Some(at) => format!("was behind by {lag} at {}", instant(at)),
        None => format!("is behind by {lag}"),
    };
    let text = format!("the standby's database {behind}, payments it lacks: {missing}");
    if evidence.money.is_empty() {
        return text;
    }
    let money = evidence.money.iter().map(|(currency, units)| format!("{units} {currency}"));
    let money = money.collect::<Vec<_>>().join(", ");
    format!("{text}, in minor units {money}")
}

/// What came of the first of these actions that the run came to.
pub(super) fn came_of(steps: &[Step], names: &[ActionName]) -> String {
    let is_such = |step: &&Step| {
        step.way == "forward" && names.iter().any(|name| name.as_str() == step.action)
    };
    let Some(step) = steps.iter().rev().find(is_such) else {
        return "the plan has no such action".to_owned();
    };
    match &step.told {
        Some(told) => format!("{}: {}: {told}", step.action, step.result),
        None => format!("{}: {}", step.action, step.result),
    }
}
