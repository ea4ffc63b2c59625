//! The plan as a definition of a state machine in the Amazon States Language, for a Standard
//! workflow of AWS Step Functions (`sfn-standard`).
//!
//! It names no Region, no run and no epoch: one definition stands in both Regions
//! (`orchestrator-in-target-region`), and an execution is named after its run. What is due, how often
//! and whether to turn back is decided from the journal, by the code that every runner shares: each
//! state invokes one function, which performs one action and [reports](report) what came of it. What
//! the function is told stands in `docs/runbooks/README.md`.

mod answer;
mod errors;
mod people;
mod states;

use serde_json::{Map, Value, json};

use self::states::Way;
use crate::plan::Plan;

pub use answer::decision;
pub use errors::{TRY_AGAIN, report};
pub use states::invocation_seconds;

/// The definition as indented JSON. `function` is the name or ARN of the function that performs
/// actions, or something that a template replaces by it, such as `${RunbookFunction}`.
#[must_use]
pub fn state_machine(plan: &Plan, function: &str) -> String {
    let ways = [Way::forward(plan), Way::back(plan)];
    let mut states = Map::new();
    for way in &ways {
        states::add(plan, way, function, &mut states);
    }
    let start = ways[0].entry(0);
    let kind = plan.kind.as_str();
    let comment =
        format!("{kind}, made by tideover from its plan; name executions after their run");
    let mut definition = json!({"Comment": comment, "StartAt": start});
    definition["States"] = Value::Object(reachable(states, &start));
    format!("{definition:#}\n")
}

/// The states that can be come to: where nothing takes the way back, none of it is needed.
fn reachable(mut states: Map<String, Value>, start: &str) -> Map<String, Value> {
    let mut reached = Map::new();
    let mut names = vec![start.to_owned()];
    while let Some(name) = names.pop() {
        if let Some(state) = states.remove(&name) {
            names.extend(states::successors(&state));
            reached.insert(name, state);
        }
    }
    reached
}
