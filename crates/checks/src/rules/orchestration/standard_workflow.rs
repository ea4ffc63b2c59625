//! The kind of workflow that drives a takeover.

use super::drivers::{self, MACHINE};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// A state machine that drives a takeover is a Standard workflow.
    ///
    /// ## What is checked
    ///
    /// `StateMachineType` of state machines that may do what only a takeover needs, or that call a function that may:
    /// it is absent or `STANDARD`. That a run is started under the id of its runbook, so that a second start is
    /// refused, only the caller shows.
    ///
    /// ## Why it hurts
    ///
    /// An Express workflow ends after five minutes and may run a step twice; it cannot wait for a person's approval,
    /// and keeps no history of what it did.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// StateMachineType: STANDARD
    /// ```
    ///
    /// This replaces the state machine.
    ///
    /// ## Source
    ///
    /// AWS Step Functions Developer Guide, "Choosing workflow type in Step Functions".
    "sfn-standard": Error, TwoWriters, Documented, Pair;
    why: "the takeover is cut off after five minutes, or runs one of its steps twice";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for driver in drivers::of(design) {
        if driver.resource.kind() != MACHINE {
            continue;
        }
        judge.subject();
        let place = driver.resource.at("StateMachineType");
        if judge.text(&place).flatten().as_deref() == Some("EXPRESS") {
            judge.finding(
                &place,
                format!(
                    "`StateMachineType` is `EXPRESS`, and `{}` may `{}`",
                    driver.resource.id(),
                    driver.action
                ),
                "set `StateMachineType: STANDARD`; this replaces the state machine",
            );
        }
    }
}
