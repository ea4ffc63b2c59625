//! Instances of each member in more than one zone.

use topology::Home;

use super::members::{Member, Members};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Each member of a global database has two instances, in different Availability Zones.
    ///
    /// ## What is checked
    ///
    /// Every member in the pair has two `AWS::RDS::DBInstance`s or more; where all of them name their
    /// `AvailabilityZone`, they name more than one. Left out, RDS spreads them. A standby without any instance is
    /// reported by `aurora-secondary-has-reader`.
    ///
    /// ## Why it hurts
    ///
    /// After the takeover the one instance is the writer, and there is nobody beside it: a lost zone, or a restart
    /// for a patch, is the second outage of the day.
    ///
    /// ## What to change
    ///
    /// Add an instance of the same class with `PromotionTier: 1` to the cluster, and leave `AvailabilityZone` out.
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "High availability for Amazon Aurora".
    "aurora-two-instances-each-region": Warning, NoWayHome, Derived, Pair;
    why: "the cluster that took over has no instance to fail over to when a zone is lost or the writer restarts";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    for member in members.iter().filter(|member| members.home(member).is_some()) {
        judge.subject();
        let headless_standby =
            member.instances.is_empty() && members.home(member) == Some(Home::Standby);
        match (member.instances.len(), members.hidden_instances(member)) {
            (0 | 1, Some(why)) => judge.cannot_judge(&member.cluster.whole(), why),
            (0 | 1, None) if !headless_standby => {
                report(member, judge);
            }
            _ => {}
        }
        judge_zones(member, judge);
    }
}

fn report(member: &Member<'_>, judge: &mut Judge<'_>) {
    let (found, first) = match member.instances.first() {
        None => ("the cluster has no instance".to_owned(), "a writer and "),
        Some(instance) => (format!("the cluster has one instance, `{}`", instance.id()), ""),
    };
    let related: Vec<_> = member.instances.iter().map(|instance| instance.whole()).collect();
    judge.finding_with(
        &member.cluster.whole(),
        &related,
        found,
        format!(
            "add {first}a second `AWS::RDS::DBInstance` of the same `DBInstanceClass` with `PromotionTier: 1` in {}",
            member.cluster.region()
        ),
    );
}

fn judge_zones(member: &Member<'_>, judge: &mut Judge<'_>) {
    let [first, rest @ ..] = member.instances.as_slice() else { return };
    let zone =
        |instance: &crate::place::Resource<'_>| instance.at("AvailabilityZone").text().known();
    let Some(name) = zone(first) else { return };
    if !rest.is_empty() && rest.iter().all(|instance| zone(instance).as_ref() == Some(&name)) {
        judge.finding(
            &first.at("AvailabilityZone"),
            format!("every instance of the cluster is in `{name}`"),
            "remove `AvailabilityZone` from the instances, or name a different zone in each",
        );
    }
}
