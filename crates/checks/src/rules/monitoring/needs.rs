//! What the alarms of a Region must watch at least, because the templates declare it there.

use std::collections::BTreeSet;

use topology::Home;

use crate::design::Design;
use crate::global_clusters::GlobalClusters;
use crate::place::Resource;

/// A metric that must be watched in a Region, because of a resource.
pub(super) struct Need<'d> {
    /// The resource.
    pub(super) resource: Resource<'d>,
    /// The metric's namespace.
    pub(super) namespace: &'static str,
    /// Names of metrics, any of which will do.
    pub(super) names: &'static [&'static str],
    /// What an alarm must be about, where it says of which resource it is: one of those that do the same work.
    pub(super) about: Option<About<'d>>,
}

/// What alarms on a metric may be about.
#[derive(Clone)]
pub(super) struct About<'d> {
    /// The dimension that names the resource.
    pub(super) dimension: &'static str,
    /// The type of the resource.
    pub(super) kind: &'static str,
    /// Those that will do.
    pub(super) resources: Vec<Resource<'d>>,
}

/// What the alarms of the Region of a home role must watch.
pub(super) fn of<'d>(design: &'d Design, home: Home) -> Vec<Need<'d>> {
    let mut needs = Vec::new();
    let mut add = |resource: Option<Resource<'d>>, namespace, names| {
        needs.extend(resource.map(|resource| Need { resource, namespace, names, about: None }));
    };
    for kind in ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"] {
        let api = paired(design, kind, home);
        add(api, "AWS/ApiGateway", &["5XXError", "5xx"]);
        add(api, "AWS/ApiGateway", &["Latency", "IntegrationLatency"]);
    }
    add(cluster(design, home), "AWS/RDS", &["DatabaseConnections"]);
    add(source(design, home), "AWS/S3", &["OperationsFailedReplication"]);
    add(destination(design, home), "AWS/S3", PENDING);
    add(certificate(design, home), "AWS/CertificateManager", &["DaysToExpiry"]);
    let (function, table) = ("AWS::Lambda::Function", "AWS::DynamoDB::Table");
    let functions =
        About { dimension: "FunctionName", kind: function, resources: functions(design, home) };
    let tables = About { dimension: "TableName", kind: table, resources: tables(design, home) };
    let mut add_one_of = |about: &About<'d>, namespace, names| {
        let first = about.resources.first().copied();
        let about = || Some(about.clone());
        needs.extend(first.map(|resource| Need { resource, namespace, names, about: about() }));
    };
    add_one_of(&functions, "AWS/Lambda", &["Errors"]);
    add_one_of(&functions, "AWS/Lambda", &["Throttles", "ConcurrentExecutions"]);
    add_one_of(&tables, "AWS/DynamoDB", THROTTLES);
    needs
}

const PENDING: &[&str] =
    &["ReplicationLatency", "BytesPendingReplication", "OperationsPendingReplication"];
const THROTTLES: &[&str] = &[
    "ReadThrottleEvents",
    "WriteThrottleEvents",
    "ThrottledRequests",
    "ReadKeyRangeThroughputThrottleEvents",
    "WriteKeyRangeThroughputThrottleEvents",
];

/// The functions of the Region that requests reach; where none is known, those that are in both Regions.
fn functions(design: &Design, home: Home) -> Vec<Resource<'_>> {
    let reached = reached(design);
    let all: Vec<_> =
        design.of_home("AWS::Lambda::Function", home).filter(|one| !is_helper(*one)).collect();
    let first: Vec<_> =
        all.iter().copied().filter(|one| reached.contains(&(one.stack.index, one.id()))).collect();
    if !first.is_empty() {
        return first;
    }
    all.into_iter().filter(|one| design.counterpart(*one).is_some()).collect()
}

/// What APIs, load balancers, queues and streams refer to, by stack and logical id.
fn reached(design: &Design) -> BTreeSet<(usize, &str)> {
    const KINDS: [&str; 8] = [
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Url",
    ];
    let sources = KINDS.into_iter().flat_map(|kind| design.of(kind));
    let references = sources.flat_map(|one| one.declared.properties.references());
    references.map(|reference| (reference.stack, reference.resource.as_str())).collect()
}

/// Functions that serve deployments or certificates only.
fn is_helper(function: Resource<'_>) -> bool {
    const WORDS: [&str; 9] = [
        "Acme",
        "AutoDeleteObjects",
        "BucketDeployment",
        "Certificate",
        "CrossRegionExport",
        "CustomResource",
        "LogRetention",
        "Provider",
        "Rotation",
    ];
    WORDS.iter().any(|word| function.id().contains(word))
}

/// The resource of the Region that is in both, if one is; the first otherwise.
fn paired<'d>(design: &'d Design, kind: &str, home: Home) -> Option<Resource<'d>> {
    let both = design.of_home(kind, home).find(|one| design.counterpart(*one).is_some());
    both.or_else(|| design.of_home(kind, home).next())
}

/// A cluster of the Region, best one of a global database.
fn cluster(design: &Design, home: Home) -> Option<Resource<'_>> {
    let globals = GlobalClusters::of(design);
    let kind = "AWS::RDS::DBCluster";
    let member = design.of_home(kind, home).find(|cluster| globals.have(design, *cluster));
    member.or_else(|| paired(design, kind, home))
}

/// The tables that the service needs in the Region: replicas of global ones, and those that are in both.
fn tables(design: &Design, home: Home) -> Vec<Resource<'_>> {
    let everywhere =
        |table: &Resource<'_>| Home::BOTH.into_iter().all(|home| has_replica(design, *table, home));
    let global = design.of("AWS::DynamoDB::GlobalTable").filter(everywhere);
    let own = design.of_home("AWS::DynamoDB::Table", home);
    global.chain(own.filter(|table| design.counterpart(*table).is_some())).collect()
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

/// A certificate of the Region that its endpoints use or that is in both Regions, if no rule there listens for those
/// that expire.
fn certificate(design: &Design, home: Home) -> Option<Resource<'_>> {
    const KINDS: [&str; 3] = [
        "AWS::ApiGateway::DomainName",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::ElasticLoadBalancingV2::Listener",
    ];
    let listens = |rule: Resource<'_>| {
        rule.at("EventPattern")
            .value()
            .known()
            .is_some_and(|pattern| pattern.shown().contains("aws.acm"))
    };
    if design.of_home("AWS::Events::Rule", home).any(listens) {
        return None;
    }
    let users = KINDS.into_iter().flat_map(|kind| design.of(kind));
    let used = users.flat_map(|user| user.declared.properties.references());
    let used: BTreeSet<_> = used.map(|one| (one.stack, one.resource.as_str())).collect();
    design.of_home("AWS::CertificateManager::Certificate", home).find(|certificate| {
        used.contains(&(certificate.stack.index, certificate.id()))
            || design.counterpart(*certificate).is_some()
    })
}
