//! Stacks without anything in them.

use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Every template declares at least one resource.
    ///
    /// ## What is checked
    ///
    /// The section `Resources` of each template holds something, also if a condition may leave it out.
    ///
    /// ## Why it hurts
    ///
    /// CloudFormation refuses a template without resources, and with it the deployment that it is part of: a stack that
    /// was meant to carry something, such as the name of the environment, is in neither Region.
    ///
    /// ## What to change
    ///
    /// Give the stack the resource that it was made for, or remove it from the app.
    ///
    /// ## Source
    ///
    /// AWS CloudFormation User Guide, "CloudFormation template Resources syntax": the section is required.
    "cfn-stack-without-resources": Blocker, NotDeployable, Documented, Template;
    why: "the deployment stops at this stack, also when a Region is rebuilt";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for stack in design.stacks() {
        judge.subject();
        if stack.declared == 0 {
            judge.finding(
                &stack.whole(),
                "the template has no resource",
                "add the resource that the stack was made for under `Resources`, or remove the stack",
            );
        }
    }
}
