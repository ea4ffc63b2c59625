//! What holds payments in both Regions: members of global databases with their secrets, tables with replicas in both
//! Regions, buckets that replicate.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use crate::design::Design;
use crate::global_clusters::GlobalClusters;
use crate::place::Resource;
use crate::policy::{Statement, matches};
use crate::resolve::ACCOUNT;
use crate::value::{Reference, Value};

/// The type of a secret.
const SECRET: &str = "AWS::SecretsManager::Secret";
/// The type of a cluster.
const CLUSTER: &str = "AWS::RDS::DBCluster";
/// Where a bucket says how it replicates.
const RULES: &str = "ReplicationConfiguration.Rules";

/// A store of payments.
#[derive(Debug, Clone)]
struct Store<'d> {
    resource: Resource<'d>,
    /// The service in its ARN.
    service: &'static str,
    /// The last part of its ARN; the resource stands for a name that only a deployment knows.
    rest: String,
}

/// The stores of a design.
#[derive(Debug)]
pub(crate) struct PaymentStores<'d> {
    design: &'d Design,
    stores: Vec<Store<'d>>,
    /// Stores by what refers to them or to a part of them.
    by_reference: BTreeMap<Reference, usize>,
    /// Stores by their physical names.
    by_name: BTreeMap<String, usize>,
}

impl<'d> PaymentStores<'d> {
    /// The stores that these templates declare.
    pub(crate) fn of(design: &'d Design) -> Self {
        let mut stores = Self {
            design,
            stores: Vec::new(),
            by_reference: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        stores.databases();
        for table in design.of("AWS::DynamoDB::GlobalTable").filter(|one| is_in_pair(design, *one))
        {
            stores.add(table, "dynamodb", "table/", "");
        }
        for bucket in replicated(design) {
            stores.add(bucket, "s3", "", "");
        }
        stores
    }

    fn add(&mut self, resource: Resource<'d>, service: &'static str, before: &str, after: &str) {
        let symbol = self.design.symbol(&Value::Reference(resource.reference(None)));
        let name = self.design.name(resource).known().or(symbol).unwrap_or_default();
        let rest = format!("{before}{name}{after}");
        self.by_reference.insert(resource.reference(None), self.stores.len());
        self.by_name.insert(name, self.stores.len());
        self.stores.push(Store { resource, service, rest });
    }

    /// Members of global databases, what belongs to them, and their secrets.
    fn databases(&mut self) {
        let globals = GlobalClusters::of(self.design);
        let clusters = self.design.of(CLUSTER).filter(|one| globals.have(self.design, *one));
        for cluster in clusters {
            self.add(cluster, "rds", "cluster:", "");
            for property in ["MasterUsername", "MasterUserPassword"] {
                let value = cluster.at(property).value().known();
                for reference in value.map(Value::references).unwrap_or_default() {
                    self.secret(reference);
                }
            }
        }
        for (kind, named, part) in [
            ("AWS::RDS::DBInstance", "DBClusterIdentifier", ""),
            ("AWS::RDS::DBProxyTargetGroup", "DBClusterIdentifiers", "DBProxyName"),
            ("AWS::SecretsManager::SecretTargetAttachment", "TargetId", "SecretId"),
        ] {
            for resource in self.design.of(kind) {
                let value = resource.at(named).value().known();
                let Some(store) = value.and_then(|value| self.index(value)) else { continue };
                self.by_reference.insert(resource.reference(None), store);
                if let Some(part) = resource.at(part).reference().known() {
                    self.by_reference.entry(plain(part)).or_insert(store);
                    self.secret(part);
                }
            }
        }
    }

    fn secret(&mut self, reference: &Reference) {
        let secret = self.design.resource(&plain(reference));
        if let Some(secret) = secret.filter(|secret| secret.kind() == SECRET) {
            self.add(secret, "secretsmanager", "secret:", "-AAAAAA");
        }
    }

    /// Whether a resource is a store or a part of one.
    pub(crate) fn have(&self, resource: Resource<'_>) -> bool {
        self.by_reference.contains_key(&resource.reference(None))
    }

    /// The store that a value names: by reference, name, ARN or host name.
    pub(crate) fn named(&self, value: &Value) -> Option<Resource<'d>> {
        self.index(value).map(|store| self.stores[store].resource)
    }

    fn index(&self, value: &Value) -> Option<usize> {
        let mut references = value.references().into_iter();
        let by_reference = references.find_map(|one| self.by_reference.get(&plain(one)));
        let by_text = || {
            let text = self.design.text(value).known()?;
            let last = text.rsplit(['/', ':']).next().unwrap_or(&text);
            let host = text.split_once(".cluster-").map_or(last, |(name, _)| name);
            let names = [text.as_str(), last, host];
            names.into_iter().find_map(|name| self.by_name.get(name))
        };
        by_reference.or_else(by_text).copied()
    }

    /// The store of a service that the resources of a statement reach, the first of them.
    pub(crate) fn reached(&self, statement: &Statement<'d>, service: &str) -> Option<Resource<'d>> {
        let resources = statement.place.at("Resource").items().known()?;
        resources.iter().find_map(|resource| self.covered(resource.value().known()?, service))
    }

    /// The first store of a service that a `Resource` of a statement covers.
    fn covered(&self, value: &Value, service: &str) -> Option<Resource<'d>> {
        let of_service = self.stores.iter().filter(|store| store.service == service);
        let referred: BTreeSet<usize> = value
            .references()
            .into_iter()
            .filter_map(|one| self.by_reference.get(&plain(one)).copied())
            .collect();
        let mut own = referred.iter().map(|index| &self.stores[*index]);
        if let Some(store) = own.find(|store| store.service == service) {
            return Some(store.resource);
        }
        let pattern = self.design.symbol(value).unwrap_or_else(|| value.shown());
        let pattern = pattern.replace(ACCOUNT, "");
        let rest = match pattern.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            ["*"] => "*".to_owned(),
            // A user of the database, by an id of the cluster that only a deployment knows.
            ["arn", _, "rds-db", ..] if service == "rds" => "*".to_owned(),
            ["arn", _, of, _, _, rest] if *of == service => (*rest).to_owned(),
            _ => return None,
        };
        // What is said of objects and indexes is said of the bucket and the table.
        let depth = if service == "dynamodb" { 2 } else { 1 };
        let whole = rest.split('/').take(depth).collect::<Vec<_>>().join("/");
        let pattern = if service == "secretsmanager" { rest } else { whole };
        of_service.into_iter().find(|store| matches(&pattern, &store.rest)).map(|one| one.resource)
    }
}

fn plain(reference: &Reference) -> Reference {
    Reference { attribute: None, ..reference.clone() }
}

/// Whether a table has replicas in both Regions of the pair.
fn is_in_pair(design: &Design, table: Resource<'_>) -> bool {
    let replicas = table.at("Replicas").items().known().unwrap_or_default();
    let regions: BTreeSet<String> =
        replicas.iter().filter_map(|replica| replica.at("Region").text().known()).collect();
    Home::BOTH.into_iter().all(|home| design.region(home).is_some_and(|one| regions.contains(one)))
}

/// The buckets of the pair that replicate, and those that they replicate to.
fn replicated(design: &Design) -> Vec<Resource<'_>> {
    let buckets = || design.of("AWS::S3::Bucket").filter(|one| design.home(*one).is_some());
    let destinations = buckets().flat_map(|bucket| {
        let rules = bucket.at(RULES).items().known().unwrap_or_default().into_iter();
        rules.filter_map(|rule| design.symbol(rule.at("Destination.Bucket").value().known()?))
    });
    let destinations: BTreeSet<String> = destinations.collect();
    let is_destination = |bucket: Resource<'_>| {
        let arn = design.symbol(&Value::Reference(bucket.reference(Some("Arn"))));
        arn.is_some_and(|arn| destinations.contains(&arn))
    };
    let is_source = |bucket: Resource<'_>| bucket.at(RULES).exists().known() == Some(true);
    buckets().filter(|bucket| is_source(*bucket) || is_destination(*bucket)).collect()
}
