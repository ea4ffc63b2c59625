//! What tells both Regions with certainty who may write.

use std::collections::BTreeSet;

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::functions::Functions;
use crate::global_clusters::GlobalClusters;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// Where each Region has a database that can become the writer, both learn from one strongly consistent store
    /// who may write: an epoch that every write transaction checks.
    ///
    /// ## What is checked
    ///
    /// If both Regions have a member of a global database and code that may write to it (functions, ECS services or
    /// Auto Scaling groups): there is a place in these templates that such a record could be kept in, which is an
    /// `AWS::DynamoDB::GlobalTable` with `MultiRegionConsistency: STRONG`, a cluster of Aurora DSQL, or an ARC
    /// routing control. A design whose functions use tables that are not in these templates is not judged. That the
    /// epoch is raised at a promotion, that every transaction checks it, and that a paused process cannot write with
    /// yesterday's permission, only code, property tests and a drill with a living old Region show.
    ///
    /// ## Why it hurts
    ///
    /// A Region that is cut off does not know that it was replaced. Aurora's own fencing is best effort, and a lease
    /// alone is not enough: a process that slept through its end writes when it wakes.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::DynamoDB::GlobalTable
    /// Properties:
    ///   MultiRegionConsistency: STRONG
    ///   GlobalTableWitnesses: [{Region: us-west-2}]
    /// ```
    ///
    /// with one control record: which Region may write, and under which epoch. The same epoch stands in a row of the
    /// ledger's database, and every transaction compares the two.
    ///
    /// ## Source
    ///
    /// Martin Kleppmann, "How to do distributed locking"; Amazon Aurora User Guide, "Using switchover or failover in
    /// Amazon Aurora Global Database" (on split-brain); Amazon DynamoDB Developer Guide, "How DynamoDB global tables
    /// work".
    "pay-fencing-epoch": Blocker, TwoWriters, Derived, Pair;
    why: "a Region that was cut off goes on writing with yesterday's permission beside its successor";
    check
}

const TABLE: &str = "AWS::DynamoDB::GlobalTable";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let Some([primary, standby]) = GlobalClusters::of(design).pair(design) else { return };
    let functions = Functions::of(design);
    if !Home::BOTH.into_iter().all(|home| may_write(design, &functions, home)) {
        return;
    }
    judge.subject();
    if judge.known(&primary.whole(), has_store(design, &functions)) == Some(Some(false)) {
        judge.finding_with(
            &primary.whole(),
            &[standby.whole()],
            format!(
                "`{}` of {} and `{}` of {} can both be the writer, and nothing in these templates is consistent \
                 enough across Regions to say which of them is",
                primary.id(),
                primary.region(),
                standby.id(),
                standby.region()
            ),
            "keep one control record with an epoch in an `AWS::DynamoDB::GlobalTable` with \
             `MultiRegionConsistency: STRONG`, the same epoch in the database, and compare the two in every write \
             transaction; if the fence is elsewhere, allow this with the place as the reason",
        );
    }
}

/// Whether a Region has code of the application.
fn may_write(design: &Design, functions: &Functions<'_>, home: Home) -> bool {
    let kinds = ["AWS::AutoScaling::AutoScalingGroup", "AWS::ECS::Service", "AWS::EC2::Instance"];
    functions.of_application().any(|function| design.home(function) == Some(home))
        || kinds.into_iter().any(|kind| design.of_home(kind, home).next().is_some())
}

/// Whether there is something that both Regions can read with certainty; not known where it may be elsewhere.
fn has_store(design: &Design, functions: &Functions<'_>) -> Answer<bool> {
    let others = ["AWS::DSQL::Cluster", "AWS::Route53RecoveryControl::RoutingControl"];
    if others.into_iter().any(|kind| design.of(kind).next().is_some()) {
        return Answer::Known(true);
    }
    for table in design.of(TABLE) {
        match table.at("MultiRegionConsistency").text() {
            Answer::Known(text) if text == "STRONG" => return Answer::Known(true),
            Answer::Unknown(why) => return Answer::Unknown(why),
            Answer::Known(_) | Answer::Absent => {}
        }
    }
    let hidden = Home::BOTH.into_iter().filter_map(|home| design.region(home));
    if hidden.into_iter().any(|region| design.may_hide(TABLE, region)) {
        return Answer::Unknown(crate::Unknown("a strongly consistent table may be hidden".into()));
    }
    match foreign_table(design, functions) {
        Some(table) => {
            let why = format!("the table `{table}` is not in these templates and may be the fence");
            Answer::Unknown(crate::Unknown(why))
        }
        None => Answer::Known(false),
    }
}

/// A table that functions may use and that is not in these templates.
fn foreign_table(design: &Design, functions: &Functions<'_>) -> Option<String> {
    let tables = [TABLE, "AWS::DynamoDB::Table"];
    let declared: BTreeSet<String> = tables
        .into_iter()
        .flat_map(|kind| design.of(kind))
        .filter_map(|table| design.name(table).known())
        .collect();
    let named =
        functions.of_application().flat_map(|function| tables_of(design, functions, function));
    named.into_iter().find(|table| !declared.contains(table))
}

/// The names of the tables that a function's role names.
fn tables_of<'d>(
    design: &'d Design,
    functions: &Functions<'d>,
    function: Resource<'d>,
) -> Vec<String> {
    let statements = functions.statements_of(function);
    let of_tables = statements.iter().filter(|statement| {
        let mut actions = statement.actions.iter();
        statement.allows && actions.any(|action| action.to_lowercase().starts_with("dynamodb:"))
    });
    let resources =
        of_tables.flat_map(|one| one.place.at("Resource").items().known().unwrap_or_default());
    let arns = resources.filter_map(|place| design.text(place.value().known()?).known());
    let names = arns.filter_map(|arn| {
        let name = arn.split(":table/").nth(1)?.split('/').next()?.to_owned();
        (!name.contains(['*', '?'])).then_some(name)
    });
    names.collect()
}
