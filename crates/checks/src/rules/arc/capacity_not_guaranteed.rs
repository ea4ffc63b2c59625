//! Capacity that a plan counts on.

use std::collections::BTreeSet;

use super::plan;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// What a Region switch plan scales up in a takeover is reserved beforehand.
    ///
    /// ## What is checked
    ///
    /// Where a plan has a block that scales EC2, ECS or EKS, these templates have a capacity reservation. Blocks that
    /// scale Aurora are not judged: size its standby for full load.
    ///
    /// ## Why it hurts
    ///
    /// When a Region is lost everybody scales in the same one in the same hour. The block asks for capacity and does
    /// not guarantee it.
    ///
    /// ## What to change
    ///
    /// Run the standby at full size, or reserve the difference.
    ///
    /// ```yaml
    /// Reserve:
    ///   Type: AWS::EC2::CapacityReservation
    /// ```
    ///
    /// ## Source
    ///
    /// ARC Developer Guide, "Best practices for Region switch".
    "arc-capacity-not-guaranteed": Warning, SlowTakeover, Documented, Pair;
    why: "everybody scales up in the same Region in the same hour, and what was not reserved is not to be had";
    check
}

const RESERVATIONS: [&str; 2] =
    ["AWS::EC2::CapacityReservation", "AWS::EC2::CapacityReservationFleet"];

const SCALING: [&str; 3] = ["EC2AutoScaling", "ECSServiceScaling", "EKSResourceScaling"];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let reserved = RESERVATIONS.iter().any(|kind| {
        design.of(kind).next().is_some()
            || topology::Home::BOTH
                .into_iter()
                .any(|home| design.region(home).is_some_and(|region| design.may_hide(kind, region)))
    });
    let mut told = BTreeSet::new();
    for workflow in plan::workflows(design) {
        let steps = workflow.steps();
        let mut scaling = steps.iter().filter(|step| SCALING.contains(&step.kind.as_str()));
        let Some(first) = scaling.next() else { continue };
        judge.subject();
        // Every workflow of a plan scales the same things, there or back.
        if !reserved && told.insert((workflow.plan.stack.index, workflow.plan.id())) {
            let also: Vec<_> = scaling.take(3).map(|step| step.place.clone()).collect();
            judge.finding_with(
                &first.place,
                &also,
                format!("step `{}` scales up and no template reserves capacity", first.name),
                "run the standby at full size, or add an `AWS::EC2::CapacityReservation` in each Region",
            );
        }
    }
}
