//! Plans of ARC Region switch: their workflows and the steps of those.

use std::collections::BTreeSet;

use crate::design::Design;
use crate::place::{Place, Resource};
use crate::rules::route53::records::plain;

/// The type of plans.
pub(in crate::rules) const KIND: &str = "AWS::ARCRegionSwitch::Plan";

/// A workflow of a plan.
#[derive(Debug)]
pub(in crate::rules) struct Workflow<'d> {
    /// Its plan.
    pub(in crate::rules) plan: Resource<'d>,
    /// What it does: `activate`, `deactivate` or `postRecovery`.
    pub(in crate::rules) action: String,
    place: Place<'d>,
}

/// A step of a workflow.
#[derive(Debug)]
pub(in crate::rules) struct Step<'d> {
    /// Where it stands.
    pub(in crate::rules) place: Place<'d>,
    /// Its name, or its type where the name is not known.
    pub(in crate::rules) name: String,
    /// Its type of block, such as `AuroraGlobalDatabase`.
    pub(in crate::rules) kind: String,
}

impl<'d> Step<'d> {
    fn new(place: Place<'d>) -> Self {
        let text = |key: &str| place.at(key).text().known();
        let kind = text("ExecutionBlockType").unwrap_or_default();
        Self { name: text("Name").unwrap_or_else(|| kind.clone()), kind, place }
    }

    /// A property of its block, such as `GlobalAuroraConfig.Behavior`.
    pub(in crate::rules) fn at(&self, keys: &str) -> Place<'d> {
        self.place.at("ExecutionBlockConfiguration").at(keys)
    }
}

impl<'d> Workflow<'d> {
    /// Whether it is what happens when a Region is lost: one side of an active and a passive one is activated, of two
    /// active ones one is given up.
    pub(in crate::rules) fn recovers(&self) -> bool {
        match self.plan.at("RecoveryApproach").text().known().as_deref() {
            Some("activePassive") => self.action == "activate",
            Some("activeActive") => self.action == "deactivate",
            _ => false,
        }
    }

    /// Its steps; those that run at the same time stand together.
    pub(in crate::rules) fn stages(&self) -> Vec<Vec<Step<'d>>> {
        let steps = self.place.at("Steps").items().known().unwrap_or_default();
        steps.into_iter().map(Step::new).map(at_once).collect()
    }

    /// Its steps, one after the other.
    pub(in crate::rules) fn steps(&self) -> Vec<Step<'d>> {
        self.stages().into_iter().flatten().collect()
    }
}

fn at_once(step: Step<'_>) -> Vec<Step<'_>> {
    if step.kind != "Parallel" {
        return vec![step];
    }
    let inner = step.at("ParallelConfig.Steps").items().known().unwrap_or_default();
    inner.into_iter().map(Step::new).collect()
}

/// Every workflow of every plan.
pub(in crate::rules) fn workflows(design: &Design) -> Vec<Workflow<'_>> {
    let plans = design.of(KIND).flat_map(|plan| {
        let places = plan.at("Workflows").items().known().unwrap_or_default();
        places.into_iter().map(move |place| {
            let action = place.at("WorkflowTargetAction").text().known().unwrap_or_default();
            Workflow { plan, action, place }
        })
    });
    plans.collect()
}

/// The records whose health checks blocks of plans turn.
#[derive(Debug)]
pub(in crate::rules) struct Switched {
    names: BTreeSet<String>,
    /// Whether a block names a record that is not known.
    hides: bool,
}

impl Switched {
    pub(in crate::rules) fn of(design: &Design) -> Self {
        let mut switched = Self { names: BTreeSet::new(), hides: false };
        let steps = workflows(design).into_iter().flat_map(|workflow| workflow.steps());
        for step in steps.filter(|step| step.kind == "Route53HealthCheck") {
            let named = step.at("Route53HealthCheckConfig.RecordName").value().known();
            match named.and_then(|value| design.text(value).known()) {
                Some(name) => drop(switched.names.insert(plain(&name))),
                None => switched.hides = true,
            }
        }
        switched
    }

    /// Whether a plan may turn the checks of a record of this name.
    pub(in crate::rules) fn may_be(&self, name: &str) -> bool {
        self.hides || self.names.contains(name)
    }
}
