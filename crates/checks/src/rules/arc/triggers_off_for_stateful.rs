//! Alarms that start a plan.

use super::plan;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// No alarm starts a Region switch plan that promotes a database, unless its first step waits for a person.
    ///
    /// ## What is checked
    ///
    /// A plan with a block for a database has no `Triggers`, or the first step of each workflow that recovers is
    /// `ManualApproval`.
    ///
    /// ## Why it hurts
    ///
    /// A storm of alarms would accept the loss of payments on its own.
    ///
    /// ## What to change
    ///
    /// Delete `Triggers`, or begin the workflow with an approval.
    ///
    /// ```yaml
    /// Steps:
    ///   - Name: approve
    ///     ExecutionBlockType: ManualApproval
    /// ```
    ///
    /// ## Source
    ///
    /// ARC Developer Guide, "Region switch components".
    "arc-triggers-off-for-stateful": Error, DataLost, Derived, Template;
    why: "alarms decide to give up payments that are not copied yet, without anybody's word";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for workflow in plan::workflows(design) {
        let steps = workflow.steps();
        if !workflow.recovers() || !steps.iter().any(|step| is_stateful(&step.kind)) {
            continue;
        }
        judge.subject();
        let triggers = workflow.plan.at("Triggers");
        let approved = steps.first().is_some_and(|step| step.kind == "ManualApproval");
        if !judge.items(&triggers).is_empty() && !approved {
            let first = steps.first().map(|step| step.name.clone()).unwrap_or_default();
            judge.finding_with(
                &triggers,
                &[steps[0].place.clone()],
                format!(
                    "an alarm starts plan `{}`, whose first step `{first}` waits for nobody",
                    workflow.plan.id()
                ),
                "delete `Triggers`, or put a step of type `ManualApproval` first",
            );
        }
    }
}

fn is_stateful(kind: &str) -> bool {
    let starts = ["AuroraGlobal", "DocumentDb", "Neptune", "RdsPromote", "RdsSwitchover"];
    starts.iter().any(|start| kind.starts_with(start))
}
