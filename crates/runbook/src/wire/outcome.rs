//! What came of an attempt, as JSON.

use fence::{Epoch, Millis};
use serde_json::{Value, json};

use super::read::Fields;
use super::{Unreadable, notes};
use crate::observed::{Evidence, Failure, Observed, Refused, Tail};

pub(super) fn write(result: &Result<Observed, Failure>) -> Value {
    match result {
        Ok(observed) => write_observed(observed),
        Err(failure) => write_failure(failure),
    }
}

fn write_observed(observed: &Observed) -> Value {
    match observed {
        Observed::Done => json!({"saw": "done"}),
        // Whoever knows no notes reads that it is done.
        Observed::Noted(seen) => json!({"saw": "done", "notes": notes::write(seen)}),
        Observed::Evidence(evidence) => {
            json!({"saw": "evidence", "evidence": write_evidence(evidence)})
        }
        Observed::Tail(tail) => json!({"saw": "tail", "tail": write_tail(tail)}),
        Observed::Database(tail) => json!({"saw": "database", "tail": write_tail(tail)}),
        Observed::Epoch(epoch) => json!({"saw": "epoch", "epoch": epoch.number()}),
        Observed::Movements(count) => json!({"saw": "movements", "count": count}),
        Observed::Approved(count) => json!({"saw": "approved", "count": count}),
    }
}

fn write_failure(failure: &Failure) -> Value {
    match failure {
        Failure::TryAgain(cause) => json!({"failed": "try-again", "cause": cause}),
        Failure::TimedOut => json!({"failed": "timed-out"}),
        Failure::Refused(refused, cause) => {
            json!({"failed": "refused", "refused": refused.as_str(), "cause": cause})
        }
    }
}

pub(super) fn write_evidence(evidence: &Evidence) -> Value {
    let Evidence { lag_ms, lag_at, intents_missing, named, money } = evidence;
    let mut written = json!({"lag_ms": lag_ms, "intents_missing": intents_missing});
    // Written only where there is something, as the first evidence was that had none of it.
    if let Some(at) = lag_at {
        written["lag_at"] = at.0.into();
    }
    if !named.is_empty() {
        written["named"] = named.iter().map(|id| json!({"id": id})).collect();
    }
    if !money.is_empty() {
        let money = money.iter();
        let money = money.map(|(of, units)| json!({"currency": of, "minor_units": units}));
        written["money"] = money.collect();
    }
    written
}

fn write_tail(tail: &Tail) -> Value {
    json!({"position": tail.position, "movements": tail.movements, "faults": tail.faults})
}

pub(super) fn read(fields: &Fields<'_>) -> Result<Result<Observed, Failure>, Unreadable> {
    match fields.text_or_none("saw")? {
        Some(_) => read_observed(fields).map(Ok),
        None => read_failure(fields).map(Err),
    }
}

fn read_observed(fields: &Fields<'_>) -> Result<Observed, Unreadable> {
    Ok(match fields.text("saw")? {
        // What was written before there were notes has none.
        "done" => match fields.object_or_none("notes")? {
            Some(noted) => Observed::Noted(notes::read(&noted)?),
            None => Observed::Done,
        },
        "evidence" => Observed::Evidence(read_evidence(&fields.object("evidence")?)?),
        "tail" => Observed::Tail(read_tail(&fields.object("tail")?)?),
        "database" => Observed::Database(read_tail(&fields.object("tail")?)?),
        "epoch" => Observed::Epoch(Epoch::new(fields.number("epoch")?)),
        "movements" => Observed::Movements(fields.number("count")?),
        "approved" => Observed::Approved(fields.small("count")?),
        _ => return Err(fields.unknown("saw")),
    })
}

fn read_failure(fields: &Fields<'_>) -> Result<Failure, Unreadable> {
    let cause = || Ok(fields.text("cause")?.to_owned());
    Ok(match fields.text("failed")? {
        "try-again" => Failure::TryAgain(cause()?),
        "timed-out" => Failure::TimedOut,
        "refused" => Failure::Refused(fields.word("refused", REFUSED, Refused::as_str)?, cause()?),
        _ => return Err(fields.unknown("failed")),
    })
}

pub(super) fn read_evidence(fields: &Fields<'_>) -> Result<Evidence, Unreadable> {
    let named = fields.objects_or_none("named")?;
    let named = named.iter().map(|one| Ok(one.text("id")?.to_owned())).collect::<Result<_, _>>()?;
    let money = fields.objects_or_none("money")?;
    let money = money
        .iter()
        .map(|one| Ok((one.text("currency")?.to_owned(), one.number("minor_units")?)))
        .collect::<Result<_, _>>()?;
    // What was written before it was kept has none.
    let lag_at = fields.number_or_none("lag_at")?.map(Millis);
    let (lag_ms, intents_missing) =
        (fields.number_or_none("lag_ms")?, fields.number_or_none("intents_missing")?);
    Ok(Evidence { lag_ms, lag_at, intents_missing, named, money })
}

fn read_tail(fields: &Fields<'_>) -> Result<Tail, Unreadable> {
    Ok(Tail {
        position: fields.number_or_none("position")?,
        movements: fields.number("movements")?,
        faults: fields.number("faults")?,
    })
}

const REFUSED: &[Refused] = &[
    Refused::Superseded,
    Refused::Record,
    Refused::Precondition,
    Refused::Versions,
    Refused::NothingMoved,
    Refused::Database,
    Refused::Other,
];
