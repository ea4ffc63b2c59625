//! A stack with what it is compared by, to find the stack of the other Region that is the same layer.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::design::Design;
use crate::place::Resource;
use crate::stack::Stack;
use crate::value::Value;

/// A stack with what it is compared by.
#[derive(Debug)]
pub(super) struct Candidate<'d> {
    pub(super) stack: &'d Stack,
    pub(super) region: &'d str,
    /// Its name without words of roles and Regions.
    pub(super) name: String,
    /// The stage that its name speaks of.
    pub(super) stage: Option<String>,
    /// The types of its resources, sorted, each as often as it is there.
    pub(super) kinds: Vec<&'d str>,
    /// Types and logical ids, sorted.
    pub(super) ids: Vec<(&'d str, &'d str)>,
    /// The global databases and tables that it has a part of, as people read them.
    pub(super) globals: BTreeSet<String>,
}

impl Candidate<'_> {
    /// How much of the types of two stacks is the same, in percent.
    pub(super) fn shape_percent(&self, other: &Self) -> usize {
        let same = same(&self.kinds, &other.kinds);
        (same * 100).checked_div(self.kinds.len() + other.kinds.len() - same).unwrap_or_default()
    }

    /// How many resources of two stacks have the same type and logical id.
    pub(super) fn same_ids(&self, other: &Self) -> usize {
        same(&self.ids, &other.ids)
    }
}

/// How many items two sorted lists have in common.
fn same<T: Ord>(left: &[T], right: &[T]) -> usize {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut same = 0;
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        match one.cmp(other) {
            Ordering::Less => drop(left.next()),
            Ordering::Greater => drop(right.next()),
            Ordering::Equal => {
                same += 1;
                left.next();
                right.next();
            }
        }
    }
    same
}

/// The stacks of these Regions, in the order in which they were given.
pub(super) fn candidates<'d>(design: &'d Design, regions: &[&str]) -> Vec<Candidate<'d>> {
    let globals = globals(design);
    let stacks = design.stacks().iter().filter_map(|stack| Some((stack, stack.region.as_deref()?)));
    let here = stacks.filter(|(_, region)| regions.contains(region));
    here.map(|(stack, region)| {
        let resources = stack.resources.values();
        let mut kinds: Vec<&str> = resources.clone().map(|one| one.kind.as_str()).collect();
        kinds.sort_unstable();
        // The CDK gives this one to every stack.
        let own = resources.filter(|one| one.kind != "AWS::CDK::Metadata");
        let mut ids: Vec<_> = own.map(|one| (one.kind.as_str(), one.id.as_str())).collect();
        ids.sort_unstable();
        Candidate {
            stack,
            region,
            name: words::neutral(&stack.name, region),
            stage: words::stage(&stack.name),
            kinds,
            ids,
            globals: globals.get(&stack.index).cloned().unwrap_or_default(),
        }
    })
    .collect()
}

/// The global databases, and the tables by name, that each stack has a part of.
fn globals(design: &Design) -> BTreeMap<usize, BTreeSet<String>> {
    let name = |resource: Resource<'_>| design.symbol(&Value::Reference(resource.reference(None)));
    let said = |resource: Resource<'_>, property: &str| {
        design.symbol(resource.at(property).value().known()?)
    };
    let mut found: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let mut add = |resource: Resource<'_>, what: String| {
        found.entry(resource.stack.index).or_default().insert(what);
    };
    let mut by_source = BTreeMap::new();
    for global in design.of("AWS::RDS::GlobalCluster") {
        if let Some(name) = name(global) {
            add(global, database(&name));
            by_source
                .extend(said(global, "SourceDBClusterIdentifier").map(|source| (source, name)));
        }
    }
    for cluster in design.of("AWS::RDS::DBCluster") {
        let joined = said(cluster, "GlobalClusterIdentifier");
        let is_source = || {
            let attributes = [None, Some("DBClusterArn")].into_iter();
            let mut names = attributes
                .filter_map(|name| design.symbol(&Value::Reference(cluster.reference(name))));
            names.find_map(|name| by_source.get(&name).cloned())
        };
        if let Some(name) = joined.or_else(is_source) {
            add(cluster, database(&name));
        }
    }
    for table in design.of("AWS::DynamoDB::Table") {
        if let Some(name) = said(table, "TableName") {
            add(table, format!("have a table `{name}`"));
        }
    }
    found
}

fn database(name: &str) -> String {
    format!("have a part of the global database `{}`", name.to_ascii_lowercase())
}
