//! Where the version of a global database stands.

use super::members::{Members, Part, chosen};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// A cluster that joins a global database by `GlobalClusterIdentifier` has no `EngineVersion` of its own.
    ///
    /// ## What is checked
    ///
    /// No `AWS::RDS::DBCluster` sets both `GlobalClusterIdentifier` and `EngineVersion`. A global cluster that is
    /// made from a source cluster takes no version: there it stands on the source, which is the documented form and
    /// no finding.
    ///
    /// ## Why it hurts
    ///
    /// Members of different stacks with a version each are upgraded one by one, by whoever deploys first; a major
    /// upgrade of one member is refused in the middle of the deployment. Between the two the Regions have different
    /// versions, and a role change is refused.
    ///
    /// ## What to change
    ///
    /// Either the global cluster has the version:
    ///
    /// ```yaml
    /// Type: AWS::RDS::GlobalCluster
    /// Properties: {Engine: aurora-postgresql, EngineVersion: "17.7", StorageEncrypted: true}
    /// ```
    ///
    /// or it is made from a cluster that has it (`SourceDBClusterIdentifier`). Members that join have none.
    ///
    /// ## Source
    ///
    /// CloudFormation reference, "AWS::RDS::DBCluster", `EngineVersion`; Amazon Aurora User Guide, "Upgrading an
    /// Amazon Aurora global database".
    "aurora-engine-version-on-global-only": Error, SlowTakeover, Documented, Template;
    why: "stacks upgrade their members one by one, and while versions differ RDS refuses to change roles";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for member in Members::of(design).iter() {
        judge.subject();
        let version = member.cluster.at("EngineVersion");
        let said = judge.known(&version, version.exists()) == Some(Some(true));
        if member.part != Part::Joined || !said {
            continue;
        }
        if let Some(why) = chosen(member.cluster, "EngineVersion") {
            judge.cannot_judge(&version, why);
            continue;
        }
        let change = match member.global.map(|global| global.at("EngineVersion").exists().known()) {
            Some(Some(true)) => {
                "remove `EngineVersion` here: the version of the global cluster is that of all members"
            }
            _ => {
                "remove `EngineVersion` here: the member takes the version of the global database, which stands on the `AWS::RDS::GlobalCluster` or on the cluster that it is made from"
            }
        };
        judge.finding(
            &version,
            format!(
                "`EngineVersion` is `{}` on a cluster with `GlobalClusterIdentifier`",
                version.shown()
            ),
            change,
        );
    }
}
