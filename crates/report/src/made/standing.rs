//! How a run ended, or where it stands.

use ::fence::Millis;
use runbook::{Action, ActionName, Entry, Next, next};

/// Where a run stands.
pub(crate) struct Standing<'j>(Next<'j>);

impl<'j> Standing<'j> {
    /// Where the run with this journal stands at an instant.
    pub(super) fn of(entries: &'j [Entry], at: Millis) -> Self {
        Self(next(entries, at))
    }

    pub(super) fn status(&self) -> &'static str {
        match self.0 {
            Next::Finished => "finished",
            Next::TurnedBack => "turned-back",
            Next::Superseded => "superseded",
            Next::NotPlanned
            | Next::Paused { .. }
            | Next::Approval { .. }
            | Next::Person { .. }
            | Next::TurnBack { .. }
            | Next::Act { .. } => "open",
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.status() == "open"
    }

    /// The action that the run is at, if it is at one.
    pub(super) fn action(&self) -> Option<&'j Action> {
        match self.0 {
            Next::Approval { action, .. }
            | Next::Person { action, .. }
            | Next::TurnBack { action, .. }
            | Next::Act { action, .. } => Some(action),
            Next::NotPlanned
            | Next::Superseded
            | Next::Finished
            | Next::TurnedBack
            | Next::Paused { .. } => None,
        }
    }

    /// Whether it waits for people.
    pub(super) fn waits_for_people(&self) -> bool {
        matches!(self.0, Next::Approval { .. } | Next::Person { .. } | Next::Paused { .. })
    }

    pub(super) fn told(&self) -> String {
        match &self.0 {
            Next::NotPlanned => "the journal has no plan".to_owned(),
            Next::Finished => "the run came to the end of its way forward".to_owned(),
            Next::TurnedBack => "the run turned back: the source is active".to_owned(),
            Next::Superseded => "another run has begun since, and this one is over".to_owned(),
            Next::Paused { by } => format!("{by} paused the run"),
            Next::Approval { action, approved } => {
                format!("`{}` waits for approval: {approved} of {}", action.name, action.approvers)
            }
            Next::Person { action, failure } => {
                format!("`{}` failed and waits for a person: {failure}", action.name)
            }
            Next::TurnBack { action, failure } => {
                format!("`{}` failed and the run turns back: {failure}", action.name)
            }
            Next::Act { action, .. } if action.name == ActionName::AwaitSource => {
                "the target serves; the run waits for its source to come back".to_owned()
            }
            Next::Act { action, attempt, .. } => {
                format!("attempt {attempt} of `{}` is due", action.name)
            }
        }
    }
}
