//! What operators see: the log, the numbers, and the names that connect them.

use expect_test::expect;

use service::{Count, Gauge};

use crate::server::{PAYMENT, Server};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test]
async fn a_line_has_the_fields_of_the_list_and_no_others() {
    let server = Server::start().await;
    server.post("/payments", "k", PAYMENT).await;
    server.ask("GET /payments/secret", &["X-Request-Id: mine.1"], "").await;
    expect![[r#"
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"request","method":"POST","route":"/payments","status":201,"latency_ms":0,"request_id":"req_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab","trace_id":"a0000000000a0000000000a00000000a"}
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"request","method":"GET","route":"/payments/{id}","status":404,"latency_ms":0,"request_id":"mine.1","trace_id":"a0000000000a0000000000a00000000f","code":"payment_missing"}
    "#]]
    .assert_eq(&(server.lines.all().join("\n") + "\n"));
}

#[tokio::test]
async fn names_are_taken_over_when_they_are_strict_and_made_when_not() {
    let server = Server::start().await;
    let good = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let table = [
        (good.as_str(), true),
        (&good.replace("00-4", "01-4"), true),
        (&(good.replace("00-4", "01-4") + "-more"), true),
        (&(good.clone() + "-more"), false),
        (&good.to_uppercase(), false),
        (&good.replace("00-4", "ff-4"), false),
        (&good.replace(TRACE, &"0".repeat(32)), false),
        (&good.replace("00f067aa0ba902b7", &"0".repeat(16)), false),
        ("00-zz", false),
    ];
    for (parent, is_taken) in table {
        let answer = server.ask("GET /health", &[&format!("traceparent: {parent}")], "").await;
        let told = answer.header("traceparent").unwrap();
        assert_eq!(told.contains(TRACE), is_taken, "{parent} {told}");
        assert!(!told.contains("00f067aa0ba902b7"), "the span is our own");
    }
    for (id, is_taken) in [("a-b_c.1", true), ("a b", false), (&"x".repeat(65), false)] {
        let answer = server.ask("GET /health", &[&format!("X-Request-Id: {id}")], "").await;
        assert_eq!(answer.header("x-request-id") == Some(id), is_taken, "{id}");
    }
}

#[tokio::test]
async fn metrics_count_by_route_and_never_by_path() {
    let server = Server::start().await;
    server.post("/payments", "k", PAYMENT).await;
    server.get("/payments/secret").await;
    server.get("/secret").await;
    server.ask("SECRET /health", &[], "").await;
    let body = server.get("/metrics").await.body;
    let shown = body.lines().filter(|line| !line.contains("_bucket") && !line.starts_with('#'));
    expect![[r#"
        http_requests_total{route="(none)",method="GET",status="404"} 1
        http_requests_total{route="/health",method="(other)",status="405"} 1
        http_requests_total{route="/payments",method="POST",status="201"} 1
        http_requests_total{route="/payments/{id}",method="GET",status="404"} 1
        http_request_duration_seconds_sum{route="(none)"} 0.000
        http_request_duration_seconds_count{route="(none)"} 1
        http_request_duration_seconds_sum{route="/health"} 0.000
        http_request_duration_seconds_count{route="/health"} 1
        http_request_duration_seconds_sum{route="/payments"} 0.000
        http_request_duration_seconds_count{route="/payments"} 1
        http_request_duration_seconds_sum{route="/payments/{id}"} 0.000
        http_request_duration_seconds_count{route="/payments/{id}"} 1
        http_requests_in_flight 1
        http_requests_refused_total 0
        gate_open 1
        gate_epoch 7
        outbox_events_told_total 0
        outbox_events_settled_total 0
        webhook_callbacks_delivered_total 0
        webhook_callbacks_failed_total 0
    "#]]
    .assert_eq(&(shown.collect::<Vec<_>>().join("\n") + "\n"));
    assert!(!body.to_lowercase().contains("secret"));
    server.world.set_open(false);
    assert!(server.get("/metrics").await.body.contains("\ngate_open 0\n"));
}

#[tokio::test]
async fn numbers_of_the_worker_are_shown_beside_those_of_requests() {
    let server = Server::start().await;
    server.numbers.add(Count::EventsTold, 2);
    server.numbers.add(Count::EventsTold, 1);
    server.numbers.set(Gauge::EndpointsDisabled, 4);
    server.numbers.set(Gauge::EndpointsDisabled, 1);
    let body = server.get("/metrics").await.body;
    let shown = body.lines().skip_while(|line| !line.starts_with("gate_epoch")).skip(1);
    expect![[r#"
        # HELP outbox_events_told_total Events told.
        # TYPE outbox_events_told_total counter
        outbox_events_told_total 3
        # HELP outbox_events_settled_total Events with nothing left.
        # TYPE outbox_events_settled_total counter
        outbox_events_settled_total 0
        # HELP webhook_callbacks_delivered_total Callbacks taken.
        # TYPE webhook_callbacks_delivered_total counter
        webhook_callbacks_delivered_total 0
        # HELP webhook_callbacks_failed_total Tries not taken.
        # TYPE webhook_callbacks_failed_total counter
        webhook_callbacks_failed_total 0
        # HELP webhook_endpoints_disabled Endpoints disabled.
        # TYPE webhook_endpoints_disabled gauge
        webhook_endpoints_disabled 1
    "#]]
    .assert_eq(&(shown.collect::<Vec<_>>().join("\n") + "\n"));
}
