//! What a run did, in the format.

use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::export::entry::{EntryShape, action_of};
use crate::history::{RunStep, What};

/// A [`RunStep`] and its run.
#[derive(Serialize, Deserialize)]
pub(super) struct StepShape {
    run: String,
    #[serde(flatten)]
    step: Step,
}

/// `step` names it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
enum Step {
    Journaled { entry: Box<EntryShape> },
    Performed { action: String, done: bool },
    Died,
    Began,
    Stopped { why: String },
    NotPlanned { why: String },
}

impl StepShape {
    pub(super) fn of(run: &str, step: &RunStep) -> Self {
        let step = match step {
            RunStep::Journaled(entry) => Step::Journaled { entry: Box::new(EntryShape::of(entry)) },
            RunStep::Performed { action, done } => {
                Step::Performed { action: action.to_string(), done: *done }
            }
            RunStep::Died => Step::Died,
            RunStep::Began => Step::Began,
            RunStep::Stopped(why) => Step::Stopped { why: why.clone() },
            RunStep::NotPlanned(why) => Step::NotPlanned { why: why.clone() },
        };
        Self { run: run.to_owned(), step }
    }

    pub(super) fn read(self) -> Field<What> {
        let step = match self.step {
            Step::Journaled { entry } => RunStep::Journaled(Box::new(entry.read(&self.run)?)),
            Step::Performed { action, done } => {
                RunStep::Performed { action: action_of(&action)?, done }
            }
            Step::Died => RunStep::Died,
            Step::Began => RunStep::Began,
            Step::Stopped { why } => RunStep::Stopped(why),
            Step::NotPlanned { why } => RunStep::NotPlanned(why),
        };
        Ok(What::Run { run: self.run, step })
    }
}
