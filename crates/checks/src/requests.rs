//! What requests and events reach, and by what: functions, ECS services and their tasks, groups of instances.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::functions::{self, Functions, MAPPED, SERVERLESS};
use crate::place::{Place, Resource};
use crate::value::{Reference, Value};

/// The type of an ECS service.
pub(crate) const SERVICE: &str = "AWS::ECS::Service";
/// The type of a group of instances.
pub(crate) const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";

/// What requests reach, each with what leads to it, in words such as `which an API invokes`.
pub(crate) struct Requests(BTreeMap<Reference, String>);

impl Requests {
    /// What these templates lead requests to.
    pub(crate) fn of<'d>(design: &'d Design, functions: &Functions<'d>) -> Self {
        let mut requests = Self(BTreeMap::new());
        for (service, words) in [
            ("apigateway.amazonaws.com", "which an API invokes"),
            ("elasticloadbalancing.amazonaws.com", "which a load balancer invokes"),
            ("*", "which anybody may invoke"),
        ] {
            for function in functions.invoked_by(&[service]) {
                requests.0.entry(function).or_insert_with(|| words.to_owned());
            }
        }
        for (kind, property, words) in [
            ("AWS::Lambda::Url", "TargetFunctionArn", "which has a URL"),
            ("AWS::Lambda::EventSourceMapping", "FunctionName", "which takes events"),
            ("AWS::Pipes::Pipe", "Target", "which takes events"),
        ] {
            for source in design.of(kind) {
                if let Some(function) = functions.meant(&source.at(property)) {
                    requests.add(function, words);
                }
            }
        }
        for function in design.of(SERVERLESS) {
            if let Some(words) = of_serverless(function) {
                requests.add(function, words);
            }
        }
        requests.machines(design);
        requests
    }

    /// What leads to a resource, in words that follow its name.
    pub(crate) fn to(&self, resource: Resource<'_>) -> Option<&str> {
        self.0.get(&resource.reference(None)).map(String::as_str)
    }

    fn add(&mut self, resource: Resource<'_>, words: impl Into<String>) {
        self.0.entry(resource.reference(None)).or_insert_with(|| words.into());
    }

    /// Services with their tasks, and groups of instances.
    fn machines(&mut self, design: &Design) {
        for service in design.of(SERVICE) {
            let Some(how) = of_service(service) else { continue };
            self.add(service, format!("which {how}"));
            let task = service.at("TaskDefinition").reference().known();
            if let Some(task) = task.and_then(|task| design.resource(task)) {
                self.add(task, format!("whose service `{}` {how}", service.id()));
            }
        }
        for group in design.of(GROUP) {
            let balanced = ["TargetGroupARNs", "LoadBalancerNames", "TrafficSources"];
            if balanced.iter().any(|property| has_items(&group.at(property))) {
                self.add(group, "which is behind a load balancer");
            }
        }
        for provider in design.of("AWS::ECS::CapacityProvider") {
            let named = provider.at("AutoScalingGroupProvider.AutoScalingGroupArn").value().known();
            for reference in named.map(Value::references).unwrap_or_default() {
                if let Some(group) = design.resource(reference) {
                    self.add(group, "which runs tasks of ECS");
                }
            }
        }
    }
}

fn of_serverless(function: Resource<'_>) -> Option<&'static str> {
    let events = functions::events(function);
    let has = |wanted: &[&str]| events.iter().any(|(kind, _)| wanted.contains(&kind.as_str()));
    if has(&["Api", "HttpApi"]) {
        Some("which an API invokes")
    } else if function.at("FunctionUrlConfig").exists().known() == Some(true) {
        Some("which has a URL")
    } else {
        has(&MAPPED).then_some("which takes events")
    }
}

/// How requests come to a service.
fn of_service(service: Resource<'_>) -> Option<&'static str> {
    if has_items(&service.at("LoadBalancers")) {
        return Some("is behind a load balancer");
    }
    let is_connected = service.at("ServiceConnectConfiguration.Services").exists().known();
    let is_found = has_items(&service.at("ServiceRegistries")) || is_connected == Some(true);
    is_found.then_some("other services call")
}

fn has_items(place: &Place<'_>) -> bool {
    place.items().known().is_some_and(|items| !items.is_empty())
}
