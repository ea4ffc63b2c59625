//! The instance that is promoted.

use topology::Home;

use super::members::{Member, Members};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// The secondary cluster has an instance, of the writer's class.
    ///
    /// ## What is checked
    ///
    /// A global database of these templates has a cluster in the home standby, unless it has one in a third Region.
    /// That cluster has an `AWS::RDS::DBInstance`, and its largest one is not smaller than the largest one of the
    /// home primary. Sizes are compared within the r families; Serverless v2 is judged by
    /// `aurora-serverless-v2-min`.
    ///
    /// ## Why it hurts
    ///
    /// Without a cluster there is nothing to promote. One without an instance must get it first, in the hour in
    /// which everybody else asks that Region for capacity too. A smaller one takes the whole load from one second to
    /// the next.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Reader:
    ///   Type: AWS::RDS::DBInstance
    ///   Properties:
    ///     DBClusterIdentifier: !Ref Cluster
    ///     DBInstanceClass: db.r6g.large   # the writer's
    ///     Engine: aurora-postgresql
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Creating a headless Aurora DB cluster in a secondary Region" and "Using switchover
    /// or failover in Amazon Aurora Global Database".
    "aurora-secondary-has-reader": Error, SlowTakeover, Documented, Pair;
    why: "there is nothing to promote, or the takeover waits until an instance is made, or that one is too small for the load";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    judge_alone(design, &members, judge);
    for standby in members.of_home(Home::Standby) {
        judge.subject();
        let whole = standby.cluster.whole();
        match members.hidden_instances(standby) {
            Some(why) if standby.instances.is_empty() => judge.cannot_judge(&whole, why),
            None if standby.instances.is_empty() => judge.finding(
                &whole,
                "the secondary cluster has no instance",
                format!(
                    "add an `AWS::RDS::DBInstance` of the writer's `DBInstanceClass` in {}",
                    standby.cluster.region()
                ),
            ),
            Some(_) => {}
            None => {
                if let Some(primary) = members.partner(standby) {
                    judge_size(primary, standby, judge);
                }
            }
        }
    }
}

/// Global databases that no template here gives a cluster in the other Region.
fn judge_alone(design: &Design, members: &Members<'_>, judge: &mut Judge<'_>) {
    const CLUSTER: &str = "AWS::RDS::DBCluster";
    let Some(region) = design.region(Home::Standby) else { return };
    // A cluster that is of no global database as yet may be meant as the other one.
    if !members.are_all(Home::Standby) || design.may_hide(CLUSTER, region) {
        return;
    }
    for primary in members.of_home(Home::Primary) {
        if let Some(global) = primary.global.filter(|_| members.is_alone(primary)) {
            judge.subject();
            judge.finding_with(
                &global.whole(),
                &[primary.cluster.whole()],
                format!("no template here has a cluster of the global database in {region}"),
                format!(
                    "add an `{CLUSTER}` with its `GlobalClusterIdentifier` and an `AWS::RDS::DBInstance` in {region}"
                ),
            );
        }
    }
}

fn judge_size(primary: &Member<'_>, standby: &Member<'_>, judge: &mut Judge<'_>) {
    let largest = |member: &Member<'_>| -> Option<(u32, String)> {
        let sizes: Option<Vec<_>> = member.instances.iter().map(|one| size(*one)).collect();
        sizes?.into_iter().max()
    };
    let (Some((needed, writer)), Some((there, class))) = (largest(primary), largest(standby))
    else {
        return;
    };
    if there < needed {
        let instance = standby.instances[0];
        judge.finding_with(
            &instance.at("DBInstanceClass"),
            &primary.instances.iter().map(|one| one.at("DBInstanceClass")).collect::<Vec<_>>(),
            format!(
                "the largest instance in {} is `{class}`, in {} `{writer}`",
                standby.cluster.region(),
                primary.cluster.region()
            ),
            format!("set `DBInstanceClass: {writer}`"),
        );
    }
}

/// The size of an instance of an r family, as a multiple of large, with its class.
fn size(instance: Resource<'_>) -> Option<(u32, String)> {
    let Answer::Known(class) = instance.at("DBInstanceClass").text() else { return None };
    let size = class.strip_prefix("db.r")?.split_once('.')?.1;
    let multiple = match size {
        "large" => 1,
        "xlarge" => 2,
        _ => 2 * size.strip_suffix("xlarge")?.parse::<u32>().ok()?,
    };
    Some((multiple, class))
}
