//! Requests that are acknowledged as soon as a queue has them.

use topology::Home;

use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// No API acknowledges a request that only a queue, a stream, a bus or a workflow of its Region has.
    ///
    /// ## What is checked
    ///
    /// Integrations of API Gateway in the pair that hand a write request directly to SQS, SNS, EventBridge, Kinesis or
    /// an asynchronous workflow of Step Functions, in `AWS::ApiGateway::Method`, `AWS::ApiGatewayV2::Integration` and
    /// in the body of a REST API. Queues behind code that first writes a ledger are not looked at.
    ///
    /// ## Why it hurts
    ///
    /// Queues, streams and workflows are not replicated. What was acknowledged and not yet processed is stuck while
    /// the Region is lost, and comes out when nobody expects it any more.
    ///
    /// ## What to change
    ///
    /// Let a function write the payment, and a row of an outbox in the same transaction, to the database that is
    /// replicated; answer then, and let a worker send what the outbox holds.
    ///
    /// ## Source
    ///
    /// AWS Fault Isolation Boundaries, "Regional services".
    "pay-queues-are-regional": Error, DataLost, Derived, Pair;
    why: "requests that were acknowledged are stuck in the lost Region, and no other one knows of them";
    check
}

/// Parts of the URIs of integrations, and the service that each means.
const URIS: [(&str, &str); 8] = [
    (":events:action/PutEvents", "EventBridge"),
    (":firehose:action/PutRecord", "Firehose"),
    (":kinesis:action/PutRecord", "Kinesis"),
    (":sns:action/Publish", "SNS"),
    (":sns:path/", "SNS"),
    (":sqs:action/SendMessage", "SQS"),
    (":sqs:path/", "SQS"),
    (":states:action/StartExecution", "Step Functions"),
];

const SUBTYPES: [(&str, &str); 4] = [
    ("EventBridge-PutEvents", "EventBridge"),
    ("Kinesis-PutRecord", "Kinesis"),
    ("SQS-SendMessage", "SQS"),
    ("StepFunctions-StartExecution", "Step Functions"),
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    for home in Home::BOTH {
        for method in design.of_home("AWS::ApiGateway::Method", home) {
            judge.subject();
            let reads = method.at("HttpMethod").text().known();
            let place = method.at("Integration.Uri");
            if !reads.is_some_and(|name| ["GET", "HEAD", "OPTIONS"].contains(&name.as_str())) {
                look(design, judge, method, &place, service_of_uri);
            }
        }
        for integration in design.of_home("AWS::ApiGatewayV2::Integration", home) {
            judge.subject();
            look(
                design,
                judge,
                integration,
                &integration.at("IntegrationSubtype"),
                service_of_subtype,
            );
        }
        for api in design.of_home("AWS::ApiGateway::RestApi", home) {
            body(design, judge, api);
        }
    }
}

fn look(
    design: &Design,
    judge: &mut Judge<'_>,
    resource: Resource<'_>,
    place: &Place<'_>,
    service: impl Fn(&str) -> Option<&'static str>,
) {
    let Some(value) = place.value().known() else { return };
    if let Some(service) = service(&value.shown()) {
        report(design, judge, resource, place, service);
    }
}

/// The operations of an API that is described by a document.
fn body(design: &Design, judge: &mut Judge<'_>, api: Resource<'_>) {
    let place = api.at("Body.paths");
    let Some(Value::Map(paths)) = place.value().known() else { return };
    judge.subject();
    for (path, operations) in paths {
        let Value::Map(operations) = operations else { continue };
        let writes = ["post", "put", "patch", "delete", "x-amazon-apigateway-any-method"];
        let written = operations.iter().filter(|(method, _)| writes.contains(&method.as_str()));
        for (method, operation) in written {
            let Value::Map(operation) = operation else { continue };
            let Some(Value::Map(integration)) = operation.get("x-amazon-apigateway-integration")
            else {
                continue;
            };
            let uri = integration.get("uri").map(Value::shown).unwrap_or_default();
            if let Some(service) = service_of_uri(&uri) {
                let mut place = place.clone();
                place.path = format!("Body.paths.{path}.{method}");
                report(design, judge, api, &place, service);
            }
        }
    }
}

/// The same integration in the other Region is part of the same finding.
fn report(
    design: &Design,
    judge: &mut Judge<'_>,
    resource: Resource<'_>,
    place: &Place<'_>,
    service: &str,
) {
    let other = design.counterpart(resource);
    if design.home(resource) == Some(Home::Standby) && other.is_some() {
        return;
    }
    let related: Vec<Place<'_>> = other.into_iter().map(Resource::whole).collect();
    judge.finding_with(
        place,
        &related,
        format!("the API answers as soon as {service} of {} has the request", resource.region()),
        "let a function write the payment and an outbox row to the replicated database before the API answers, and \
         send from the outbox",
    );
}

fn service_of_uri(uri: &str) -> Option<&'static str> {
    URIS.iter().find(|(part, _)| uri.contains(part)).map(|(_, service)| *service)
}

fn service_of_subtype(subtype: &str) -> Option<&'static str> {
    SUBTYPES.iter().find(|(name, _)| *name == subtype).map(|(_, service)| *service)
}
