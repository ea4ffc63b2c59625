//! Capacity of a global table.

use std::collections::BTreeMap;

use super::replicas::{self, Table};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// A global table with provisioned capacity has its autoscaling inside the resource; on-demand needs none.
    ///
    /// ## What is checked
    ///
    /// Every `AWS::DynamoDB::GlobalTable` with more than one replica either has `BillingMode: PAY_PER_REQUEST`, or has
    /// `WriteProvisionedThroughputSettings.WriteCapacityAutoScalingSettings` (absent means `PROVISIONED`); and no
    /// `AWS::ApplicationAutoScaling::ScalableTarget` names the table.
    ///
    /// ## Why it hurts
    ///
    /// Replicated writes cost capacity in every Region. Scaling that another resource does in one Region leaves the
    /// other too small: replication is throttled and falls behind, and CloudFormation finds a state it does not know.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// BillingMode: PAY_PER_REQUEST
    /// ```
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "AWS::DynamoDB::GlobalTable".
    "ddb-autoscaling-inside": Error, DataLost, Documented, Template;
    why: "replication to the other Region is throttled, and what it has not brought there is lost with the Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let targets = targets(design);
    for table in replicas::replicated(design) {
        judge.subject();
        settings(design, judge, &table);
        for target in targets.get(&replicas::name(design, table.resource)).into_iter().flatten() {
            judge.finding_with(
                &target.whole(),
                &[table.resource.whole()],
                format!("the target scales `{}`, a global table, from outside", table.named(design)),
                "remove the target and its policies; set `BillingMode: PAY_PER_REQUEST` on the table, or \
                 `WriteProvisionedThroughputSettings.WriteCapacityAutoScalingSettings`",
            );
        }
    }
}

fn settings(design: &Design, judge: &mut Judge<'_>, table: &Table<'_>) {
    let mode = table.resource.at("BillingMode");
    let Some(found) = judge.text(&mode) else { return };
    let scaling =
        table.resource.at("WriteProvisionedThroughputSettings.WriteCapacityAutoScalingSettings");
    if found.as_deref() != Some("PAY_PER_REQUEST")
        && judge.known(&scaling, scaling.exists()) == Some(Some(false))
    {
        let found = found
            .map_or("absent, which means `PROVISIONED`".to_owned(), |mode| format!("`{mode}`"));
        judge.finding(
            &mode,
            format!(
                "`BillingMode` of `{}` is {found}, and there is no `WriteCapacityAutoScalingSettings`",
                table.named(design)
            ),
            "set `BillingMode: PAY_PER_REQUEST`, or `WriteProvisionedThroughputSettings: \
             {WriteCapacityAutoScalingSettings: …}`",
        );
    }
}

/// Scalable targets of tables and indexes, by the table's name.
fn targets(design: &Design) -> BTreeMap<String, Vec<Resource<'_>>> {
    let mut found: BTreeMap<String, Vec<Resource<'_>>> = BTreeMap::new();
    for target in design.of("AWS::ApplicationAutoScaling::ScalableTarget") {
        let id = target.at("ResourceId").value().known().and_then(|id| design.symbol(id));
        let table = id.as_deref().and_then(|id| id.strip_prefix("table/"));
        if let Some(table) = table {
            let name = table.split_once("/index/").map_or(table, |(name, _)| name);
            found.entry(name.to_owned()).or_default().push(target);
        }
    }
    found
}
