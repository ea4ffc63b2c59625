//! Versions of the two members.

use super::members::{Member, Members};
use super::versions::Release;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;

rule! {
    /// The members of a global database have the same major and minor version.
    ///
    /// ## What is checked
    ///
    /// `EngineVersion` of the two members of a pair, or of the global cluster that they join, names the same major
    /// and minor version. A member that says none takes the database's. Patch levels are not in templates: compare
    /// `DescribeDBClusters` in both Regions before each drill.
    ///
    /// ## Why it hurts
    ///
    /// Managed switchover and failover are refused while versions differ. What is left is detaching the secondary,
    /// which breaks the global database.
    ///
    /// ## What to change
    ///
    /// Decide the version in one place, the global cluster or the cluster that it is made from, and repeat it on the
    /// member that joins (`aurora-engine-version-on-global-only`).
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using switchover or failover in Amazon Aurora Global Database" and "Upgrading an
    /// Amazon Aurora global database".
    "aurora-same-version-both-regions": Blocker, NoTakeover, Documented, Pair;
    why: "RDS refuses switchover and managed failover between different versions";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (primary, standby) in Members::of(design).pairs() {
        judge.subject();
        let [mine, theirs] = [primary, standby].map(version);
        let said = [judge.text(&mine), judge.text(&theirs)].map(Option::flatten);
        let [Some(first), Some(second)] = said else { continue };
        let releases = [&first, &second].map(|text| Release::parse(text));
        if let [Some(left), Some(right)] = releases
            && left.differs(right)
        {
            judge.finding_with(
                &theirs,
                &[mine],
                format!(
                    "the version is `{first}` in {} and `{second}` in {}",
                    primary.cluster.region(),
                    standby.cluster.region()
                ),
                "let the member that joins repeat the version that is decided in one place, the `AWS::RDS::GlobalCluster` or the cluster that it is made from",
            );
        }
    }
}

/// Where the version of a member stands.
fn version<'d>(member: &Member<'d>) -> Place<'d> {
    let own = member.cluster.at("EngineVersion");
    match member.global {
        Some(global) if own.exists().known() == Some(false) => global.at("EngineVersion"),
        _ => own,
    }
}
