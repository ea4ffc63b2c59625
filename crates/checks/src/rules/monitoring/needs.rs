//! What the alarms of a Region must watch at least, because the templates declare it there.

use std::collections::BTreeSet;

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::place::Resource;

/// A metric that must be watched in a Region, because of a resource.
pub(super) struct Need<'d> {
    /// The resource.
    pub(super) resource: Resource<'d>,
    /// The metric's namespace.
    pub(super) namespace: &'static str,
    /// Names of metrics, any of which will do.
    pub(super) names: &'static [&'static str],
}

/// What the alarms of the Region of a home role must watch.
pub(super) fn of<'d>(design: &'d Design, home: Home) -> Vec<Need<'d>> {
    let mut needs = Vec::new();
    let mut add = |resource: Option<Resource<'d>>, namespace, names| {
        needs.extend(resource.map(|resource| Need { resource, namespace, names }));
    };
    for kind in ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"] {
        let api = design.of_home(kind, home).next();
        add(api, "AWS/ApiGateway", &["5XXError", "5xx"]);
        add(api, "AWS/ApiGateway", &["Latency", "IntegrationLatency"]);
    }
    let function = function(design, home);
    add(function, "AWS/Lambda", &["Errors"]);
    add(function, "AWS/Lambda", &["Throttles", "ConcurrentExecutions"]);
    add(design.of_home("AWS::RDS::DBCluster", home).next(), "AWS/RDS", &["DatabaseConnections"]);
    add(member(design, home), "AWS/RDS", LAGS);
    add(table(design, home), "AWS/DynamoDB", THROTTLES);
    add(replicated_table(design, home), "AWS/DynamoDB", &["ReplicationLatency"]);
    add(source(design, home), "AWS/S3", &["OperationsFailedReplication"]);
    add(destination(design, home), "AWS/S3", PENDING);
    add(certificate(design, home), "AWS/CertificateManager", &["DaysToExpiry"]);
    needs
}

const LAGS: &[&str] =
    &["AuroraGlobalDBRPOLag", "AuroraGlobalDBProgressLag", "AuroraGlobalDBReplicationLag"];
const PENDING: &[&str] =
    &["ReplicationLatency", "BytesPendingReplication", "OperationsPendingReplication"];
const THROTTLES: &[&str] = &[
    "ReadThrottleEvents",
    "WriteThrottleEvents",
    "ThrottledRequests",
    "ReadKeyRangeThroughputThrottleEvents",
    "WriteKeyRangeThroughputThrottleEvents",
];

/// A function of the Region, best one that is in both.
fn function(design: &Design, home: Home) -> Option<Resource<'_>> {
    let all = || design.of_home("AWS::Lambda::Function", home).filter(|one| !is_helper(*one));
    all().find(|one| design.counterpart(*one).is_some()).or_else(|| all().next())
}

/// Functions that serve deployments only.
fn is_helper(function: Resource<'_>) -> bool {
    ["CustomResource", "CrossRegionExport", "LogRetention", "BucketDeployment", "AutoDeleteObjects"]
        .iter()
        .any(|word| function.id().contains(word))
}

/// A cluster of a global database.
fn member(design: &Design, home: Home) -> Option<Resource<'_>> {
    let mut sources = BTreeSet::new();
    let mut names = BTreeSet::new();
    for global in design.of("AWS::RDS::GlobalCluster") {
        if let Answer::Known(source) = global.at("SourceDBClusterIdentifier").value() {
            sources.extend(source.references().into_iter().map(|one| (one.stack, &one.resource)));
            names.extend(design.text(source).known());
        }
    }
    let is_source = |cluster: Resource<'_>| {
        let named = [design.name(cluster), design.arn(cluster)].map(Answer::known);
        sources.contains(&(cluster.stack.index, &cluster.declared.id))
            || named.into_iter().flatten().any(|name| names.contains(&name))
    };
    design.of_home("AWS::RDS::DBCluster", home).find(|cluster| {
        cluster.at("GlobalClusterIdentifier").exists() == Answer::Known(true) || is_source(*cluster)
    })
}

/// A table of the Region: its own, or a replica of a global one.
fn table(design: &Design, home: Home) -> Option<Resource<'_>> {
    let own = design.of_home("AWS::DynamoDB::Table", home).next();
    own.or_else(|| {
        design.of("AWS::DynamoDB::GlobalTable").find(|table| has_replica(design, *table, home))
    })
}

/// A table of the Region that sends its writes to another, and says how late they come.
fn replicated_table(design: &Design, home: Home) -> Option<Resource<'_>> {
    design.of("AWS::DynamoDB::GlobalTable").find(|table| {
        let consistency = table.at("MultiRegionConsistency").text();
        let is_late = match consistency {
            Answer::Absent => true,
            Answer::Known(word) => word != "STRONG",
            Answer::Unknown(_) => false,
        };
        is_late
            && Home::BOTH.into_iter().all(|home| has_replica(design, *table, home))
            && has_replica(design, *table, home)
    })
}

fn has_replica(design: &Design, table: Resource<'_>, home: Home) -> bool {
    let replicas = table.at("Replicas").items().known().unwrap_or_default();
    replicas
        .iter()
        .any(|replica| replica.at("Region").text().known().as_deref() == design.region(home))
}

/// A bucket of the Region that replicates with metrics.
fn source(design: &Design, home: Home) -> Option<Resource<'_>> {
    design.of_home("AWS::S3::Bucket", home).find(|bucket| {
        rules(*bucket).iter().any(|rule| {
            rule.at("Destination.Metrics.Status").text().known().as_deref() == Some("Enabled")
        })
    })
}

/// A bucket of the Region to which one of the other Region replicates with metrics.
fn destination(design: &Design, home: Home) -> Option<Resource<'_>> {
    let mut targets = BTreeSet::new();
    for bucket in design.of_home("AWS::S3::Bucket", home.other()) {
        let measured = rules(bucket).into_iter().filter(|rule| {
            rule.at("Destination.Metrics.Status").text().known().as_deref() == Some("Enabled")
        });
        targets.extend(measured.filter_map(|rule| {
            design.text(rule.at("Destination.Bucket").value().known()?).known()
        }));
    }
    design
        .of_home("AWS::S3::Bucket", home)
        .find(|bucket| design.arn(*bucket).known().is_some_and(|arn| targets.contains(&arn)))
}

fn rules(bucket: Resource<'_>) -> Vec<crate::Place<'_>> {
    bucket.at("ReplicationConfiguration.Rules").items().known().unwrap_or_default()
}

/// A certificate of the Region, if no rule there listens for those that expire.
fn certificate(design: &Design, home: Home) -> Option<Resource<'_>> {
    let listens = |rule: Resource<'_>| {
        rule.at("EventPattern")
            .value()
            .known()
            .is_some_and(|pattern| pattern.shown().contains("aws.acm"))
    };
    let listening = design.of_home("AWS::Events::Rule", home).any(listens);
    design.of_home("AWS::CertificateManager::Certificate", home).next().filter(|_| !listening)
}
