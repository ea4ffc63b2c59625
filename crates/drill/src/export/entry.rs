//! Entries of a run's journal, in the format: what a checker can use of them. The journal's own form
//! is `runbook`'s, and has all of it.

use fence::{Author, Epoch, Millis};
use runbook::{ActionName, Entry, Event, Evidence, Failure, Observed, Refused, RunnerName, Tail};
use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::export::plan::PlanShape;
use crate::export::word::named;

/// An [`Entry`].
#[derive(Serialize, Deserialize)]
pub(super) struct EntryShape {
    position: u64,
    clock_ms: u64,
    #[serde(flatten)]
    event: EventShape,
}

/// `event` names it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum EventShape {
    Planned { plan: PlanShape, by: String, reason: String },
    Took { runner: String },
    Began { action: String, attempt: u32, runner: String },
    Ended(EndedShape),
    Paused { by: String },
    Resumed { by: String },
    Retried { action: String, by: String },
    Skipped { action: String, by: String, reason: String },
    Approved { action: String, by: String, expires_ms: u64, shown: EvidenceShape },
    Aborted { by: String, reason: String },
}

/// The end of an attempt; `failure` is none when it succeeded.
#[derive(Serialize, Deserialize)]
struct EndedShape {
    action: String,
    attempt: u32,
    runner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<ObservedShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureShape>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ObservedShape {
    Evidence(EvidenceShape),
    Tail(TailShape),
    Database(TailShape),
    Epoch(u64),
    Movements(u64),
    Approved(u32),
}

#[derive(Serialize, Deserialize)]
struct EvidenceShape {
    lag_ms: Option<u64>,
    intents_missing: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct TailShape {
    position: Option<u64>,
    movements: u64,
    faults: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum FailureShape {
    TryAgain { cause: String },
    TimedOut,
    Refused { reason: String, cause: String },
}

const REFUSED: [Refused; 7] = [
    Refused::Superseded,
    Refused::Record,
    Refused::Precondition,
    Refused::Versions,
    Refused::NothingMoved,
    Refused::Database,
    Refused::Other,
];

impl EntryShape {
    pub(super) fn of(entry: &Entry) -> Self {
        let (position, clock_ms) = (entry.position, entry.at.0);
        Self { position, clock_ms, event: EventShape::of(&entry.event) }
    }

    pub(super) fn read(self, run: &str) -> Field<Entry> {
        let (position, at) = (self.position, Millis(self.clock_ms));
        Ok(Entry { position, at, event: self.event.read(run)? })
    }
}

impl EventShape {
    fn of(event: &Event) -> Self {
        match event {
            Event::Planned { plan, by, reason } => Self::Planned {
                plan: PlanShape::of(plan),
                by: by.to_string(),
                reason: reason.clone(),
            },
            Event::Took { runner } => Self::Took { runner: runner.0.clone() },
            Event::Began { action, attempt, runner } => Self::Began {
                action: action.to_string(),
                attempt: *attempt,
                runner: runner.0.clone(),
            },
            Event::Ended { action, attempt, runner, result } => Self::Ended(EndedShape {
                action: action.to_string(),
                attempt: *attempt,
                runner: runner.0.clone(),
                observed: result.as_ref().ok().and_then(ObservedShape::of),
                failure: result.as_ref().err().map(FailureShape::of),
            }),
            Event::Paused { by } => Self::Paused { by: by.to_string() },
            Event::Resumed { by } => Self::Resumed { by: by.to_string() },
            Event::Retried { action, by } => {
                Self::Retried { action: action.to_string(), by: by.to_string() }
            }
            Event::Skipped { action, by, reason } => Self::Skipped {
                action: action.to_string(),
                by: by.to_string(),
                reason: reason.clone(),
            },
            Event::Approved { action, by, expires_at, shown } => Self::Approved {
                action: action.to_string(),
                by: by.to_string(),
                expires_ms: expires_at.0,
                shown: EvidenceShape::of(shown),
            },
            Event::Aborted { by, reason } => {
                Self::Aborted { by: by.to_string(), reason: reason.clone() }
            }
        }
    }

    fn read(self, run: &str) -> Field<Event> {
        Ok(match self {
            Self::Planned { plan, by, reason } => {
                Event::Planned { plan: Box::new(plan.read(run)?), by: Author::new(by), reason }
            }
            Self::Took { runner } => Event::Took { runner: RunnerName(runner) },
            Self::Began { action, attempt, runner } => {
                Event::Began { action: action_of(&action)?, attempt, runner: RunnerName(runner) }
            }
            Self::Ended(EndedShape { action, attempt, runner, observed, failure }) => {
                let result = match failure {
                    Some(failure) => Err(failure.read()?),
                    None => Ok(observed.map_or(Observed::Done, ObservedShape::read)),
                };
                let (action, runner) = (action_of(&action)?, RunnerName(runner));
                Event::Ended { action, attempt, runner, result }
            }
            Self::Paused { by } => Event::Paused { by: Author::new(by) },
            Self::Resumed { by } => Event::Resumed { by: Author::new(by) },
            Self::Retried { action, by } => {
                Event::Retried { action: action_of(&action)?, by: Author::new(by) }
            }
            Self::Skipped { action, by, reason } => {
                Event::Skipped { action: action_of(&action)?, by: Author::new(by), reason }
            }
            Self::Approved { action, by, expires_ms, shown } => Event::Approved {
                action: action_of(&action)?,
                by: Author::new(by),
                expires_at: Millis(expires_ms),
                shown: shown.read(),
            },
            Self::Aborted { by, reason } => Event::Aborted { by: Author::new(by), reason },
        })
    }
}

impl ObservedShape {
    /// Nothing when there was nothing to tell.
    fn of(observed: &Observed) -> Option<Self> {
        Some(match observed {
            Observed::Done => return None,
            Observed::Evidence(evidence) => Self::Evidence(EvidenceShape::of(evidence)),
            Observed::Tail(tail) => Self::Tail(TailShape::of(tail)),
            Observed::Database(tail) => Self::Database(TailShape::of(tail)),
            Observed::Epoch(epoch) => Self::Epoch(epoch.number()),
            Observed::Movements(count) => Self::Movements(*count),
            Observed::Approved(count) => Self::Approved(*count),
        })
    }

    fn read(self) -> Observed {
        match self {
            Self::Evidence(evidence) => Observed::Evidence(evidence.read()),
            Self::Tail(tail) => Observed::Tail(tail.read()),
            Self::Database(tail) => Observed::Database(tail.read()),
            Self::Epoch(epoch) => Observed::Epoch(Epoch::new(epoch)),
            Self::Movements(count) => Observed::Movements(count),
            Self::Approved(count) => Observed::Approved(count),
        }
    }
}

impl EvidenceShape {
    fn of(evidence: &Evidence) -> Self {
        let Evidence { lag_ms, intents_missing } = *evidence;
        Self { lag_ms, intents_missing }
    }

    fn read(self) -> Evidence {
        Evidence { lag_ms: self.lag_ms, intents_missing: self.intents_missing }
    }
}

impl TailShape {
    fn of(tail: &Tail) -> Self {
        let Tail { position, movements, faults } = *tail;
        Self { position, movements, faults }
    }

    fn read(self) -> Tail {
        Tail { position: self.position, movements: self.movements, faults: self.faults }
    }
}

impl FailureShape {
    fn of(failure: &Failure) -> Self {
        match failure {
            Failure::TryAgain(cause) => Self::TryAgain { cause: cause.clone() },
            Failure::TimedOut => Self::TimedOut,
            Failure::Refused(reason, cause) => {
                Self::Refused { reason: reason.as_str().to_owned(), cause: cause.clone() }
            }
        }
    }

    fn read(self) -> Field<Failure> {
        Ok(match self {
            Self::TryAgain { cause } => Failure::TryAgain(cause),
            Self::TimedOut => Failure::TimedOut,
            Self::Refused { reason, cause } => {
                let known = |refused: Refused| refused.as_str().to_owned();
                Failure::Refused(named(&REFUSED, known, &reason, "reason")?, cause)
            }
        })
    }
}

/// The action of this name.
pub(super) fn action_of(name: &str) -> Field<ActionName> {
    named(ActionName::ALL, |action| action.to_string(), name, "action")
}
