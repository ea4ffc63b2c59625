//! What moves the service from one Region to the other: functions and state machines by what their roles may do.

use std::collections::BTreeSet;

use crate::design::Design;
use crate::functions::Functions;
use crate::place::Resource;
use crate::policy::{Statement, matches};
use crate::value::{Reference, Value};

pub(super) const MACHINE: &str = "AWS::StepFunctions::StateMachine";

/// Actions that only a takeover needs.
const OF_A_TAKEOVER: [&str; 9] = [
    "arc-region-switch:StartPlanExecution",
    "elasticache:FailoverGlobalReplicationGroup",
    "rds:FailoverGlobalCluster",
    "rds:PromoteReadReplica",
    "rds:PromoteReadReplicaDBCluster",
    "rds:RemoveFromGlobalCluster",
    "rds:SwitchoverGlobalCluster",
    "route53-recovery-cluster:UpdateRoutingControlState",
    "route53-recovery-cluster:UpdateRoutingControlStates",
];

/// An action of a takeover and of others, such as certificates: it counts for what is named after a takeover.
const OF_OTHERS_TOO: &str = "route53:ChangeResourceRecordSets";

const NAMES: [&str; 6] = ["failover", "fail-over", "switchover", "takeover", "disaster", "evacuat"];

/// Something that moves the service.
pub(super) struct Driver<'d> {
    /// The state machine, or the function that no such state machine calls.
    pub(super) resource: Resource<'d>,
    /// The action that shows it.
    pub(super) action: &'static str,
    /// What it calls for that, where it does not do it itself.
    pub(super) by: Option<Resource<'d>>,
}

/// What moves the service, state machines first.
pub(super) fn of(design: &Design) -> Vec<Driver<'_>> {
    let functions = Functions::of(design);
    let moving = functions.with_serverless().filter_map(|function| {
        let action = action(design, function, &functions.statements_of(function))?;
        Some((function, action))
    });
    let moving: Vec<_> = moving.collect();
    let mut drivers = Vec::new();
    let mut called: BTreeSet<Reference> = BTreeSet::new();
    for machine in design.of(MACHINE) {
        let called_here = calls(&functions, machine);
        let by =
            moving.iter().find(|(function, _)| called_here.contains(&function.reference(None)));
        let own = functions
            .role(&machine.at("RoleArn"))
            .and_then(|role| action(design, machine, &functions.statements(role)));
        if let Some(action) = own.or(by.map(|(_, action)| *action)) {
            let by = by.map(|(function, _)| *function).filter(|_| own.is_none());
            drivers.push(Driver { resource: machine, action, by });
            called.extend(called_here);
        }
    }
    for (resource, action) in moving {
        if !called.contains(&resource.reference(None)) {
            drivers.push(Driver { resource, action, by: None });
        }
    }
    drivers
}

/// The functions that a state machine calls.
fn calls(functions: &Functions<'_>, machine: Resource<'_>) -> BTreeSet<Reference> {
    let properties = ["Definition", "DefinitionString", "DefinitionSubstitutions"];
    let values = properties.iter().filter_map(|property| machine.at(property).value().known());
    let called =
        values.flat_map(Value::references).filter_map(|reference| functions.referred(reference));
    called.map(|function| function.reference(None)).collect()
}

/// The action by which something shows that it moves the service.
fn action(
    design: &Design,
    resource: Resource<'_>,
    statements: &[Statement<'_>],
) -> Option<&'static str> {
    let allowing = || statements.iter().filter(|statement| statement.allows);
    let of_a_takeover = OF_A_TAKEOVER
        .into_iter()
        .find(|action| allowing().any(|statement| names(statement, action)));
    let changes_dns = || {
        let changes = allowing().any(|statement| names(statement, OF_OTHERS_TOO));
        (changes && is_named_after_one(design, resource)).then_some(OF_OTHERS_TOO)
    };
    of_a_takeover.or_else(changes_dns)
}

/// Whether a statement names an action itself, not by a star for a whole service.
fn names(statement: &Statement<'_>, action: &str) -> bool {
    let action = action.to_lowercase();
    let patterns = statement.actions.iter().map(|pattern| pattern.to_lowercase());
    patterns
        .filter(|pattern| !pattern.ends_with(":*") && pattern != "*")
        .any(|p| matches(&p, &action))
}

fn is_named_after_one(design: &Design, resource: Resource<'_>) -> bool {
    let name = design.name(resource).known().unwrap_or_default();
    let description = resource.at("Description").text().known().unwrap_or_default();
    let text = format!("{} {name} {description}", resource.id()).to_lowercase();
    NAMES.iter().any(|word| text.contains(word))
}
