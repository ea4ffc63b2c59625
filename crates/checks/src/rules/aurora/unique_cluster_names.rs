//! Names of the members of a global database.

use super::members;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// The clusters of a global database have different identifiers in its Regions.
    ///
    /// ## What is checked
    ///
    /// `DBClusterIdentifier` of all members, where the templates say it, names each of them once.
    ///
    /// ## Why it hurts
    ///
    /// RDS refuses the second member of the same name, so that there is no standby.
    ///
    /// ## What to change
    ///
    /// Let the identifier carry the Region: `DBClusterIdentifier: !Sub "payments-${AWS::Region}"`.
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Configuration requirements of an Amazon Aurora global database".
    "aurora-unique-cluster-names": Error, NotDeployable, Documented, Pair;
    why: "the second member cannot be created, so that the pair has one database only";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = members::clusters(design);
    for (index, member) in members.iter().enumerate() {
        judge.subject();
        let name = design.name(*member).known();
        let same = members[..index]
            .iter()
            .find(|other| name.is_some() && design.name(**other).known() == name);
        if let (Some(name), Some(other)) = (name, same) {
            judge.finding_with(
                &member.at("DBClusterIdentifier"),
                &[other.at("DBClusterIdentifier")],
                format!(
                    "`DBClusterIdentifier` is `{name}` in {} and in {}",
                    other.region(),
                    member.region()
                ),
                "let `DBClusterIdentifier` carry the Region: `!Sub \"payments-${AWS::Region}\"`",
            );
        }
    }
}
