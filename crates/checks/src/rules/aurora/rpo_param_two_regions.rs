//! The parameter that stops commits while the secondary is behind.

use topology::Home;

use super::members::Members;
use super::parameters;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// With two Regions `rds.global_db_rpo` stays at its default in the standby's parameter group.
    ///
    /// ## What is checked
    ///
    /// The cluster parameter group of the member in the home standby sets no `rds.global_db_rpo` other than -1. On
    /// the primary it may be set by choice: then a lost replication stops payments, which nobody but you can want.
    /// What a running database says (`show rds.global_db_rpo`) only the runbook can see.
    ///
    /// ## Why it hurts
    ///
    /// The parameter makes the writer block commits while every secondary is too far behind. After the takeover
    /// there is no secondary at all: the new primary would take no payment.
    ///
    /// ## What to change
    ///
    /// Remove `rds.global_db_rpo` from the `Parameters` of the standby's `AWS::RDS::DBClusterParameterGroup`.
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Managing RPOs for Aurora PostgreSQL-based global databases".
    "aurora-rpo-param-two-regions": Blocker, NoTakeover, Documented, Pair;
    why: "after the takeover there is no secondary, and the new primary blocks every commit";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let groups = parameters::groups(design);
    for standby in Members::of(design).of_home(Home::Standby) {
        judge.subject();
        let named = standby.cluster.at(parameters::GROUP);
        let Some(group) = groups.meant(&named) else { continue };
        let set = parameters::set(group);
        let Some((_, seconds)) = set.iter().find(|(name, _)| *name == "rds.global_db_rpo") else {
            continue;
        };
        if let Some(Some(said)) = judge.text(seconds)
            && said != "-1"
        {
            judge.finding_with(
                seconds,
                &[named],
                format!("`rds.global_db_rpo` is `{said}` in the standby's parameter group"),
                format!("remove `rds.global_db_rpo` from `{}`", group.id()),
            );
        }
    }
}
