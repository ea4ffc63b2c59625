//! What a run did, in the format. Entries of its journal have the form in which journals are written.

use runbook::{ActionName, Entry, wire};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::export::Field;
use crate::export::word::named;
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
    Journaled { entry: Value },
    Performed { action: String, done: bool },
    Died,
    Began,
    Stopped { why: String },
    Shortened { lines: u64 },
    NotPlanned { why: String },
}

impl StepShape {
    pub(super) fn of(run: &str, step: &RunStep) -> Self {
        let step = match step {
            RunStep::Journaled(entry) => Step::Journaled { entry: write_entry(entry) },
            RunStep::Performed { action, done } => {
                Step::Performed { action: action.to_string(), done: *done }
            }
            RunStep::Died => Step::Died,
            RunStep::Began => Step::Began,
            RunStep::Stopped(why) => Step::Stopped { why: why.clone() },
            RunStep::Shortened(lines) => Step::Shortened { lines: *lines },
            RunStep::NotPlanned(why) => Step::NotPlanned { why: why.clone() },
        };
        Self { run: run.to_owned(), step }
    }

    pub(super) fn read(self) -> Field<What> {
        let step = match self.step {
            Step::Journaled { entry } => RunStep::Journaled(Box::new(read_entry(&entry)?)),
            Step::Performed { action, done } => {
                RunStep::Performed { action: action_of(&action)?, done }
            }
            Step::Died => RunStep::Died,
            Step::Began => RunStep::Began,
            Step::Stopped { why } => RunStep::Stopped(why),
            Step::Shortened { lines } => RunStep::Shortened(lines),
            Step::NotPlanned { why } => RunStep::NotPlanned(why),
        };
        Ok(What::Run { run: self.run, step })
    }
}

fn write_entry(entry: &Entry) -> Value {
    serde_json::from_str(&wire::encode(entry)).expect("entries are written as JSON")
}

fn read_entry(entry: &Value) -> Field<Entry> {
    wire::decode(&entry.to_string()).map_err(|_| "entry")
}

/// The action of this name.
fn action_of(name: &str) -> Field<ActionName> {
    named(ActionName::ALL, |action| action.to_string(), name, "action")
}
