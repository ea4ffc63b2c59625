//! Versions that are gone.

use super::versions::{self, Release};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// A global database of Aurora PostgreSQL has a version that AWS still offers.
    ///
    /// ## What is checked
    ///
    /// `EngineVersion` of global clusters and their members is not withdrawn according to the release calendar as it
    /// stood on 22 November 2026, or later according to the day of the check. A major version alone, such as `16`,
    /// is always offered. Versions that are newer than the calendar, and Aurora MySQL, are not judged. Whether a
    /// Region offers a version for global databases `DescribeDBEngineVersions` says, in `SupportsGlobalDatabases`.
    ///
    /// ## Why it hurts
    ///
    /// Creating and restoring a withdrawn version is refused: the lost member cannot be built anew, just when it
    /// must be.
    ///
    /// ## What to change
    ///
    /// Upgrade all members by one `ModifyGlobalCluster`, and let the template say the new version where it stands: on
    /// the `AWS::RDS::GlobalCluster`, or on the cluster that this is made from (`SourceDBClusterIdentifier`).
    ///
    /// ```yaml
    /// EngineVersion: "17.7"   # long-term support; 16.8 is the conservative choice
    /// ```
    ///
    /// ## Source
    ///
    /// Release Notes for Aurora PostgreSQL, "Release calendar for Aurora PostgreSQL".
    "aurora-version-supported": Blocker, NoWayHome, Documented, Template;
    why: "a member of a withdrawn version cannot be created or restored, just when it must be built anew";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let today = versions::today(design);
    for (version, places) in versions::of_postgres(design, judge) {
        judge.subject();
        let Some(release) = Release::parse(&version) else { continue };
        let ended = release.minor_ends().filter(|last| today > *last);
        if release.is_withdrawn() || ended.is_some() {
            let since = ended.map_or_else(String::new, |last| format!(" since {last}"));
            judge.finding_with(
                &places[0],
                &places[1..],
                format!("`EngineVersion` is `{version}`, which AWS has withdrawn{since}"),
                format!(
                    "{}; then let `EngineVersion` say so: on the `AWS::RDS::GlobalCluster`, or on the cluster \
                     that is its `SourceDBClusterIdentifier`, and on members that join",
                    release.upgrade(today)
                ),
            );
        }
    }
}
