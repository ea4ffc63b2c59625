//! That a cluster which joins a global database can be created, today and on the day it is built anew.

use super::members::{Member, Members, Part, chosen};
use super::versions::Release;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;

rule! {
    /// A cluster that joins a global database says the database's version, and no other.
    ///
    /// ## What is checked
    ///
    /// Each `AWS::RDS::DBCluster` with `GlobalClusterIdentifier` sets `EngineVersion`; and where the global cluster is
    /// in these templates, it is the one that this says, or the cluster that it is made from
    /// (`SourceDBClusterIdentifier`). The version of a global database is decided in one place: repeat it from there,
    /// by a parameter or in the program that writes the templates, and upgrade by one `ModifyGlobalCluster`.
    ///
    /// ## Why it hurts
    ///
    /// `CreateDBCluster` does not take the version over: without one it means the default of that day, and where the
    /// database has another it is refused with `Value for engineVersion should match setting for global cluster`. So a
    /// template that was deployed once cannot build the lost member anew a year later, when the default has moved.
    /// CloudFormation's reference advises to leave the property out of members, because a major upgrade of one member
    /// alone is refused; it sends the property as it is, when a cluster is created and whenever it changes.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::RDS::DBCluster
    /// Properties: {Engine: aurora-postgresql, EngineVersion: "17.7", GlobalClusterIdentifier: payments}
    /// ```
    ///
    /// To upgrade, upgrade all members by `aws rds modify-global-cluster --engine-version VERSION`, and then let each
    /// place say the new version: what is so already is not changed.
    ///
    /// ## Source
    ///
    /// aws/aws-cli issue 8139; aws-cloudformation/aws-cloudformation-resource-providers-rds, `Translator.java` of
    /// `aws-rds-dbcluster`; Amazon Aurora User Guide, "Upgrading an Amazon Aurora global database".
    "aurora-engine-version-on-global-only": Error, NoWayHome, Reported, Template;
    why: "RDS does not take the version over: without it, or with another, the member is refused when it is built anew";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    for member in members.iter().filter(|member| member.part == Part::Joined) {
        judge.subject();
        let version = member.cluster.at("EngineVersion");
        if let Some(why) = chosen(member.cluster, "EngineVersion") {
            judge.cannot_judge(&version, why);
            continue;
        }
        match judge.known(&version, version.exists()) {
            Some(Some(true)) => compare(&members, member, &version, judge),
            Some(Some(false)) => judge.finding(
                &version,
                "`EngineVersion` is not set on a cluster with `GlobalClusterIdentifier`",
                "set `EngineVersion` to the version of the global database: RDS takes its default of that day else",
            ),
            _ => {}
        }
    }
}

/// Whether the version is that of the global database, where both are known.
fn compare<'d>(
    members: &Members<'d>,
    member: &Member<'d>,
    version: &Place<'d>,
    judge: &mut Judge<'_>,
) {
    let Some(deciding) = deciding(members, member) else { return };
    let said = [judge.text(version), judge.text(&deciding)].map(Option::flatten);
    let [Some(own), Some(decided)] = said else { return };
    let releases = Release::parse(&own).zip(Release::parse(&decided));
    if releases.is_some_and(|(own, decided)| own.differs(decided)) {
        judge.finding_with(
            version,
            &[deciding],
            format!("`EngineVersion` is `{own}`, and the global database has `{decided}`"),
            format!("set `EngineVersion` to `{decided}`, as the global database has it"),
        );
    }
}

/// Where the version of the global database is decided: on the global cluster, or on the cluster that it is made from.
fn deciding<'d>(members: &Members<'d>, member: &Member<'d>) -> Option<Place<'d>> {
    let global = member.global?.at("EngineVersion");
    if global.exists().known() == Some(true) {
        return Some(global);
    }
    let is_source = |one: &&Member<'d>| {
        one.part == Part::Source && one.database().is_some() && one.database() == member.database()
    };
    Some(members.iter().find(is_source)?.cluster.at("EngineVersion"))
}
