//! The written form of a journal: one JSON object for each entry.
//!
//! Each says in which format it was written and from which on it can be read. A journal outlives the
//! program that began it: who is older refuses what it would misread and says so; who is newer reads
//! all that ever was. Members that a reader does not know are left out, so that a newer writer may
//! add some; words that it does not know are an error, because a run must not go on without them.

mod notes;
mod outcome;
mod plan;
mod read;
mod unreadable;

use fence::{Author, Millis};
use serde_json::{Map, Value, json};

use crate::journal::{Entry, Event, RunnerName};
use read::Fields;

pub use unreadable::Unreadable;

/// The format that is written here, and the latest that can be read.
pub const FORMAT: u64 = 1;

/// The earliest format whose readers understand what is written here. It grows when an entry comes
/// to mean something else, or when there is a word that a run must not go on without.
const READABLE_BY: u64 = 1;

/// The entry as JSON on one line, with members in the order of their names.
#[must_use]
pub fn encode(entry: &Entry) -> String {
    let mut members = event(&entry.event);
    members.insert("format".to_owned(), FORMAT.into());
    members.insert("readable_by".to_owned(), READABLE_BY.into());
    members.insert("position".to_owned(), entry.position.into());
    members.insert("at".to_owned(), entry.at.0.into());
    Value::Object(members).to_string()
}

/// The entry that was written so.
///
/// # Errors
/// When this program cannot read it: it is newer, or no entry.
pub fn decode(text: &str) -> Result<Entry, Unreadable> {
    let value: Value = serde_json::from_str(text)
        .map_err(|cause| Unreadable::NotJson { cause: cause.to_string() })?;
    let fields = Fields::top(&value)?;
    let readable_by = fields.number("readable_by")?;
    if readable_by > FORMAT {
        return Err(Unreadable::Newer { readable_by });
    }
    Ok(Entry {
        position: fields.number("position")?,
        at: Millis(fields.number("at")?),
        event: read_event(&fields)?,
    })
}

fn event(event: &Event) -> Map<String, Value> {
    let value = match event {
        Event::Planned { plan, by, reason } => json!({
            "event": "planned",
            "plan": plan::write(plan),
            "by": by.as_str(),
            "reason": reason,
        }),
        Event::Took { runner } => json!({"event": "took", "runner": runner.0}),
        Event::Began { action, attempt, runner } => json!({
            "event": "began",
            "action": action.as_str(),
            "attempt": attempt,
            "runner": runner.0,
        }),
        Event::Ended { action, attempt, runner, result } => json!({
            "event": "ended",
            "action": action.as_str(),
            "attempt": attempt,
            "runner": runner.0,
            "result": outcome::write(result),
        }),
        Event::Paused { by } => json!({"event": "paused", "by": by.as_str()}),
        Event::Resumed { by } => json!({"event": "resumed", "by": by.as_str()}),
        Event::Retried { action, by } => json!({
            "event": "retried",
            "action": action.as_str(),
            "by": by.as_str(),
        }),
        Event::Skipped { action, by, reason } => json!({
            "event": "skipped",
            "action": action.as_str(),
            "by": by.as_str(),
            "reason": reason,
        }),
        Event::Approved { action, by, expires_at, shown } => json!({
            "event": "approved",
            "action": action.as_str(),
            "by": by.as_str(),
            "expires_at": expires_at.0,
            "shown": outcome::write_evidence(shown),
        }),
        Event::Aborted { by, reason } => json!({
            "event": "aborted",
            "by": by.as_str(),
            "reason": reason,
        }),
    };
    let Value::Object(mut members) = value else { unreachable!("{value} is no object") };
    // Left out where nobody vouches for who it was, as in what was written before anybody did.
    if let Some(principal) = event.by().and_then(Author::principal) {
        members.insert("principal".to_owned(), principal.into());
    }
    members
}

fn read_event(fields: &Fields<'_>) -> Result<Event, Unreadable> {
    let by = || {
        let by = Author::new(fields.text("by")?);
        let principal = fields.text_or_none("principal")?;
        Ok(principal.map_or(by.clone(), |principal| by.known_as(principal)))
    };
    let runner = || Ok(RunnerName(fields.text("runner")?.to_owned()));
    let reason = || Ok(fields.text("reason")?.to_owned());
    let (action, attempt) = (|| fields.action("action"), || fields.small("attempt"));
    Ok(match fields.text("event")? {
        "planned" => {
            let plan = Box::new(plan::read(&fields.object("plan")?)?);
            Event::Planned { plan, by: by()?, reason: reason()? }
        }
        "took" => Event::Took { runner: runner()? },
        "began" => Event::Began { action: action()?, attempt: attempt()?, runner: runner()? },
        "ended" => Event::Ended {
            action: action()?,
            attempt: attempt()?,
            runner: runner()?,
            result: outcome::read(&fields.object("result")?)?,
        },
        "paused" => Event::Paused { by: by()? },
        "resumed" => Event::Resumed { by: by()? },
        "retried" => Event::Retried { action: action()?, by: by()? },
        "skipped" => Event::Skipped { action: action()?, by: by()?, reason: reason()? },
        "approved" => Event::Approved {
            action: action()?,
            by: by()?,
            expires_at: Millis(fields.number("expires_at")?),
            shown: outcome::read_evidence(&fields.object("shown")?)?,
        },
        "aborted" => Event::Aborted { by: by()?, reason: reason()? },
        _ => return Err(fields.unknown("event")),
    })
}
