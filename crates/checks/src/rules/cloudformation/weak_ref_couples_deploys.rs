//! Stacks of the home standby that take values from stacks of the home primary when they are deployed.

use topology::Home;

use super::taken;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;
use crate::stack::Stack;
use crate::uses::{Taken, Use};

rule! {
    /// No stack of the standby takes a value from a stack of the primary when it is deployed.
    ///
    /// ## What is checked
    ///
    /// `Fn::GetStackOutput` in templates of the standby's Region whose `Region` is the primary's, and the resources
    /// by which the CDK brings values of the primary's stacks (`crossRegionReferences`). The order of stacks in an
    /// assembly is not reported: `cdk deploy --exclusively` leaves it out.
    ///
    /// ## Why it hurts
    ///
    /// The value is worked out at every create and update. While the primary's Region is down the standby's stack
    /// cannot be changed, just when capacity, alarms or code must be. Values that the CDK brings are written by the
    /// primary's deployment only: the standby keeps the old one, and cannot be built anew.
    ///
    /// ## What to change
    ///
    /// Give what the standby needs a name that follows from facts, and write it in both templates:
    ///
    /// ```yaml
    /// GlobalClusterIdentifier: payments-global
    /// ```
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "Fn::GetStackOutput"; AWS CDK Developer Guide, "Resources and the
    /// AWS CDK", on references across Regions.
    "cfn-weak-ref-couples-deploys": Error, SlowTakeover, Derived, Pair;
    why: "the standby's stack cannot be built or changed while the primary's Region is down";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let Some(primary) = design.region(Home::Primary) else { return };
    let standby = design.region(Home::Standby);
    for stack in design.stacks().iter().filter(|stack| stack.region.as_deref() == standby) {
        for used in &stack.uses {
            judge_output(design, judge, stack, used, primary);
        }
    }
    let reads = taken::reads(design);
    for read in reads.iter().filter(|read| Some(read.reader.region()) == standby) {
        judge.subject();
        if read.is_from(primary) {
            let mut place = read.reader.at("ReaderProps.imports");
            place.path = format!("{}.{}", place.path, read.name);
            judge.finding(
                &place,
                format!("`{}` takes a value that a stack of {primary} writes", read.reader.id()),
                "name the thing literally in both stacks, and take `crossRegionReferences` out of the CDK app",
            );
        }
    }
}

fn judge_output(design: &Design, judge: &mut Judge<'_>, stack: &Stack, used: &Use, primary: &str) {
    let Taken::Output { stack: name, output, region } = &used.taken else { return };
    judge.subject();
    let place = taken::place(stack, used);
    let answer = region.as_ref().map(|region| design.text(region));
    let Some(region) = answer.and_then(|answer| judge.known(&place, answer)).flatten() else {
        return;
    };
    if region == primary {
        judge.finding(
            &place,
            format!("it takes `{}` of stack `{}` in {primary}", output.shown(), name.shown()),
            format!(
                "write the name of what `{}` stands for, the same in both Regions",
                output.shown()
            ),
        );
    }
}
