//! The order of promoting and of moving DNS.

use serde_json::Value as Json;

use super::rights::{CHANGES, PROMOTIONS, Rights};
use super::routing::Routing;
use super::state_machine::StateMachine;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::rules::arc::plan::{self, Step, Workflow};

rule! {
    /// DNS moves only after the database of the target Region was promoted and is known to be the writer.
    ///
    /// ## What is checked
    ///
    /// In every state machine, a state that moves DNS (by Route 53, by a routing control, or by a function that may do
    /// so) has a state before it that promotes a database, or that might: a call of RDS, a function that may make it, a
    /// wait for a person, another state machine. In every workflow of a Region switch plan that recovers, the blocks
    /// that move DNS come after those that promote. Judged where a database must be promoted. Whether the database took
    /// writes before DNS moved, only a drill shows.
    ///
    /// ## Why it hurts
    ///
    /// Customers write into a database that is read-only, or worse, into two.
    ///
    /// ## What to change
    ///
    /// Promote, verify the writer, open the gate, then move DNS.
    ///
    /// ## Source
    ///
    /// Aurora User Guide, "Using switchover or failover in an Aurora global database".
    "r53-promote-before-flip": Blocker, TwoWriters, Derived, Pair;
    why: "customers are sent to a Region whose database cannot write, or to two that can";
    check
}

const CHANGE: &str =
    "promote the database in a step before this one and verify that it is the writer";

fn check(design: &Design, judge: &mut Judge<'_>) {
    if !Routing::of(design).must_promote() {
        return;
    }
    let rights = Rights::of(design);
    for kind in ["AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"] {
        for machine in design.of(kind) {
            check_machine(design, &rights, judge, machine);
        }
    }
    for workflow in plan::workflows(design).into_iter().filter(Workflow::recovers) {
        check_workflow(judge, &workflow);
    }
}

fn check_workflow(judge: &mut Judge<'_>, workflow: &Workflow<'_>) {
    let mut promoted = false;
    for stage in workflow.stages() {
        let flips = |step: &&Step<'_>| {
            ["ARCRoutingControl", "Route53HealthCheck"].contains(&step.kind.as_str())
        };
        for step in stage.iter().filter(flips) {
            judge.subject();
            if !promoted {
                let name = &step.name;
                let found =
                    format!("step `{name}` moves DNS, and no step before it promotes the database");
                judge.finding(&step.place, found, CHANGE);
                return;
            }
        }
        promoted = promoted || stage.iter().any(may_promote);
    }
}

/// Whether a step of a plan promotes, or may.
fn may_promote(step: &Step<'_>) -> bool {
    !matches!(
        step.kind.as_str(),
        "EC2AutoScaling"
            | "ECSServiceScaling"
            | "EKSResourceScaling"
            | "AuroraProvisionedScaling"
            | "AuroraServerlessScaling"
            | "LambdaEventSourceMapping"
            | "RdsCreateCrossRegionReplica"
            | "ARCRoutingControl"
            | "Route53HealthCheck"
    )
}

fn check_machine<'d>(
    design: &'d Design,
    rights: &Rights<'d>,
    judge: &mut Judge<'_>,
    resource: Resource<'d>,
) {
    let Some(machine) = StateMachine::of(design, resource) else { return };
    let tasks = Tasks { rights, machine: &machine };
    for (name, state) in &machine.states {
        if !tasks.flips(state) {
            continue;
        }
        judge.subject();
        let mut before = machine.before(name).into_iter();
        if tasks.may_promote(state) || before.any(|name| tasks.may_promote(&machine.states[&name]))
        {
            continue;
        }
        judge.finding(
            &machine.place,
            format!(
                "state `{name}` of `{}` moves DNS, and no state before it promotes the database",
                resource.id()
            ),
            CHANGE,
        );
    }
}

struct Tasks<'t, 'd> {
    rights: &'t Rights<'d>,
    machine: &'t StateMachine<'d>,
}

impl Tasks<'_, '_> {
    fn flips(&self, state: &Json) -> bool {
        let text = state.to_string().to_lowercase();
        let mut functions = self.machine.functions(state).into_iter();
        CHANGES.iter().any(|call| text.contains(&sdk(call)))
            || text.contains("route53recoverycluster:updateroutingcontrolstate")
            || functions.any(|function| {
                self.rights.to_change_dns(function).is_some()
                    && !self.rights.may_only_renew(function)
            })
    }

    /// Whether a state promotes, or might: whatever is not known for certain to do something else.
    fn may_promote(&self, state: &Json) -> bool {
        let text = state.to_string().to_lowercase();
        let might = ["waitfortasktoken", "states:startexecution", "aws-sdk:ssm:", "activity:"];
        let functions = self.machine.functions(state);
        PROMOTIONS.iter().any(|call| text.contains(&sdk(call)))
            || might.iter().any(|word| text.contains(word))
            || text.contains("lambda") && functions.is_empty()
            || functions.into_iter().any(|function| self.rights.may_promote(function))
    }
}

/// A call as state machines write it.
fn sdk(call: &str) -> String {
    format!("aws-sdk:{}", call.to_lowercase())
}
