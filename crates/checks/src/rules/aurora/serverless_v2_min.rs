//! Capacity of Serverless v2 in a global database.

use super::members::{Member, Members};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

/// Capacity units below which the primary slows replication.
const UNITS_MIN: f64 = 8.0;

rule! {
    /// With Serverless v2 the primary has at least 8 capacity units, and the standby may grow as far as the primary.
    ///
    /// ## What is checked
    ///
    /// In a pair whose members have instances of class `db.serverless`: `ServerlessV2ScalingConfiguration.MinCapacity`
    /// of the home primary's is 8 or more, and `MaxCapacity` of the home standby's is not below the primary's.
    ///
    /// ## Why it hurts
    ///
    /// With little memory the writer slows replication and promotion. A low maximum holds the new primary down
    /// just when it carries everything.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// ServerlessV2ScalingConfiguration: {MinCapacity: 8, MaxCapacity: 64}   # the same MaxCapacity in both Regions
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Configuration requirements of an Amazon Aurora global database".
    "aurora-serverless-v2-min": Warning, SlowTakeover, Documented, Pair;
    why: "the writer replicates and promotes slowly, or the new primary cannot grow to the load that it inherits";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (primary, standby) in Members::of(design).pairs() {
        if is_serverless(primary) {
            judge.subject();
            judge_minimum(primary, judge);
        }
        if is_serverless(primary) && is_serverless(standby) {
            judge_maximum(primary, standby, judge);
        }
    }
}

fn judge_minimum(primary: &Member<'_>, judge: &mut Judge<'_>) {
    let minimum = primary.cluster.at("ServerlessV2ScalingConfiguration.MinCapacity");
    if let Some(Some(units)) = judge.number(&minimum)
        && units < UNITS_MIN
    {
        judge.finding(
            &minimum,
            format!("`MinCapacity` of the primary is `{units}`"),
            "set `MinCapacity: 8` or more",
        );
    }
}

fn judge_maximum(primary: &Member<'_>, standby: &Member<'_>, judge: &mut Judge<'_>) {
    let [primary_max, standby_max] = [primary, standby]
        .map(|member| member.cluster.at("ServerlessV2ScalingConfiguration.MaxCapacity"));
    let units = [judge.number(&primary_max), judge.number(&standby_max)].map(Option::flatten);
    if let [Some(needed), Some(there)] = units
        && there < needed
    {
        judge.finding_with(
            &standby_max,
            &[primary_max],
            format!("`MaxCapacity` of the standby is `{there}`, of the primary `{needed}`"),
            format!("set `MaxCapacity: {needed}` in {}", standby.cluster.region()),
        );
    }
}

fn is_serverless(member: &Member<'_>) -> bool {
    let class =
        |instance: &crate::place::Resource<'_>| instance.at("DBInstanceClass").text().known();
    member.instances.iter().any(|instance| class(instance).as_deref() == Some("db.serverless"))
}
