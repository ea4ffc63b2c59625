//! Imports of values that only a stack of another Region exports.

use std::collections::BTreeMap;

use super::taken;
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;
use crate::stack::Stack;
use crate::uses::Taken;
use crate::value::Value;

rule! {
    /// A stack imports only what a stack of its own Region exports.
    ///
    /// ## What is checked
    ///
    /// Every `Fn::ImportValue` whose name can be known before deployment: if a template of another Region exports
    /// the name and none of the importing stack's Region does, it is reported. A name that no template here exports
    /// is not: the exporting stack may be somebody else's.
    ///
    /// ## Why it hurts
    ///
    /// Exports belong to one account and one Region. CloudFormation refuses to create the importing stack, so that
    /// what stands in it is missing in that Region.
    ///
    /// ## What to change
    ///
    /// Make the name of the thing follow from facts that both Regions know, and write it in both templates:
    ///
    /// ```yaml
    /// BucketName: !Sub "payments-${AWS::AccountId}-us-east-2"
    /// ```
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "Fn::ImportValue"; AWS CloudFormation User Guide, "Get exported
    /// outputs from a deployed CloudFormation stack".
    "cfn-no-import-across-regions": Blocker, NotDeployable, Documented, Template;
    why: "exports end at the Region's border, so that the stack cannot be created and the Region stays without it";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let exports = exports(design);
    for stack in design.stacks() {
        let Some(region) = stack.region.as_deref() else { continue };
        for used in &stack.uses {
            let Taken::Export(name) = &used.taken else { continue };
            let Answer::Known(name) = design.text(name) else { continue };
            judge.subject();
            let places = exports.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let is_here = |(stack, _): &&(&Stack, &str)| stack.region.as_deref() == Some(region);
            let Some((exporter, output)) =
                places.first().filter(|_| !places.iter().any(|place| is_here(&place)))
            else {
                continue;
            };
            let there = exporter.region.as_deref().unwrap_or_default();
            let mut related = exporter.whole();
            related.path = format!("Outputs.{output}.Export.Name");
            judge.finding_with(
                &taken::place(stack, used),
                &[related],
                format!("it imports `{name}`, which only `{}` of {there} exports", exporter.name),
                format!(
                    "name the thing literally instead of importing `{name}`, or export it from a stack of {region}"
                ),
            );
        }
    }
}

/// The stacks and outputs that export each name.
fn exports(design: &Design) -> BTreeMap<&str, Vec<(&Stack, &str)>> {
    let mut found: BTreeMap<&str, Vec<(&Stack, &str)>> = BTreeMap::new();
    for stack in design.stacks().iter().filter(|stack| stack.region.is_some()) {
        for (id, output) in &stack.outputs {
            if let Some(Value::Text(name)) = &output.export {
                found.entry(name).or_default().push((stack, id));
            }
        }
    }
    found
}
