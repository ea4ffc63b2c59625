//! Every route and every error as a table of requests and whole answers; the snapshot is the
//! contract.

use std::fmt::Write;

use expect_test::expect_file;

use crate::server::{ACCOUNT, PAYMENT, Server};
use crate::world::{At, Mishap};

const JSON: &str = "Content-Type: application/json";
const KEY: &str = "Idempotency-Key: k";

/// Request line, headers, body.
type Row<'r> = (&'r str, &'r [&'r str], &'r str);

async fn tell(server: &Server, rows: &[Row<'_>]) -> String {
    let mut text = String::new();
    for (line, headers, body) in rows {
        let answer = server.ask(line, headers, body).await;
        let shown = if body.len() > 400 { "(a long body)" } else { body };
        writeln!(text, "> {line}").unwrap();
        headers.iter().for_each(|header| writeln!(text, "> {header}").unwrap());
        writeln!(text, "> {shown}\n{}\n", answer.show()).unwrap();
    }
    text
}

#[tokio::test]
async fn money() {
    let server = Server::start().await;
    let paid = server.paid("first").await;
    let (payment, refunds) =
        (format!("GET /payments/{paid}"), format!("POST /payments/{paid}/refunds"));
    let list = format!("GET /payments?account={ACCOUNT}");
    let balance = format!("GET /accounts/{ACCOUNT}/balance");
    let other = PAYMENT.replace("1234", "1235");
    let rows: [Row<'_>; 22] = [
        ("POST /payments", &[KEY, JSON], PAYMENT),
        ("POST /payments", &[KEY, JSON], PAYMENT),
        (
            "POST /payments",
            &["Idempotency-Key: \"k\"", "Content-Type: application/json; charset=utf-8"],
            PAYMENT,
        ),
        ("POST /payments", &[KEY, JSON], &other),
        ("POST /payments", &[JSON], PAYMENT),
        ("POST /payments", &["Idempotency-Key: \"k", JSON], PAYMENT),
        ("POST /payments", &[KEY, "idempotency-key: other", JSON], PAYMENT),
        ("POST /payments/validate", &[KEY, JSON], PAYMENT),
        (
            "POST /payments/validate",
            &[JSON],
            r#"{"amount":-1,"currency":"usd","token":true,"metadata":{"a":1},"cvc":"x"}"#,
        ),
        (&payment, &[], ""),
        (&refunds, &["Idempotency-Key: r", JSON], r#"{"amount":1000}"#),
        (&refunds, &["Idempotency-Key: r", JSON], r#"{"amount":1000}"#),
        (&refunds, &["Idempotency-Key: r2", JSON], r#"{"amount":1000}"#),
        (&refunds, &["Idempotency-Key: r2", JSON], r#"{"amount":1000}"#),
        (&refunds, &["Idempotency-Key: r3", JSON], r#"{"reason":"x","amount":0}"#),
        ("POST /payments/pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD/refunds", &[KEY, JSON], "{}"),
        (&payment, &[], ""),
        (&list, &[], ""),
        (&balance, &[], ""),
        ("GET /payments/pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD", &[], ""),
        ("GET /accounts/nobody/balance", &[], ""),
        ("GET /payments?limit=0&starting_after=x&color=red", &[], ""),
    ];
    expect_file!["money.txt"].assert_eq(&tell(&server, &rows).await);
}

#[tokio::test]
async fn bodies_paths_and_methods() {
    let server = Server::start().await;
    let long = format!(r#"{{"description":"{}"}}"#, "x".repeat(70_000));
    let rows: [Row<'_>; 16] = [
        ("POST /payments", &[KEY], PAYMENT),
        ("POST /payments", &[KEY, "Content-Type: text/plain"], PAYMENT),
        ("POST /payments", &[KEY, JSON, "Content-Encoding: gzip"], PAYMENT),
        ("POST /payments", &[KEY, JSON], ""),
        ("POST /payments", &[KEY, JSON], "{\"amount\":\n 12x}"),
        ("POST /payments", &[KEY, JSON], r#"{"amount":1,"amount":2}"#),
        ("POST /payments", &[KEY, JSON], "[]"),
        ("POST /payments", &[KEY, JSON], r#"{"amount":1.5,"account":[],"metadata":"x"}"#),
        ("POST /payments", &[KEY, JSON], r#"{"amount":100000000000}"#),
        ("POST /payments", &[KEY, JSON], &long),
        ("DELETE /payments", &[], ""),
        ("POST /health", &[], ""),
        ("OPTIONS /payments/x/refunds", &[], ""),
        ("GET /nothing/here", &[], ""),
        ("GET /payments/", &[], ""),
        ("GET /payments/%ff", &[], ""),
    ];
    expect_file!["requests.txt"].assert_eq(&tell(&server, &rows).await);
}

#[tokio::test]
async fn health() {
    let server = Server::start().await;
    let rows: [Row<'_>; 3] = [
        ("GET /health", &[], ""),
        ("GET /health/ready", &[], ""),
        ("GET /health/traffic", &[], ""),
    ];
    let mut text = tell(&server, &rows).await;
    server.world.set_open(false);
    server.world.set_traffic(None);
    text += &tell(&server, &rows).await;
    expect_file!["health.txt"].assert_eq(&text);
}

#[tokio::test]
async fn stores_that_do_not_answer() {
    let server = Server::start().await;
    let mut text = String::new();
    assert_eq!(server.post("/payments", "k", PAYMENT).await.status, 201);
    let again: Row<'_> = ("POST /payments", &[KEY, JSON], PAYMENT);
    let fresh = ["a", "b", "c", "d"].map(|key| format!("Idempotency-Key: {key}"));
    let headers: Vec<[&str; 2]> = fresh.iter().map(|key| [key.as_str(), JSON]).collect();
    let first = |place: usize| -> Row<'_> { ("POST /payments", &headers[place], PAYMENT) };
    let list = format!("GET /payments?account={ACCOUNT}");
    let balance = format!("GET /accounts/{ACCOUNT}/balance");
    let rows: [(At, Mishap, Row<'_>); 9] = [
        (At::IntentRead, Mishap::Unavailable, again),
        (At::LedgerRead, Mishap::Unavailable, again),
        (At::IntentWrite, Mishap::Unavailable, first(0)),
        (At::IntentWrite, Mishap::UnknownLost, first(1)),
        (At::Commit, Mishap::Unavailable, first(2)),
        (At::Commit, Mishap::Fenced, first(3)),
        (At::Books, Mishap::Unavailable, ("GET /payments/pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD", &[], "")),
        (At::Books, Mishap::Unavailable, (&list, &[], "")),
        (At::Books, Mishap::Unavailable, (&balance, &[], "")),
    ];
    for (at, mishap, row) in rows {
        server.world.will(at, &[mishap; 24]);
        writeln!(text, "# {at:?} {mishap:?}").unwrap();
        text += &tell(&server, &[row]).await;
        server.world.forget();
    }
    expect_file!["stores.txt"].assert_eq(&text);
}
