//! Where the switch stands among the stacks.

use std::collections::{BTreeMap, BTreeSet};

use super::health::{Signal, attached, signal};
use super::records::{Policy, Record, zone};
use super::routing::{Group, Routing};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// Zone, health checks and records of the switch between the Regions are in stacks of their own, which an ordinary
    /// deployment does not touch.
    ///
    /// ## What is checked
    ///
    /// No stack with a record of a name that leads to both Regions, with its health check or with its zone has an API,
    /// a load balancer, a service, a database, a table or a queue. Records by latency or place count if they carry a
    /// health check of these templates, failover records if they fail over from one Region to the other. Domain names of API Gateway and certificates may
    /// stand beside the records that need them.
    ///
    /// ## Why it hurts
    ///
    /// An ordinary deployment, or its rollback, changes or replaces the switch; and it waits for Route 53's
    /// control plane, so that in an outage of us-east-1 the application cannot be deployed either.
    ///
    /// ## What to change
    ///
    /// Move the records, their checks and the zone to stacks of their own, and give them names and ids of the
    /// others.
    ///
    /// ## Source
    ///
    /// AWS Fault Isolation Boundaries, "Appendix B - Edge network global service guidance".
    "r53-zone-outside-app-stacks": Error, NotDeployable, Derived, Pair;
    why: "an ordinary deployment or its rollback touches the switch, and cannot run while Route 53's control plane is down";
    check
}

/// What ordinary deployments change.
const ORDINARY: [&str; 13] = [
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Api",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::ECS::Service",
    "AWS::EC2::Instance",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::SQS::Queue",
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    // One finding for each stack: where the switch is in it first.
    let mut stacks: BTreeMap<usize, Place<'_>> = BTreeMap::new();
    let switching: Vec<&Record<'_>> = routing
        .members()
        .filter(|(group, record)| switches(&routing, group, record))
        .map(|(_, record)| record)
        .collect();
    let switching_keys: BTreeSet<_> = switching.iter().map(|record| key(record)).collect();
    for record in switching {
        stacks.entry(record.resource.stack.index).or_insert_with(|| record.place.clone());
        let zone = zone(record, "HostedZoneId").reference().known().cloned();
        if let Some(zone) = zone.and_then(|zone| design.resource(&zone)) {
            stacks.entry(zone.stack.index).or_insert_with(|| zone.whole());
        }
    }
    let all = attached(&routing).into_iter();
    for attached in all.filter(|attached| switching_keys.contains(&key(attached.record))) {
        let check = attached.check;
        stacks.entry(check.stack.index).or_insert_with(|| check.whole());
    }
    for (index, place) in stacks {
        judge.subject();
        let stack = &design.stacks()[index];
        let ordinary: Vec<Resource<'_>> = stack
            .resources
            .values()
            .filter(|declared| ORDINARY.contains(&declared.kind.as_str()))
            .map(|declared| Resource { stack, declared })
            .collect();
        if let Some(first) = ordinary.first() {
            let also: Vec<Place<'_>> = ordinary.iter().take(3).map(|other| other.whole()).collect();
            judge.finding_with(
                &place,
                &also,
                format!(
                    "stack `{}` holds a part of the DNS switch and {} of the application, such as `{}`",
                    stack.name,
                    resources(ordinary.len()),
                    first.id()
                ),
                "move zone, health checks and records to a stack of their own",
            );
        }
    }
}

/// Whether a record takes part in moving the service between the Regions: by shares, by a failover from one to the
/// other, or by a check that takes it out.
fn switches(routing: &Routing<'_>, group: &Group<'_>, record: &Record<'_>) -> bool {
    match record.policy() {
        Some(Policy::Weighted(_)) => true,
        Some(Policy::First | Policy::Second) => {
            let of = |policy: Policy| {
                let records = group.records.iter().filter(move |one| one.policy() == Some(policy));
                records.filter_map(|one| one.region.as_deref()).collect::<BTreeSet<_>>()
            };
            of(Policy::First).is_disjoint(&of(Policy::Second))
        }
        Some(Policy::Other) | None => {
            matches!(signal(routing, record), Signal::Check(_) | Signal::Vended)
        }
    }
}

/// What tells a record from others.
fn key(record: &Record<'_>) -> (usize, String, String) {
    let resource = record.resource;
    (resource.stack.index, resource.id().to_owned(), record.place.path.clone())
}

fn resources(count: usize) -> String {
    if count == 1 { "one resource".into() } else { format!("{count} resources") }
}
