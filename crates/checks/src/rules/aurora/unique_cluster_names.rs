//! Names of the members of a global database.

use super::members::Members;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// The clusters of a global database have different identifiers in its Regions.
    ///
    /// ## What is checked
    ///
    /// `DBClusterIdentifier` of the two members, where the templates say both. Without the property a deployment
    /// makes a name that is unique.
    ///
    /// ## Why it hurts
    ///
    /// RDS refuses the second member of the same name, so that there is no standby.
    ///
    /// ## What to change
    ///
    /// Let the identifier carry the Region:
    ///
    /// ```yaml
    /// DBClusterIdentifier: !Sub "payments-${AWS::Region}"
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Configuration requirements of an Amazon Aurora global database".
    "aurora-unique-cluster-names": Error, NotDeployable, Documented, Pair;
    why: "the second member cannot be created, so that the pair has one database only";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (primary, standby) in Members::of(design).pairs() {
        judge.subject();
        let names = [primary, standby].map(|member| design.name(member.cluster).known());
        if let [Some(first), Some(second)] = names
            && first.eq_ignore_ascii_case(&second)
        {
            judge.finding_with(
                &standby.cluster.at("DBClusterIdentifier"),
                &[primary.cluster.at("DBClusterIdentifier")],
                format!(
                    "`DBClusterIdentifier` is `{second}` in {} and in {}",
                    primary.cluster.region(),
                    standby.cluster.region()
                ),
                "let `DBClusterIdentifier` carry the Region: `!Sub \"payments-${AWS::Region}\"`",
            );
        }
    }
}
