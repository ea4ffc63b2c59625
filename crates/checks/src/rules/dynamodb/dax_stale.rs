//! Caches in front of replicated tables.

use super::replicas;
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::roles::Roles;
use crate::rule::rule;

rule! {
    /// No DAX cluster stands in front of a table that replicates.
    ///
    /// ## What is checked
    ///
    /// No `AWS::DAX::Cluster` in a Region of the pair has a role that may read a global table with replicas in both
    /// Regions.
    ///
    /// ## Why it hurts
    ///
    /// What arrives from the other Region goes past the cache. After the takeover the cache answers with what it had
    /// before, until its entries expire.
    ///
    /// ## What to change
    ///
    /// Read such tables from DynamoDB itself on the way of money; keep the cluster for tables of one Region.
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables".
    "ddb-dax-stale": Warning, TwoWriters, Documented, Pair;
    why: "after the takeover the cache answers with old items, on which new payments are decided";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let tables = replicas::in_pair(design);
    let roles = Roles::of(design);
    for cluster in design.of("AWS::DAX::Cluster").filter(|cluster| design.home(*cluster).is_some())
    {
        if tables.is_empty() {
            return;
        }
        judge.subject();
        let place = cluster.at("IAMRoleARN");
        let Some(role) = roles.role(&place) else {
            judge.cannot_judge(&place, Unknown("the role is not in these templates".into()));
            continue;
        };
        let permissions = roles.permissions(role);
        for table in &tables {
            let arn = table.arn_in(design, cluster.region());
            let reads = arn.map(|arn| permissions.allow(design, "dynamodb:GetItem", &arn));
            if reads == Some(Answer::Known(true)) {
                let name = table.named(design);
                judge.finding_with(
                    &cluster.whole(),
                    &[table.resource.whole()],
                    format!("the cache's role reads `{name}`, which replicates past the cache"),
                    format!(
                        "take `{name}` out of the role's policy, and let its readers ask DynamoDB"
                    ),
                );
            }
        }
    }
}
