//! Which tables are global, where their replicas are, and how they agree with each other.

use std::collections::BTreeSet;

use topology::Home;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::Value;

/// The type of a global table.
pub(in crate::rules) const GLOBAL: &str = "AWS::DynamoDB::GlobalTable";

/// A table with replicas in several Regions.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Table<'d> {
    /// The resource that owns all replicas.
    pub(in crate::rules) resource: Resource<'d>,
    /// Its replicas that are certainly there.
    pub(in crate::rules) replicas: Vec<Replica<'d>>,
}

/// A replica.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Replica<'d> {
    /// Where it is declared.
    pub(in crate::rules) place: Place<'d>,
    /// Its Region; empty where it is not known.
    pub(in crate::rules) region: String,
}

/// How replicas agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Consistency {
    /// The last writer wins.
    Eventual,
    /// Every Region reads the last write.
    Strong,
}

impl<'d> Table<'d> {
    /// How its replicas agree.
    pub(in crate::rules) fn consistency(&self) -> Answer<Consistency> {
        match self.resource.at("MultiRegionConsistency").text() {
            Answer::Absent => Answer::Known(Consistency::Eventual),
            Answer::Known(text) if text == "STRONG" => Answer::Known(Consistency::Strong),
            Answer::Known(text) if text == "EVENTUAL" => Answer::Known(Consistency::Eventual),
            Answer::Known(text) => Answer::Unknown(Unknown(format!("`{text}` is no consistency"))),
            Answer::Unknown(why) => Answer::Unknown(why),
        }
    }

    /// Whether it has replicas in both Regions of the pair.
    pub(in crate::rules) fn in_pair(&self, design: &Design) -> bool {
        Home::BOTH.into_iter().all(|home| {
            let region = design.region(home);
            self.replicas.iter().any(|replica| Some(replica.region.as_str()) == region)
        })
    }

    /// Whether its items certainly expire, as sessions do: what is gone in hours anyway needs no restore points.
    pub(in crate::rules) fn expires(&self) -> bool {
        self.resource.at("TimeToLiveSpecification.Enabled").bool() == Answer::Known(true)
    }

    /// Its name for people.
    pub(in crate::rules) fn named(&self, design: &Design) -> String {
        design.name(self.resource).known().unwrap_or_else(|| self.resource.id().to_owned())
    }

    /// The Regions of its replicas, for people.
    pub(in crate::rules) fn regions(&self) -> String {
        let regions: Vec<_> = self.replicas.iter().map(|replica| replica.region.as_str()).collect();
        regions.join(" and ")
    }

    /// The ARN of its replica in a Region, where its name is known.
    pub(in crate::rules) fn arn_in(&self, design: &Design, region: &str) -> Option<String> {
        let own = format!(":{}:", self.resource.region());
        Some(design.arn(self.resource).known()?.replacen(&own, &format!(":{region}:"), 1))
    }
}

/// A table of one Region that has this name, as [`Design::symbol`] gives it.
pub(in crate::rules) fn name(design: &Design, table: Resource<'_>) -> String {
    let reference = Value::Reference(table.reference(None));
    design.symbol(&reference).expect("a reference to a resource has a symbol")
}

/// Every global table, those of one replica included.
pub(in crate::rules) fn all(design: &Design) -> Vec<Table<'_>> {
    design.of(GLOBAL).map(table).collect()
}

/// The tables with more than one replica.
pub(in crate::rules) fn replicated(design: &Design) -> Vec<Table<'_>> {
    all(design).into_iter().filter(|table| table.replicas.len() > 1).collect()
}

/// The tables with replicas in both Regions of the pair.
pub(in crate::rules) fn in_pair(design: &Design) -> Vec<Table<'_>> {
    replicated(design).into_iter().filter(|table| table.in_pair(design)).collect()
}

/// The names of tables that custom resources of the CDK replicate.
pub(in crate::rules) fn by_custom_resource(design: &Design) -> BTreeSet<String> {
    let names = design
        .of("Custom::DynamoDBReplica")
        .filter_map(|replica| design.symbol(replica.at("TableName").value().known()?));
    names.collect()
}

fn table(resource: Resource<'_>) -> Table<'_> {
    let items = resource.at("Replicas").items().known().unwrap_or_default().into_iter();
    let certain = items.filter(|item| item.exists() == Answer::Known(true));
    let replicas = certain.map(|place| {
        let region = place.at("Region").text().known().unwrap_or_default();
        Replica { region, place }
    });
    Table { resource, replicas: replicas.collect() }
}
