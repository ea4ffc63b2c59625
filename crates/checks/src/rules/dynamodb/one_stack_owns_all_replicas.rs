//! Who owns a global table.

use std::collections::{BTreeMap, BTreeSet};

use super::replicas::{self, Table};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// One resource in one stack owns a global table with all its replicas.
    ///
    /// ## What is checked
    ///
    /// No two resources declare a table of the same name in the same Region: neither two `AWS::DynamoDB::GlobalTable`
    /// with a Region in common, nor an `AWS::DynamoDB::Table` where a global table has a replica. Replicas of another
    /// account (`GlobalTableSourceArn`) do not count, nor do tables whose names a deployment makes up.
    ///
    /// ## Why it hurts
    ///
    /// The second owner cannot create what is there already; after an import both drift, and what one of them
    /// removes is the other's replica.
    ///
    /// ## What to change
    ///
    /// Keep the resource in one stack with every Region in `Replicas`; elsewhere use the table's name.
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Best practices for global tables".
    "ddb-one-stack-owns-all-replicas": Blocker, NotDeployable, Documented, Pair;
    why: "the second stack fails, or one of them deletes the replica that the other Region needs to take over";
    check
}

/// A table as one of its owners declares it.
struct Owner<'d> {
    resource: Resource<'d>,
    regions: BTreeSet<String>,
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let global = replicas::all(design).into_iter().filter(|table| !of_other_account(table));
    let global: Vec<_> = global.map(|table| global_owner(&table)).collect();
    let single = design.of("AWS::DynamoDB::Table").map(|resource| {
        let regions = BTreeSet::from([resource.region().to_owned()]);
        Owner { resource, regions }
    });
    let mut owners: BTreeMap<(Option<&str>, String), Vec<Owner<'_>>> = BTreeMap::new();
    for owner in global.into_iter().chain(single) {
        if let Some(name) = design.name(owner.resource).known() {
            let account = owner.resource.stack.account.as_deref();
            owners.entry((account, name)).or_default().push(owner);
        }
    }
    for ((_, name), owners) in owners {
        let (first, others) = owners.split_first().expect("a name is there by its first owner");
        if first.resource.kind() == replicas::GLOBAL {
            judge.subject();
            for other in others.iter().filter(|other| !first.regions.is_disjoint(&other.regions)) {
                // One template for both Regions may leave it to a parameter which of them has the table.
                let optional = [first, other].map(|owner| owner.resource.declared.optional.clone());
                match optional.into_iter().flatten().next() {
                    Some(why) => judge.cannot_judge(&other.resource.whole(), why),
                    None => report(judge, &name, first, other),
                }
            }
        }
    }
}

fn of_other_account(table: &Table<'_>) -> bool {
    table.resource.at("GlobalTableSourceArn").exists() != Answer::Known(false)
}

fn global_owner<'d>(table: &Table<'d>) -> Owner<'d> {
    let regions = table.replicas.iter().map(|replica| replica.region.clone());
    Owner {
        resource: table.resource,
        regions: regions.filter(|region| !region.is_empty()).collect(),
    }
}

fn report(judge: &mut Judge<'_>, name: &str, first: &Owner<'_>, other: &Owner<'_>) {
    let common: Vec<_> = first.regions.intersection(&other.regions).cloned().collect();
    let (common, owner) = (common.join(" and "), first.resource);
    judge.finding_with(
        &other.resource.whole(),
        &[owner.whole()],
        format!("table `{name}` in {common} is declared here and by `{}` of stack `{}`", owner.id(), owner.stack.name),
        format!("remove this resource, with `DeletionPolicy: Retain` first if it exists, and use the name `{name}`"),
    );
}
