//! The order in which buckets with replication come to be.

use std::collections::{BTreeMap, BTreeSet};

use super::replications::{self, Replication, Timing, named};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::stack::Stack;

rule! {
    /// No bucket is created with a rule to a bucket that can only be created after it.
    ///
    /// ## What is checked
    ///
    /// Two buckets that replicate to each other do not both have their rule whatever the operator says: one of the
    /// rules waits for a parameter, as a second pass, or can be left out by one. And the stack of a destination is
    /// not deployed after the stack of the source whose rule needs it.
    ///
    /// ## Why it hurts
    ///
    /// S3 accepts a rule only if the other bucket exists and has versions. Two rules that need each other's bucket
    /// are a circle: the first deployment fails in one of the Regions, and so does building the pair again.
    /// (A pair that was built in two steps by hand runs on; it can only not be built from these templates.)
    ///
    /// ## What to change
    ///
    /// Give the buckets fixed names. Let one rule depend on a parameter, deploy, then turn it on:
    ///
    /// ```yaml
    /// Parameters:
    ///   ReplicationPeer: {Type: String, Default: missing, AllowedValues: [missing, present]}
    /// Conditions:
    ///   PeerExists: !Equals [!Ref ReplicationPeer, present]
    /// # in the bucket:
    /// ReplicationConfiguration: !If [PeerExists, {Role: ROLE, Rules: [RULE]}, !Ref "AWS::NoValue"]
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Requirements and considerations for replication"; public reports such as
    /// hashicorp/terraform-provider-aws 749 and aws/aws-cdk 30966.
    "s3-two-phase-create": Blocker, NotDeployable, Reported, Pair;
    why: "the pair cannot be built, nor built again after a loss: the first deployment fails in one of the Regions";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let all = replications::across(design);
    let mut circles = BTreeSet::new();
    for (replication, destination) in &all {
        judge.subject();
        if replication.timing != Timing::Always {
            continue;
        }
        let back = all.iter().find(|(other, to)| {
            other.source.is(*destination)
                && to.is(replication.source)
                && other.timing == Timing::Always
        });
        if let Some((back, _)) = back {
            let mut ends =
                [replication.source, *destination].map(|end| (end.stack.index, end.id()));
            ends.sort_unstable();
            if circles.insert(ends) {
                circle(design, judge, replication, back);
            }
        } else if after(design, destination.stack, replication.source.stack) {
            order(design, judge, replication, *destination);
        }
    }
}

fn circle(
    design: &Design,
    judge: &mut Judge<'_>,
    replication: &Replication<'_>,
    back: &Replication<'_>,
) {
    let names = [replication, back].map(|rule| named(design, rule.source));
    judge.finding_with(
        &back.source.at("ReplicationConfiguration"),
        &[replication.source.at("ReplicationConfiguration")],
        format!("`{}` and `{}` replicate to each other from the first deployment on", names[0], names[1]),
        "let one `ReplicationConfiguration` depend on a parameter with `Fn::If` and `AWS::NoValue`, off by default, and \
         turn it on by an update after the first deployment",
    );
}

fn order(
    design: &Design,
    judge: &mut Judge<'_>,
    replication: &Replication<'_>,
    destination: Resource<'_>,
) {
    let (source, name) = (replication.source, named(design, destination));
    let (first, second) = (&source.stack.name, &destination.stack.name);
    judge.finding_with(
        &source.at("ReplicationConfiguration"),
        &[destination.whole()],
        format!("the rule needs `{name}`, whose stack `{second}` is deployed after `{first}`"),
        format!("let `{first}` depend on `{second}`, not the other way"),
    );
}

/// Whether a stack is deployed after another.
fn after(design: &Design, stack: &Stack, other: &Stack) -> bool {
    let by_name: BTreeMap<&str, &Stack> =
        design.stacks().iter().map(|stack| (stack.name.as_str(), stack)).collect();
    let mut seen = BTreeSet::new();
    let mut due = vec![stack];
    while let Some(stack) = due.pop() {
        for name in &stack.dependencies {
            if let Some(before) = by_name.get(name.as_str())
                && seen.insert(before.index)
            {
                due.push(*before);
            }
        }
    }
    seen.contains(&other.index)
}
