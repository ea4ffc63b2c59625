//! Instance classes of a global database.

use super::members::Members;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Instances of an Aurora global database have memory-optimized classes.
    ///
    /// ## What is checked
    ///
    /// `DBInstanceClass` of every `AWS::RDS::DBInstance` whose cluster belongs to a global database is of the r
    /// family from r5 on, of an x family, or `db.serverless`. Whether a Region has the class for the engine and
    /// version only `DescribeOrderableDBInstanceOptions` says, in `SupportsGlobalDatabases`.
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
    let members = Members::of(design);
    for instance in members.iter().flat_map(|member| &member.instances) {
        judge.subject();
        let class = instance.at("DBInstanceClass");
        if let Some(Some(name)) = judge.text(&class)
            && !is_memory_optimized(&name)
        {
            judge.finding(
                &class,
                format!(
                    "`DBInstanceClass` is `{name}`, which a global database does not take: it wants a memory-optimized class"
                ),
                "set `DBInstanceClass: db.r6g.large` or a larger class of the r5 to r8 families, the same in both Regions",
            );
        }
    }
}

fn is_memory_optimized(class: &str) -> bool {
    let Some(family) = class.strip_prefix("db.") else { return false };
    let digits = family.strip_prefix('r').map(|rest| rest.chars().take_while(char::is_ascii_digit));
    let generation = digits.and_then(|digits| digits.collect::<String>().parse::<u32>().ok());
    family == "serverless"
        || family.starts_with('x')
        || generation.is_some_and(|generation| generation >= 5)
}
