//! Pays, refunds, lists and tells through the functions, as a client and the queue do.

use std::net::SocketAddr;

use expect_test::expect;
use serde_json::Value;

use crate::client::{Answer, request, send};
use crate::runtime_api::{Instance, Said};
use crate::world::{ACCOUNT, PAYMENT, World};

/// Sends a request to the functions.
pub(crate) async fn ask(front: SocketAddr, line: &str, key: &str, body: &str) -> Answer {
    let header = format!("Idempotency-Key: {key}");
    let headers = ["Content-Type: application/json", header.as_str()];
    let sent = match (body, key) {
        ("", _) => &headers[..0],
        (_, "") => &headers[..1],
        _ => &headers,
    };
    send(front, &request(line, sent, body)).await.expect("the front answers")
}

/// Pays, and tells the payment's id.
pub(crate) async fn pay(front: SocketAddr, key: &str) -> String {
    let paid = ask(front, "POST /payments", key, PAYMENT).await;
    assert_eq!(paid.status, 201, "{paid:?}");
    paid.json()["id"].as_str().expect("it has an id").to_owned()
}

/// What SQS hands to the worker (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS").
const WOKEN: &str = r#"{"Records":[{"messageId":"059f36b4-87a3-44ab-83d2-661975830a7d","body":"something is in the outbox","attributes":{},"messageAttributes":{},"eventSource":"aws:sqs","awsRegion":"us-east-1"}]}"#;

/// Wakes the worker, and waits until it is done.
pub(crate) async fn wake(worker: &Instance, event: &str) {
    let said = worker.invoke(event).await;
    assert_eq!(said, Said::Response("null".to_owned()), "{:#?}", worker.lines());
}

/// Status, code, and what is said of an earlier answer.
fn short(line: &str, answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let words = ["status", "code"].map(|field| body[field].as_str().unwrap_or_default().to_owned());
    let replayed = answer.header("idempotency-replayed").map_or("", |_| "replayed");
    let words = [line, &answer.status.to_string(), &words[0], &words[1], replayed].join(" ");
    words.split_whitespace().collect::<Vec<_>>().join(" ") + "\n"
}

#[tokio::test]
async fn a_payment_from_the_request_to_the_receipt() {
    let world = World::start().await;
    let (functions, front) = world.functions().await;
    let worker = world.instance("notification", "on-demand").await;
    let mut text = String::new();
    for (line, key, body) in [
        ("GET /health", "", ""),
        ("GET /health/ready", "", ""),
        ("GET /openapi.json", "", ""),
        ("POST /payments/validate", "", PAYMENT),
        ("POST /payments/validate", "v", PAYMENT),
        ("POST /payments/validate", "", r#"{"amount":-1}"#),
        ("POST /payments", "one", PAYMENT),
        ("POST /payments", "one", PAYMENT),
        ("POST /payments", "one", &PAYMENT.replace("1234", "1235")),
        ("POST /payments", "two", r#"{"amount":1}"#),
        ("GET /payments/pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD", "", ""),
        ("GET /payments/%C3%A4%20b", "", ""),
        ("DELETE /payments", "", ""),
        ("GET /nowhere", "", ""),
    ] {
        text += &short(line, &ask(front, line, key, body).await);
    }
    expect![[r#"
        GET /health 200 serving
        GET /health/ready 200 ready
        GET /openapi.json 200
        POST /payments/validate 400 idempotency_key_missing
        POST /payments/validate 200
        POST /payments/validate 400 request_invalid
        POST /payments 201 posted
        POST /payments 201 posted replayed
        POST /payments 422 idempotency_key_reused
        POST /payments 400 request_invalid
        GET /payments/pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD 404 payment_missing
        GET /payments/%C3%A4%20b 404 payment_missing
        DELETE /payments 405 method_not_allowed
        GET /nowhere 404 path_unknown
    "#]]
    .assert_eq(&text);
    let traffic = ask(front, "GET /health/traffic", "", "").await;
    assert_eq!(traffic.json()["traffic_region"], "us-east-1");

    let payment = pay(front, "one").await;
    assert_eq!(world.messages("payment-dev-outbox-wake-up").await, ["something is in the outbox"]);
    assert_eq!(world.movements().len(), 0, "nobody has woken the worker");
    wake(&worker, WOKEN).await;
    let refunds = format!("POST /payments/{payment}/refunds");
    let mut text = String::new();
    for (line, key, body) in [
        (format!("GET /payments/{payment}").as_str(), "", ""),
        (&refunds, "back", r#"{"amount":234}"#),
        (&refunds, "back", r#"{"amount":234}"#),
        (&refunds, "more", r#"{"amount":1234}"#),
    ] {
        text += &short(line, &ask(front, line, key, body).await).replace(&payment, "PAYMENT");
    }
    wake(&worker, "{}").await;
    wake(&worker, "{}").await;
    expect![[r#"
        GET /payments/PAYMENT 200 succeeded
        POST /payments/PAYMENT/refunds 201 posted
        POST /payments/PAYMENT/refunds 201 posted replayed
        POST /payments/PAYMENT/refunds 409 refund_exceeds_captured
    "#]]
    .assert_eq(&text);
    let balance = ask(front, &format!("GET /accounts/{ACCOUNT}/balance"), "", "").await;
    let list = ask(front, &format!("GET /payments?limit=5&account={ACCOUNT}"), "", "").await;
    let list = list.body.replace(&payment, "PAYMENT");
    assert_eq!(list.matches("\"id\":\"PAYMENT\"").count(), 1, "{list}");
    expect![[r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","balances":[{"currency":"USD","available":1000,"pending":0}]}"#]].assert_eq(&balance.body);
    let moved: Vec<_> = world.movements().iter().map(ToString::to_string).collect();
    assert_eq!(moved, ["USD 12.34", "USD 2.34"]);
    let heard = world.messages("heard").await;
    let mut kinds: Vec<_> = heard.iter().map(|text| kind(text)).collect();
    kinds.sort();
    expect![[r#"
        [
            "payment.posted",
            "payment.succeeded",
            "refund.posted",
            "refund.succeeded",
        ]"#]]
    .assert_eq(&format!("{kinds:#?}"));
    assert_eq!(world.receipts().await, 2, "one of the payment, one of the refund");

    let instances = [&functions.validation, &functions.transactions];
    let mut lines = worker.lines();
    for instance in instances {
        lines.extend(instance.lock().await.lines());
    }
    for line in &lines {
        assert!(!payments::holds_card_number(line), "{line}");
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(line["level"].is_string(), "{line}");
    }
    assert!(lines.iter().any(|line| line.contains("GateOpen")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("EventsSettled")), "{lines:#?}");
}

fn kind(event: &str) -> String {
    let event: Value = serde_json::from_str(event).expect("it is JSON");
    event["type"].as_str().expect("it has a kind").to_owned()
}
