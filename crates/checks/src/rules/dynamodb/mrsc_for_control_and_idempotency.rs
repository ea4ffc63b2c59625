//! Tables that every Region must agree on.

use super::purpose;
use super::replicas::{self, Consistency, Table};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// Control records and idempotency keys are in a strongly consistent table of exactly three Regions.
    ///
    /// ## What is checked
    ///
    /// Every `AWS::DynamoDB::GlobalTable` with `MultiRegionConsistency: STRONG` has three replicas, or two and one
    /// entry of `GlobalTableWitnesses`. And no table in the pair whose name, logical id, key or tag `purpose` says that
    /// it keeps idempotency keys, intents, balances, an epoch or a fence is of one Region only. (Such a table that
    /// replicates with eventual consistency is `ddb-mrec-is-last-writer-wins`.)
    ///
    /// ## Why it hurts
    ///
    /// A table of one Region is lost with it: the other Region accepts the same payment again, and cannot know who
    /// was allowed to write. A strongly consistent table of another number of Regions is refused.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::DynamoDB::GlobalTable
    /// Properties:
    ///   MultiRegionConsistency: STRONG
    ///   Replicas: [{Region: us-east-1}, {Region: us-east-2}]
    ///   GlobalTableWitnesses: [{Region: us-west-2}]
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables" (multi-Region strong consistency).
    "ddb-mrsc-for-control-and-idempotency": Error, TwoWriters, Documented, Pair;
    why: "after the loss nobody knows what was accepted or who may write, so that payments are taken again";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for table in replicas::all(design) {
        if table.consistency() == Answer::Known(Consistency::Strong) {
            judge.subject();
            regions(design, judge, &table);
        } else if table.replicas.len() == 1
            && table.resource.at("Replicas").items().known().is_some_and(|all| all.len() == 1)
        {
            of_one_region(design, judge, table.resource);
        }
    }
    let custom = replicas::by_custom_resource(design);
    for table in design.of("AWS::DynamoDB::Table") {
        if !custom.contains(&replicas::name(design, table)) {
            of_one_region(design, judge, table);
        }
    }
}

fn regions(design: &Design, judge: &mut Judge<'_>, table: &Table<'_>) {
    let [replicas, witnesses] =
        ["Replicas", "GlobalTableWitnesses"].map(|key| table.resource.at(key));
    let (Some(all), Some(votes)) =
        (judge.known(&replicas, replicas.items()), judge.known(&witnesses, witnesses.items()))
    else {
        return;
    };
    let (all, votes) = (all.unwrap_or_default().len(), votes.unwrap_or_default().len());
    if !matches!((all, votes), (3, 0) | (2, 1)) {
        judge.finding(
            &replicas,
            format!(
                "`{}` is `STRONG` with {all} replicas and {votes} witnesses, which is refused",
                table.named(design)
            ),
            "give it three `Replicas`, or two and one entry of `GlobalTableWitnesses`",
        );
    }
}

fn of_one_region(design: &Design, judge: &mut Judge<'_>, table: Resource<'_>) {
    let Some(purpose) = purpose::of(design, table).filter(|purpose| !purpose.may_be_local) else {
        return;
    };
    if design.home(table).is_none() {
        return;
    }
    judge.subject();
    let name = design.name(table).known().unwrap_or_else(|| table.id().to_owned());
    judge.finding(
        &table.whole(),
        format!(
            "`{name}` keeps {} ({}) in {} only",
            purpose.keeps,
            purpose.because,
            table.region()
        ),
        "make it an `AWS::DynamoDB::GlobalTable` with `MultiRegionConsistency: STRONG`, replicas in both Regions and one \
         entry of `GlobalTableWitnesses` (a new table: the type of an existing one must not be changed in place)",
    );
}
