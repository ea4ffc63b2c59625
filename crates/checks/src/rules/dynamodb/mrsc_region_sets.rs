//! Regions of strongly consistent tables.

use super::replicas::{self, Consistency};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// The Regions of a strongly consistent table are of one of the sets that DynamoDB has.
    ///
    /// ## What is checked
    ///
    /// `Replicas` and `GlobalTableWitnesses` of every `AWS::DynamoDB::GlobalTable` with `MultiRegionConsistency:
    /// STRONG` are all of one set: us-east-1, us-east-2, us-west-2; or eu-west-1, eu-west-2, eu-west-3, eu-central-1;
    /// or ap-northeast-1, ap-northeast-2, ap-northeast-3.
    ///
    /// ## Why it hurts
    ///
    /// The table cannot be created with any other Regions.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Replicas: [{Region: us-east-1}, {Region: us-east-2}]
    /// GlobalTableWitnesses: [{Region: us-west-2}]
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables" (multi-Region strong consistency).
    "ddb-mrsc-region-sets": Blocker, NotDeployable, Documented, Template;
    why: "the table that says who may write is refused, so that nothing can stop the lost Region from writing";
    check
}

/// The sets.
const SETS: [&[&str]; 3] = [
    &["us-east-1", "us-east-2", "us-west-2"],
    &["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"],
    &["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    for table in replicas::all(design) {
        if table.consistency() != Answer::Known(Consistency::Strong) {
            continue;
        }
        judge.subject();
        let mut regions = Vec::new();
        for list in ["Replicas", "GlobalTableWitnesses"] {
            for item in judge.items(&table.resource.at(list)) {
                regions.extend(judge.text(&item.at("Region")).flatten());
            }
        }
        let fits = |set: &&[&str]| regions.iter().all(|region| set.contains(&region.as_str()));
        if !SETS.iter().any(fits) {
            let home = regions.first().map_or("", String::as_str);
            let set = SETS.iter().find(|set| set.contains(&home)).unwrap_or(&SETS[0]);
            judge.finding(
                &table.resource.at("Replicas"),
                format!(
                    "`{}` is `STRONG` in `{}`, which are of no one set",
                    table.named(design),
                    regions.join("`, `")
                ),
                format!("take three Regions of one set, such as `{}`", set[..3].join("`, `")),
            );
        }
    }
}
