//! Positions in which `Fn::GetStackOutput` may stand.

use super::taken;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;
use crate::uses::{Taken, Use};
use crate::value::Value;

rule! {
    /// `Fn::GetStackOutput` stands only where CloudFormation works it out.
    ///
    /// ## What is checked
    ///
    /// Every `Fn::GetStackOutput` is in the properties of a resource, not inside `Fn::Sub`, `Fn::Base64` or
    /// `Fn::ImportValue`, and not in `Outputs`, `Conditions` or `Rules`. Its own arguments rest on no resource of
    /// the template.
    ///
    /// ## Why it hurts
    ///
    /// In other positions the deployment ends with an internal error that does not name the position.
    ///
    /// ## What to change
    ///
    /// Use `Fn::Join` in place of `Fn::Sub`:
    ///
    /// ```yaml
    /// Value: !Join
    ///   - ""
    ///   - - "https://"
    ///     - Fn::GetStackOutput: {StackName: payments-api, OutputName: Host, Region: us-east-2}
    /// ```
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "Fn::GetStackOutput".
    "cfn-getstackoutput": Error, NotDeployable, Documented, Template;
    why: "the stack ends in an internal error, and its Region stays as it was";
    check
}

/// Functions in which it is not worked out.
const REFUSED: [&str; 3] = ["Fn::Base64", "Fn::ImportValue", "Fn::Sub"];

fn check(design: &Design, judge: &mut Judge<'_>) {
    for stack in design.stacks() {
        for used in &stack.uses {
            let Taken::Output { stack: name, output, region } = &used.taken else { continue };
            judge.subject();
            if let Some(function) = refused(used) {
                judge.finding(
                    &taken::place(stack, used),
                    format!("`Fn::GetStackOutput` stands in `{function}`"),
                    change(used),
                );
            }
            let arguments = [Some(name), Some(output), region.as_ref()];
            if arguments.into_iter().flatten().any(rests_on_resource) {
                judge.finding(
                    &taken::place(stack, used),
                    "an argument of `Fn::GetStackOutput` rests on a resource of the template",
                    "give `StackName`, `OutputName` and `Region` as texts, parameters or pseudo parameters",
                );
            }
        }
    }
}

/// The function or section around it in which it is not worked out.
fn refused(used: &Use) -> Option<&str> {
    let function = used.within.iter().map(String::as_str).find(|name| REFUSED.contains(name));
    function.or_else(|| (used.section != "Resources").then_some(used.section.as_str()))
}

fn change(used: &Use) -> &'static str {
    if used.section != "Resources" {
        return "take the value where a resource's property needs it, and write the name out elsewhere";
    }
    match refused(used) {
        Some("Fn::Sub") => {
            "put the text together by `Fn::Join`, in which `Fn::GetStackOutput` may stand"
        }
        _ => "take the value as a property by itself, or in `Fn::Join`, `Fn::If` or `Fn::Select`",
    }
}

fn rests_on_resource(value: &Value) -> bool {
    !value.references().is_empty()
}
