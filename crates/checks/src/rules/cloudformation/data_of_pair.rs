//! Which data belong to the pair: what is in both Regions, and what the work that is in both uses.

use std::collections::BTreeSet;

use crate::design::Design;
use crate::global_clusters::GlobalClusters;
use crate::place::{Place, Resource};
use crate::value::Value;

/// Types that work on data.
const WORKERS: [&str; 7] = [
    "AWS::AppSync::DataSource",
    "AWS::EC2::LaunchTemplate",
    "AWS::ECS::TaskDefinition",
    "AWS::Lambda::Function",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::Serverless::Function",
    "AWS::StepFunctions::StateMachine",
];

/// Where a resource names another one whose data it copies.
const SOURCES: [(&str, &str); 3] = [
    ("AWS::RDS::DBCluster", "ReplicationSourceIdentifier"),
    ("AWS::RDS::DBInstance", "SourceDBClusterIdentifier"),
    ("AWS::RDS::DBInstance", "SourceDBInstanceIdentifier"),
];

/// What tells data of the pair from others.
pub(super) struct DataOfPair<'d> {
    design: &'d Design,
    globals: GlobalClusters,
    /// What workers of both Regions refer to.
    used: BTreeSet<(usize, &'d str)>,
    /// Texts that workers of both Regions are given, and names and ARNs of what is copied.
    named: BTreeSet<String>,
}

impl<'d> DataOfPair<'d> {
    pub(super) fn of(design: &'d Design) -> Self {
        let (mut used, mut named) = (BTreeSet::new(), BTreeSet::new());
        let workers = WORKERS.into_iter().flat_map(|kind| design.of(kind));
        for worker in workers.filter(|worker| design.counterpart(*worker).is_some()) {
            let properties = &worker.declared.properties;
            let references = properties.references().into_iter();
            used.extend(references.map(|one| (one.stack, one.resource.as_str())));
            named.extend(properties.texts().into_iter().map(|(_, text)| text));
        }
        let symbol = |place: Place<'_>| design.symbol(place.value().known()?);
        for (kind, property) in SOURCES {
            named.extend(design.of(kind).filter_map(|one| symbol(one.at(property))));
        }
        for bucket in design.of("AWS::S3::Bucket") {
            let rules = bucket.at("ReplicationConfiguration.Rules").items();
            let rules = rules.known().unwrap_or_default().into_iter();
            named.extend(rules.filter_map(|rule| symbol(rule.at("Destination.Bucket"))));
        }
        Self { design, globals: GlobalClusters::of(design), used, named }
    }

    /// Whether a resource holds data of the pair.
    pub(super) fn has(&self, resource: Resource<'_>) -> bool {
        let is_used = self.used.contains(&(resource.stack.index, resource.id()));
        !is_of_tool(resource)
            && (is_used
                || self.design.counterpart(resource).is_some()
                || self.is_replicated(resource)
                || self.is_named(resource))
    }

    fn is_replicated(&self, resource: Resource<'_>) -> bool {
        match resource.kind() {
            "AWS::DynamoDB::GlobalTable" => {
                resource.at("Replicas").items().known().is_none_or(|replicas| replicas.len() > 1)
            }
            "AWS::RDS::DBCluster" => self.globals.have(self.design, resource),
            "AWS::S3::Bucket" => {
                resource.at("ReplicationConfiguration").exists().known() != Some(false)
            }
            _ => false,
        }
    }

    fn is_named(&self, resource: Resource<'_>) -> bool {
        let symbols = [None, Some("Arn"), Some("DBClusterArn"), Some("DBInstanceArn")]
            .map(|attribute| self.design.symbol(&Value::Reference(resource.reference(attribute))));
        symbols.into_iter().flatten().any(|symbol| self.named.contains(&symbol))
    }
}

/// Whether a table keeps the locks of Terraform, which are none of the service's data.
fn is_of_tool(table: Resource<'_>) -> bool {
    let keys = table.at("KeySchema").items().known().unwrap_or_default();
    keys.iter().any(|key| key.at("AttributeName").text().known().as_deref() == Some("LockID"))
}
