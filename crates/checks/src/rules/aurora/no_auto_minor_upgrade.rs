//! Automatic minor upgrades, which a global database does not have.

use super::members::Members;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Nothing relies on `AutoMinorVersionUpgrade` in a global database, where it has no effect.
    ///
    /// ## What is checked
    ///
    /// `AutoMinorVersionUpgrade` is not set to true on a member of a global database or on its instances. Left
    /// out, it says nothing and is not reported.
    ///
    /// ## Why it hurts
    ///
    /// The team believes that it is patched. The version stays where it is until its support ends, and then a
    /// restore or a new member of that version is refused.
    ///
    /// ## What to change
    ///
    /// Say the truth, and plan minor upgrades by `ModifyGlobalCluster`:
    ///
    /// ```yaml
    /// AutoMinorVersionUpgrade: false
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using Amazon Aurora Global Database", limitations.
    "aurora-no-auto-minor-upgrade": Warning, NoWayHome, Documented, Template;
    why: "the version drifts out of support unnoticed, and a member of a retired version cannot be built anew";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    for member in members.iter() {
        for resource in std::iter::once(&member.cluster).chain(&member.instances) {
            judge.subject();
            let upgrade = resource.at("AutoMinorVersionUpgrade");
            if judge.bool(&upgrade) == Some(Some(true)) {
                judge.finding(
                    &upgrade,
                    "`AutoMinorVersionUpgrade` is `true`, which has no effect in a global database",
                    "set `AutoMinorVersionUpgrade: false`, and plan minor upgrades with `aws rds modify-global-cluster --engine-version`",
                );
            }
        }
    }
}
