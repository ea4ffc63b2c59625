//! Readiness checks that nobody can create any more.

use super::plan;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// No template has readiness checks of Application Recovery Controller.
    ///
    /// ## What is checked
    ///
    /// No resource is of a type `AWS::Route53RecoveryReadiness::…`.
    ///
    /// ## Why it hurts
    ///
    /// The service takes no new customers since 30 April 2026: in a new account the stack fails.
    ///
    /// ## What to change
    ///
    /// Delete these resources. Templates are compared by this check, the running Regions by a plan evaluation of Region
    /// switch or a scan of your own.
    ///
    /// ## Source
    ///
    /// ARC Developer Guide, "Readiness check availability change".
    "arc-readiness-closed": Warning, NotDeployable, Documented, Template;
    why: "a new account, such as one that is set up after a loss, cannot create the stack";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for resource in design.resources() {
        let kind = resource.kind();
        if kind.starts_with("AWS::Route53RecoveryReadiness::") {
            judge.subject();
            judge.finding(
                &resource.whole(),
                format!("`{}` is of the closed type `{kind}`", resource.id()),
                "delete the resource",
            );
        } else if kind == plan::KIND || kind.starts_with("AWS::Route53RecoveryControl::") {
            judge.subject();
        }
    }
}
