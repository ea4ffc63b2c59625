//! What a secondary cluster takes from the primary and must not say itself.

use topology::Home;

use super::members::{Member, Members, Part, chosen, source};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

/// What only the first cluster of a global database may say.
const FIRST_ONLY: [&str; 6] = [
    "MasterUsername",
    "MasterUserPassword",
    "ManageMasterUserPassword",
    "DatabaseName",
    "SnapshotIdentifier",
    "SourceDBClusterIdentifier",
];

rule! {
    /// A secondary cluster has no master user, password, database name, snapshot or source of its own: they come
    /// from the primary.
    ///
    /// ## What is checked
    ///
    /// Of a cluster that joins a global database after the first one none of `MasterUsername`,
    /// `MasterUserPassword`, `ManageMasterUserPassword`, `DatabaseName`, `SnapshotIdentifier` and
    /// `SourceDBClusterIdentifier` is set. The first one is the cluster that the global database is made from; where
    /// both clusters join by `GlobalClusterIdentifier`, it is the one in the home primary. The CDK's
    /// `DatabaseCluster` sets them by itself: remove them from its `CfnDBCluster`.
    ///
    /// ## Why it hurts
    ///
    /// RDS refuses to create the cluster ("Cannot specify user name for cross region replication cluster"). Were it
    /// taken, the standby's secret would hold a password that the replicated database does not know.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::RDS::DBCluster
    /// Properties:
    ///   Engine: aurora-postgresql
    ///   GlobalClusterIdentifier: payments
    ///   KmsKeyId: !GetAtt Key.Arn
    ///   StorageEncrypted: true
    /// ```
    ///
    /// ## Source
    ///
    /// CloudFormation reference, "AWS::RDS::DBCluster"; Amazon Aurora User Guide, "Getting started with Amazon Aurora
    /// Global Database".
    "aurora-secondary-no-credentials": Blocker, NoTakeover, Documented, Pair;
    why: "RDS refuses to create the secondary, so that there is no database to take over with";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    for member in members.iter().filter(|member| comes_second(&members, member)) {
        judge.subject();
        for property in FIRST_ONLY {
            if let Some(why) = chosen(member.cluster, property) {
                judge.cannot_judge(&member.cluster.at(property), why);
            }
        }
        let set: Vec<&str> = says(member).collect();
        let Some(first) = set.first() else { continue };
        judge.finding(
            &member.cluster.at(first),
            format!("a cluster that joins a global database sets `{}`", set.join("`, `")),
            format!(
                "remove `{}` from the cluster in {}, and the secret made for it; replicate the primary's secret with `ReplicaRegions`",
                set.join("`, `"),
                member.cluster.region()
            ),
        );
    }
}

/// Whether a member is certainly not the first of its global database.
fn comes_second(members: &Members<'_>, member: &Member<'_>) -> bool {
    if member.part == Part::Source {
        return false;
    }
    let in_standby = members.home(member) == Some(Home::Standby);
    let made_from_another =
        || member.global.is_some_and(|global| source(global).exists().known() == Some(true));
    members.partner(member).is_some_and(|partner| {
        // Which of two that join is the first is known by who says what the first must say.
        partner.part == Part::Source || in_standby && says(partner).next().is_some()
    }) || in_standby && made_from_another()
}

/// The properties that only the first cluster may set, as far as this one sets them.
fn says(member: &Member<'_>) -> impl Iterator<Item = &'static str> {
    FIRST_ONLY.into_iter().filter(|property| member.sets(property))
}
