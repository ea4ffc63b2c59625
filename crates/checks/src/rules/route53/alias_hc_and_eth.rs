//! Two conditions on one record.

use super::health::{Signal, signal};
use super::routing::Routing;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// A record that carries a switch does not evaluate its target's health as well.
    ///
    /// ## What is checked
    ///
    /// A record of a name that leads to both Regions with a `HealthCheckId` has `EvaluateTargetHealth: false`.
    ///
    /// ## Why it hurts
    ///
    /// Both conditions must hold: a second one that nobody thinks of keeps the record out when the switch says in,
    /// or moves traffic when the switch says stay.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// AliasTarget:
    ///   EvaluateTargetHealth: false
    /// ```
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "How health checks work in complex Amazon Route 53 configurations".
    "r53-alias-hc-and-eth": Warning, SlowTakeover, Documented, Pair;
    why: "a second condition decides along with the switch, so that DNS moves or stays against the runbook's word";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    for (_, record) in routing.members() {
        if matches!(signal(&routing, record), Signal::Nothing | Signal::TargetHealth) {
            continue;
        }
        judge.subject();
        if record.evaluates_target_health() == Answer::Known(true) {
            judge.finding_with(
                &record.place.at("AliasTarget.EvaluateTargetHealth"),
                &[record.place.at("HealthCheckId")],
                "`EvaluateTargetHealth` is true on a record with a `HealthCheckId`: both must hold",
                "set `EvaluateTargetHealth: false`",
            );
        }
    }
}
