//! Lines in CloudWatch's embedded metric format, held against the rules of its specification.

use std::collections::BTreeSet;

use expect_test::expect;
use payments::{Time, holds_card_number};
use serde_json::Value;
use service::{Count, Exposure, Gauge, Listening, Numbers, Options};

use crate::server::{PAYMENT, Server};

const NOW: Time = Time::from_ms(1_763_869_261_125);

/// The units that CloudWatch knows, as far as we use them.
const UNITS: [&str; 3] = ["Count", "Milliseconds", "None"];

/// The fields of a line that are no numbers, and no others.
const FIELDS: [&str; 12] = [
    "_aws",
    "Service",
    "at",
    "level",
    "message",
    "method",
    "route",
    "status",
    "latency_ms",
    "request_id",
    "trace_id",
    "code",
];

/// Holds a line against the specification, and is the names and values of its metrics.
#[track_caller]
fn metrics(line: &str) -> Vec<(String, u64)> {
    assert!(line.len() <= 256 * 1024 && !line.contains('\n'));
    let line: Value = serde_json::from_str(line).unwrap();
    let aws = &line["_aws"];
    assert_eq!(names(aws), ["CloudWatchMetrics", "Timestamp"]);
    assert!(NOW.as_ms() - aws["Timestamp"].as_u64().unwrap() <= 1, "milliseconds since 1970");
    let [directive] = aws["CloudWatchMetrics"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(names(directive), ["Dimensions", "Metrics", "Namespace"]);
    assert_name(&directive["Namespace"]);
    let sets = directive["Dimensions"].as_array().unwrap();
    assert!(!sets.is_empty());
    for set in sets.iter().map(|set| set.as_array().unwrap()) {
        assert!(set.len() <= 9);
        for name in set {
            assert_name(&line[assert_name(name)]);
        }
    }
    let defined = directive["Metrics"].as_array().unwrap();
    assert!((1..=100).contains(&defined.len()));
    let metrics: Vec<_> = defined
        .iter()
        .map(|definition| {
            assert_eq!(names(definition), ["Name", "Unit"]);
            assert!(UNITS.contains(&definition["Unit"].as_str().unwrap()));
            let name = assert_name(&definition["Name"]);
            (name.to_owned(), line[name].as_u64().expect("a number at the top"))
        })
        .collect();
    let known: BTreeSet<&str> =
        FIELDS.into_iter().chain(metrics.iter().map(|(name, _)| name.as_str())).collect();
    assert!(names(&line).iter().all(|name| known.contains(name)), "{line}");
    metrics
}

fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[track_caller]
fn assert_name(name: &Value) -> &str {
    let name = name.as_str().unwrap();
    assert!((1..=255).contains(&name.len()) && name.is_ascii(), "{name}");
    name
}

async fn server() -> Server {
    let metrics = Exposure::Emf { service: "payment-api".to_owned() };
    Server::with(Options { metrics, ..Options::default() }, Listening::default()).await
}

#[tokio::test]
async fn a_request_is_one_line_that_counts_zero_and_one() {
    let server = server().await;
    server.post("/payments", "k", PAYMENT).await;
    expect![[r#"{"at":"2025-11-23T03:41:01.125Z","level":"info","message":"request","method":"POST","route":"/payments","status":201,"latency_ms":0,"request_id":"req_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab","trace_id":"a0000000000a0000000000a00000000a","_aws":{"Timestamp":1763869261124,"CloudWatchMetrics":[{"Namespace":"Tideover","Dimensions":[["Service"]],"Metrics":[{"Name":"Requests","Unit":"Count"},{"Name":"ServerErrors","Unit":"Count"},{"Name":"ClientErrors","Unit":"Count"},{"Name":"LatencyMs","Unit":"Milliseconds"},{"Name":"GateOpen","Unit":"None"}]}]},"Service":"payment-api","Requests":1,"ServerErrors":0,"ClientErrors":0,"LatencyMs":0,"GateOpen":1}"#]]
    .assert_eq(&server.lines.all().join("\n"));
}

#[tokio::test]
async fn what_counts_is_money_and_every_line_tells_the_gate() {
    let server = server().await;
    let table = [
        (
            true,
            "GET /payments/secret",
            "Requests 1, ServerErrors 0, ClientErrors 1, LatencyMs 0, GateOpen 1",
        ),
        (
            true,
            "GET /secret",
            "Requests 1, ServerErrors 0, ClientErrors 1, LatencyMs 0, GateOpen 1",
        ),
        (true, "GET /health", "GateOpen 1"),
        (
            true,
            "GET /metrics",
            "Requests 1, ServerErrors 0, ClientErrors 1, LatencyMs 0, GateOpen 1",
        ),
        (false, "GET /health/ready", "GateOpen 0"),
        (
            false,
            "POST /payments",
            "Requests 1, ServerErrors 1, ClientErrors 0, LatencyMs 0, GateOpen 0",
        ),
    ];
    let headers = ["Idempotency-Key: k", "Content-Type: application/json"];
    for (is_open, line, expected) in table {
        server.world.set_open(is_open);
        server.ask(line, &headers, if line.starts_with("POST") { PAYMENT } else { "" }).await;
        let line = server.lines.all().pop().unwrap();
        assert!(!line.contains("secret") && !holds_card_number(&line), "{line}");
        let told = metrics(&line);
        let told: Vec<_> = told.iter().map(|(name, value)| format!("{name} {value}")).collect();
        assert_eq!(told.join(", "), expected);
    }
}

#[test]
fn a_worker_tells_what_is_new_and_how_things_stand() {
    let numbers = Numbers::default();
    numbers.add(Count::EventsTold, 2);
    let first = numbers.emf_line("payment-notification", NOW);
    expect![[r#"{"at":"2025-11-23T03:41:01.125Z","level":"info","message":"numbers","_aws":{"Timestamp":1763869261124,"CloudWatchMetrics":[{"Namespace":"Tideover","Dimensions":[["Service"]],"Metrics":[{"Name":"EventsTold","Unit":"Count"},{"Name":"EventsSettled","Unit":"Count"},{"Name":"CallbacksDelivered","Unit":"Count"},{"Name":"CallbacksFailed","Unit":"Count"}]}]},"Service":"payment-notification","EventsTold":2,"EventsSettled":0,"CallbacksDelivered":0,"CallbacksFailed":0}"#]]
    .assert_eq(&first);
    let worker = numbers.clone();
    worker.add(Count::EventsTold, 1);
    worker.add(Count::CallbacksFailed, 3);
    worker.set(Gauge::EndpointsDisabled, 1);
    let expected = [
        ("EventsTold", 1),
        ("EventsSettled", 0),
        ("CallbacksDelivered", 0),
        ("CallbacksFailed", 3),
        ("EndpointsDisabled", 1),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(metrics(&numbers.emf_line("payment-notification", NOW)), expected);
    assert_eq!(metrics(&first).len(), 4);
}
