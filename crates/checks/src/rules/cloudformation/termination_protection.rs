//! Protection of stacks that hold data, or what is global, against being deleted.

use std::collections::BTreeMap;

use super::stateful;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// Stacks that hold data, and those of global things, are protected against termination.
    ///
    /// ## What is checked
    ///
    /// `terminationProtection` in the manifest of a CDK assembly, for every stack of the pair's Regions in which
    /// there is a cluster, a table, a bucket that keeps versions or another store, a global cluster, or a hosted
    /// zone. Templates without a manifest do not say it, and are not judged.
    ///
    /// ## Why it hurts
    ///
    /// One command in the wrong terminal deletes the stack: in the Region that is left, that is the last copy.
    /// During a takeover people type commands that they do not type every day.
    ///
    /// ## What to change
    ///
    /// In a CDK app:
    ///
    /// ```python
    /// DatabaseStack(app, "Database", termination_protection=True)
    /// ```
    ///
    /// For a stack that exists: `aws cloudformation update-termination-protection --enable-termination-protection
    /// --stack-name NAME`.
    ///
    /// ## Source
    ///
    /// AWS CloudFormation User Guide, "Protect CloudFormation stacks from being deleted"; the cloud assembly schema
    /// of the AWS CDK.
    "cfn-termination-protection": Error, DataLost, Documented, Pair;
    why: "one wrong command in the hours after a loss deletes the stack of the Region that is left";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let mut holds: BTreeMap<usize, Resource<'_>> = BTreeMap::new();
    let data = stateful::all(design).into_iter().map(|stateful| stateful.resource);
    let kinds = ["AWS::RDS::GlobalCluster", "AWS::Route53::HostedZone"];
    let global = kinds.into_iter().flat_map(|kind| design.of(kind));
    for resource in data.chain(global.filter(|resource| design.home(*resource).is_some())) {
        holds.entry(resource.stack.index).or_insert(resource);
    }
    for resource in holds.values() {
        let stack = resource.stack;
        let (Some(protected), None) = (stack.termination_protection, &stack.parent) else {
            continue;
        };
        judge.subject();
        if !protected {
            judge.finding_with(
                &stack.whole(),
                &[resource.whole()],
                format!("the stack has `{}` and no termination protection", resource.id()),
                "set `terminationProtection: true` on the stack in the CDK app",
            );
        }
    }
}
