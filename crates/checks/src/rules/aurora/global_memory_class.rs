//! Instance classes of a global database.

use super::members;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Members of an Aurora global database have memory-optimized instance classes.
    ///
    /// ## What is checked
    ///
    /// `DBInstanceClass` of every `AWS::RDS::DBInstance` whose cluster belongs to a global database is of the r
    /// family from r5 on, of an x family, or `db.serverless`.
    ///
    /// ## Why it hurts
    ///
    /// Burstable and older classes are refused when the member is created, so that there is no standby; one that
    /// was accepted could not carry the load of the Region that was lost.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// DBInstanceClass: db.r6g.large
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Configuration requirements of an Amazon Aurora global database".
    "aurora-global-memory-class": Blocker, NoTakeover, Documented, Template;
    why: "RDS refuses to create the member, so that there is no database to take over with";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for instance in members::instances(design) {
        judge.subject();
        let class = instance.at("DBInstanceClass");
        if let Some(Some(name)) = judge.text(&class)
            && !is_memory_optimized(&name)
        {
            judge.finding(
                &class,
                format!("`DBInstanceClass` is `{name}`"),
                "set `DBInstanceClass` to a memory-optimized class such as `db.r6g.large`, the same in both Regions",
            );
        }
    }
}

fn is_memory_optimized(class: &str) -> bool {
    let Some(family) = class.strip_prefix("db.") else { return false };
    let generation = family.strip_prefix('r').and_then(|rest| rest.chars().next());
    family == "serverless"
        || family.starts_with('x')
        || generation.is_some_and(|digit| ('5'..='9').contains(&digit))
}
