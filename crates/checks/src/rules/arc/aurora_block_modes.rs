//! What the database block of a plan does in a rehearsal and in a loss.

use super::plan;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// The Aurora block of a Region switch plan switches over in a graceful run and fails over only in an ungraceful
    /// one.
    ///
    /// ## What is checked
    ///
    /// Every block of type `AuroraGlobalDatabase` has `Behavior: switchoverOnly` and `Ungraceful.Ungraceful: failover`.
    ///
    /// ## Why it hurts
    ///
    /// With `Behavior: failover` a practice run throws away what was not yet copied. Without the ungraceful half
    /// the plan has no way to promote when the Region is lost.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// GlobalAuroraConfig:
    ///   Behavior: switchoverOnly
    ///   Ungraceful: {Ungraceful: failover}
    /// ```
    ///
    /// ## Source
    ///
    /// ARC Developer Guide, "Amazon Aurora Global Database execution block"; ARC Region switch API Reference,
    /// "GlobalAuroraConfiguration".
    "arc-aurora-block-modes": Error, DataLost, Schema, Template;
    why: "a practice run loses payments that a switchover would have kept, or the plan cannot promote at all when the Region is lost";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let steps = plan::workflows(design).into_iter().flat_map(|workflow| workflow.steps());
    for step in steps.filter(|step| step.kind == "AuroraGlobalDatabase") {
        judge.subject();
        let behavior = step.at("GlobalAuroraConfig.Behavior");
        if judge.text(&behavior).flatten().as_deref() == Some("failover") {
            judge.finding(
                &behavior,
                format!("step `{}` fails over with data loss in graceful runs as well", step.name),
                "set `Behavior: switchoverOnly` and `Ungraceful: {Ungraceful: failover}`",
            );
            continue;
        }
        let ungraceful = step.at("GlobalAuroraConfig.Ungraceful.Ungraceful");
        if ungraceful.exists() == Answer::Known(false) {
            judge.finding(
                &ungraceful,
                format!("step `{}` says nothing for an ungraceful run", step.name),
                "set `Ungraceful: {Ungraceful: failover}`",
            );
        }
    }
}
