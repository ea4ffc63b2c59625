//! Clusters that are let go from their global database.

use super::members::{IDENTIFIER, Member, Members, Part, source};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// No template empties or drops the `GlobalClusterIdentifier` of a cluster that the other Region's global
    /// database needs.
    ///
    /// ## What is checked
    ///
    /// No `AWS::RDS::DBCluster` has a `GlobalClusterIdentifier` that is an empty text, which also a parameter's
    /// default may be. A cluster whose counterpart in the other Region belongs to a global database of these
    /// templates belongs to it too. What an update would take away only its change set shows.
    ///
    /// ## Why it hurts
    ///
    /// An empty identifier removes the cluster from the global database and makes it one of its own: replication
    /// stops at once, and two databases take writes.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// GlobalClusterIdentifier: payments
    /// ```
    ///
    /// ## Source
    ///
    /// CloudFormation reference, "AWS::RDS::DBCluster", `GlobalClusterIdentifier`.
    "aurora-empty-identifier-detaches": Blocker, TwoWriters, Documented, Pair;
    why: "the cluster leaves the global database, so that nothing is replicated to it and it takes writes of its own";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    for cluster in design.of("AWS::RDS::DBCluster").filter(|one| design.home(*one).is_some()) {
        let identifier = cluster.at(IDENTIFIER);
        if let Answer::Unknown(why) = cluster.open(IDENTIFIER).value() {
            judge.cannot_judge(&identifier, why);
        } else if identifier.text() == Answer::Known(String::new()) {
            judge.subject();
            judge.finding(
                &identifier,
                "`GlobalClusterIdentifier` is empty",
                "name the global database in `GlobalClusterIdentifier`; to have none, leave the property out from the first deployment on",
            );
        } else if members.find(cluster).is_some() {
            judge.subject();
        } else if let Some(member) = left_alone(design, &members, cluster) {
            judge.subject();
            if judge.known(&identifier, identifier.exists()) == Some(Some(false)) {
                report(design, cluster, member, judge);
            }
        }
    }
}

/// The other Region's cluster, if it belongs to a global database of these templates and this one should.
fn left_alone<'m, 'd>(
    design: &'d Design,
    members: &'m Members<'d>,
    cluster: Resource<'d>,
) -> Option<&'m Member<'d>> {
    let member = members.find(design.counterpart(cluster)?)?;
    // A source that is not known might be this cluster.
    let all_seen =
        member.part == Part::Source || source(member.global?).exists() == Answer::Known(false);
    (all_seen && members.partner(member).is_none()).then_some(member)
}

fn report(design: &Design, cluster: Resource<'_>, member: &Member<'_>, judge: &mut Judge<'_>) {
    let region = member.cluster.region();
    let change = match member.global.and_then(|global| design.name(global).known()) {
        Some(name) => format!("set `GlobalClusterIdentifier: {name}`"),
        None => {
            "give the global cluster a `GlobalClusterIdentifier`, and set the same one here".into()
        }
    };
    judge.finding_with(
        &cluster.whole(),
        &[member.cluster.whole()],
        format!(
            "`GlobalClusterIdentifier` is not set, and the corresponding cluster in {region} belongs to a global database"
        ),
        change,
    );
}
