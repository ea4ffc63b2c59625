//! Where the custom steps of a plan run.

use super::plan;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Custom steps of a Region switch plan that recover the system run in the Region that is being activated.
    ///
    /// ## What is checked
    ///
    /// `RegionToRun` of every block of type `CustomActionLambda` in a workflow that recovers is not
    /// `deactivatingRegion`, unless the step is skipped in an ungraceful run. Of a plan with two active Regions the
    /// workflow that recovers is the one that deactivates.
    ///
    /// ## Why it hurts
    ///
    /// The step runs in the Region that is lost, so that the plan stops there.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// CustomActionLambdaConfig:
    ///   RegionToRun: activatingRegion
    /// ```
    ///
    /// ## Source
    ///
    /// ARC Region switch API Reference, "CustomActionLambdaConfiguration".
    "arc-lambda-runs-in-activating-region": Error, NoTakeover, Schema, Template;
    why: "the step of the takeover is run in the Region that is lost";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let workflows = plan::workflows(design).into_iter();
    let recovering = workflows.filter(plan::Workflow::recovers);
    let steps = recovering.flat_map(|workflow| workflow.steps());
    for step in steps.filter(|step| step.kind == "CustomActionLambda") {
        judge.subject();
        let region = step.at("CustomActionLambdaConfig.RegionToRun");
        let skipped = step.at("CustomActionLambdaConfig.Ungraceful.Behavior").text();
        if let Some(Some(said)) = judge.text(&region)
            && said == "deactivatingRegion"
            && skipped != Answer::Known("skip".into())
        {
            judge.finding(
                &region,
                format!("step `{}` runs in the `{said}`", step.name),
                "set `RegionToRun: activatingRegion`, or `Ungraceful: {Behavior: skip}` where the step only serves a \
                 graceful run",
            );
        }
    }
}
