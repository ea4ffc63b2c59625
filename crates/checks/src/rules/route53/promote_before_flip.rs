//! The order of promoting and of moving DNS.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::records::Routing;
use super::rights::{CHANGES, PROMOTIONS, Rights};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::rules::arc::plan::{self, Step, Workflow};
use crate::value::Value;

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
    for machine in design.of("AWS::StepFunctions::StateMachine") {
        check_machine(design, &rights, judge, machine);
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
    machine: Resource<'d>,
) {
    let Some((place, states, first)) = definition(machine) else { return };
    let references = place.value().known().map(Value::references).unwrap_or_default();
    let functions = references.into_iter().filter_map(|reference| {
        let found = design.resource(reference)?;
        (found.kind() == "AWS::Lambda::Function").then_some((found.id(), found))
    });
    let task = Tasks { rights, functions: functions.collect() };
    for (name, state) in &states {
        if !task.flips(state) {
            continue;
        }
        judge.subject();
        let before = before(&states, &first, name);
        if task.may_promote(state) || before.iter().any(|name| task.may_promote(&states[name])) {
            continue;
        }
        judge.finding(
            &place,
            format!(
                "state `{name}` of `{}` moves DNS, and no state before it promotes the database",
                machine.id()
            ),
            CHANGE,
        );
    }
}

type States = BTreeMap<String, Json>;

/// The states of a machine by name, those inside of others among them, and the first.
fn definition(machine: Resource<'_>) -> Option<(Place<'_>, States, String)> {
    let place = machine.at("DefinitionString");
    // References stand in the text as `${Id}`, inside of strings, so that it is JSON still.
    let json: Json = serde_json::from_str(&place.value().known()?.shown()).ok()?;
    let first = json.get("StartAt")?.as_str()?.to_owned();
    let states = json.get("States")?.as_object()?;
    let states = states.iter().map(|(name, state)| (name.clone(), state.clone())).collect();
    Some((place, states, first))
}

/// The states from which one can be reached.
fn before(states: &States, first: &str, target: &str) -> BTreeSet<String> {
    let mut leads: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, state) in states {
        for next in nexts(state) {
            leads.entry(next).or_default().push(name);
        }
    }
    let mut found = BTreeSet::new();
    let mut open = vec![target];
    while let Some(name) = open.pop() {
        for from in leads.get(name).into_iter().flatten() {
            if found.insert((*from).to_owned()) && *from != first {
                open.push(from);
            }
        }
    }
    found
}

/// The states that a state may lead to: its next, its choices', its catches'.
fn nexts(state: &Json) -> Vec<&str> {
    let lists = ["Choices", "Catch"].iter().filter_map(|list| state.get(list)?.as_array());
    let inner = lists.flatten().filter_map(|branch| branch.get("Next")?.as_str());
    let own = ["Next", "Default"].iter().filter_map(|key| state.get(key)?.as_str());
    inner.chain(own).collect()
}

struct Tasks<'t, 'd> {
    rights: &'t Rights<'d>,
    /// The functions that the definition names, by the id that stands in it.
    functions: BTreeMap<&'d str, Resource<'d>>,
}

impl<'d> Tasks<'_, 'd> {
    fn flips(&self, state: &Json) -> bool {
        let text = state.to_string().to_lowercase();
        let calls = CHANGES.iter().any(|call| text.contains(&sdk(call)));
        calls
            || text.contains("route53recoverycluster:updateroutingcontrolstate")
            || self
                .functions(state)
                .into_iter()
                .any(|function| self.rights.to_change_dns(function).is_some())
    }

    /// Whether a state promotes, or might: whatever is not known for certain to do something else.
    fn may_promote(&self, state: &Json) -> bool {
        let text = state.to_string().to_lowercase();
        let calls = PROMOTIONS.iter().any(|call| text.contains(&sdk(call)));
        let might = ["waitfortasktoken", "states:startexecution", "aws-sdk:ssm:", "activity:"];
        let is_function = text.contains("lambda");
        let functions = self.functions(state);
        calls
            || might.iter().any(|word| text.contains(word))
            || is_function && functions.is_empty()
            || functions.into_iter().any(|function| self.rights.may_promote(function))
    }

    /// The functions of these templates that a state names.
    fn functions(&self, state: &Json) -> Vec<Resource<'d>> {
        let text = state.to_string();
        let named = text.split("${").skip(1).filter_map(|rest| rest.split(['.', '}']).next());
        named.filter_map(|id| self.functions.get(id).copied()).collect()
    }
}

/// A call as state machines write it.
fn sdk(call: &str) -> String {
    format!("aws-sdk:{}", call.to_lowercase())
}
