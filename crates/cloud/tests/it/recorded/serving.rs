//! A payment is tried: where the API is shut, or lets in only whom IAM allows to.

use emulator::{Fault, Rule};
use expect_test::expect;
use runbook::ActionName::TryPayment;
use runbook::{PlanKind, System};

use super::{EAST_2, Recorded, always_says, outcome};
use crate::estate::system;

const PAY: &str = "POST /payments";
const SHUT: &str =
    r#"{"methodSettings": {"*/*": {"throttlingRateLimit": 0.0, "throttlingBurstLimit": 0}}}"#;
const PAID: &str = r#"{"id": "pay_1", "account": "acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD", "amount": 1, "currency": "USD"}"#;

fn service(operation: &str, status: u16, body: &str) -> Rule {
    Rule::all(Fault::answers(status, body)).operation(operation)
}

/// The API of the target, whose stage is shut.
fn gateway() -> [Rule; 3] {
    let apis = r#"{"item": [{"id": "a1b2c3", "name": "payment-api-test"}]}"#;
    [
        always_says(EAST_2, "GET /restapis/a1b2c3/stages/prod", SHUT),
        always_says(EAST_2, "PATCH /restapis/a1b2c3/stages/prod", "{}"),
        always_says(EAST_2, "GET /restapis", apis),
    ]
}

#[tokio::test]
async fn a_stage_that_a_failover_shut_is_opened_where_it_is_seen_to_be_shut() {
    let run = Recorded::of(PlanKind::Failover).await;
    let reads = || service("GET /payments/pay_1", 200, PAID);
    let rules = [service(PAY, 201, PAID), reads()].into_iter().chain(gateway());
    assert_eq!(outcome(&run.attempt(TryPayment, rules).await), "Done");
    assert!(!run.asked().contains("restapis"), "nothing says that it is shut: {}", run.asked());
    let shut = service(PAY, 429, r#"{"message": "Too Many Requests"}"#).times(2);
    let rules = [shut, service(PAY, 201, PAID), reads()].into_iter().chain(gateway());
    assert_eq!(outcome(&run.attempt(TryPayment, rules).await), "Done");
    let asked = run.asked();
    let changes = asked.lines().filter(|line| line.contains("PATCH "));
    expect![[r#"
        us-east-2 PATCH /restapis/a1b2c3/stages/prod {"patchOperations":[{"op":"replace","path":"/*/*/throttling/rateLimit","value":"1000"},{"op":"replace","path":"/*/*/throttling/burstLimit","value":"500"}]}
        us-east-2 PATCH /restapis/a1b2c3/stages/prod {"patchOperations":[{"op":"replace","path":"/*/*/throttling/rateLimit","value":"1000"},{"op":"replace","path":"/*/*/throttling/burstLimit","value":"500"}]}"#]].assert_eq(&changes.collect::<Vec<_>>().join("\n"));
    // Its control plane is silent: there is nothing to be done but to try again.
    let rules =
        [service(PAY, 429, "{}"), Rule::all(Fault::IS_UNAVAILABLE).operation("GET /restapis")];
    expect!["not done yet: ServiceUnavailable (503): as the test wants it"]
        .assert_eq(&outcome(&run.look(TryPayment, rules).await));
}

#[tokio::test]
async fn whom_the_api_does_not_let_in_it_will_not_by_being_asked_again() {
    let run = Recorded::of(PlanKind::Failover).await;
    let mut told = String::new();
    for (status, body) in [
        (403, r#"{"message": "Missing Authentication Token"}"#),
        (401, "{}"),
        (503, r#"{"title": "Region is switching"}"#),
    ] {
        let attempt = run.look(TryPayment, [service(PAY, status, body)]).await;
        told += &format!("{}\n", outcome(&attempt));
    }
    expect![[r#"
        refused, other: POST /payments answers 403 Forbidden: Missing Authentication Token
        refused, other: POST /payments answers 401 Unauthorized: it says no reason
        not done yet: POST /payments answers 503 Service Unavailable
    "#]]
    .assert_eq(&told);
}

/// A role is let in by what it signs, and health checks come from everybody.
#[tokio::test]
async fn what_is_paid_is_signed_where_the_api_asks_iam() {
    let mut told = String::new();
    for asks_iam in [false, true] {
        let run = Recorded::in_system(PlanKind::Failover, System { asks_iam, ..system() }).await;
        let rules = [service(PAY, 201, PAID), service("GET /payments/pay_1", 200, PAID)];
        told += &format!("{}\n", outcome(&run.attempt(TryPayment, rules).await));
        let called = run.way.asked().into_iter().map(|asked| asked.called);
        for called in called.filter(|called| called.operation.contains("/payments")) {
            told += &format!("  {:?} {:?} {}\n", called.region, called.service, called.operation);
        }
    }
    expect![[r#"
        Done
          "" "" POST /payments
          "" "" GET /payments/pay_1
        Done
          "us-east-2" "execute-api" POST /payments
          "us-east-2" "execute-api" GET /payments/pay_1
    "#]]
    .assert_eq(&told);
}
