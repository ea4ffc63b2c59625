//! The stream of a global table.

use super::replicas::{self, Consistency};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// An eventually consistent global table with more than one replica has a stream of new and old images.
    ///
    /// ## What is checked
    ///
    /// `StreamSpecification.StreamViewType` of every `AWS::DynamoDB::GlobalTable` with more than one replica and
    /// without `MultiRegionConsistency: STRONG` is `NEW_AND_OLD_IMAGES`.
    ///
    /// ## Why it hurts
    ///
    /// The replica of the other Region cannot be added, and the setting can be changed only while there is one
    /// replica.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// StreamSpecification:
    ///   StreamViewType: NEW_AND_OLD_IMAGES
    /// ```
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "AWS::DynamoDB::GlobalTable StreamSpecification"; Amazon DynamoDB
    /// Developer Guide, "Global tables".
    "ddb-stream-required": Blocker, NotDeployable, Documented, Template;
    why: "the replica in the other Region is refused, so that the table is lost with its Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for table in replicas::replicated(design) {
        let consistency = table.consistency();
        match judge.known(&table.resource.at("MultiRegionConsistency"), consistency) {
            Some(Some(Consistency::Eventual)) => judge.subject(),
            _ => continue,
        }
        let view = table.resource.at("StreamSpecification.StreamViewType");
        let found = match judge.known(&view, view.text()) {
            None => continue,
            Some(Some(found)) if found == "NEW_AND_OLD_IMAGES" => continue,
            Some(found) => found.map_or("is absent".to_owned(), |found| format!("is `{found}`")),
        };
        judge.finding(
            &view,
            format!(
                "`{}` has replicas in {}, and `StreamSpecification.StreamViewType` {found}",
                table.named(design),
                table.regions()
            ),
            "set `StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}`",
        );
    }
}
