//! Card numbers: refused wherever one can stand, and repeated nowhere.

use crate::client::{request, send};
use crate::server::{PAYMENT, Server};

const CARD: &str = "4242424242424242";
const JSON: &str = "Content-Type: application/json";
const KEY: &str = "Idempotency-Key: k";

#[tokio::test]
async fn a_card_number_is_refused_and_in_no_answer_log_or_metric() {
    let server = Server::start().await;
    let id = server.paid("first").await;
    let refunds = format!("POST /payments/{id}/refunds");
    let with = |from: &str, to: &str| PAYMENT.replace(from, to);
    let rows: Vec<(String, Vec<String>, String)> = vec![
        row("POST /payments", &[], with("order A", CARD)),
        row("POST /payments", &[], with("order A", "4242 4242-4242 4242")),
        row("POST /payments", &[], with("visa_abcdefgh", CARD)),
        row("POST /payments", &[], with("acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD", CARD)),
        row("POST /payments", &[], with("1234", CARD)),
        row("POST /payments", &[], with("USD", CARD)),
        row("POST /payments", &[], with(r#""order":"A""#, &format!(r#""order":"{CARD}""#))),
        row("POST /payments", &[], with(r#""order":"A""#, &format!(r#""{CARD}":"A""#))),
        row("POST /payments", &[], with("description", CARD)),
        row("POST /payments", &[], with("description", "card_number").replace("order A", CARD)),
        row("POST /payments", &[], format!("{{{CARD}")),
        row("POST /payments", &[], format!(r#"{{"{CARD}":1,"{CARD}":1}}"#)),
        row("POST /payments/validate", &[], with("order A", CARD)),
        row(&refunds, &[], format!(r#"{{"amount":{CARD}}}"#)),
        row(&format!("POST /payments/{CARD}/refunds"), &[], "{}".to_owned()),
        row(&format!("GET /payments/{CARD}"), &[], String::new()),
        row(&format!("GET /accounts/{CARD}/balance"), &[], String::new()),
        row(&format!("GET /payments?account={CARD}&{CARD}=1"), &[], String::new()),
        row(&format!("GET /{CARD}"), &[], String::new()),
        row(&format!("{CARD} /payments"), &[], String::new()),
    ];
    for (line, headers, body) in rows {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let answer = send(server.address, &request(&line, &headers, &body)).await.unwrap();
        assert!((400..500).contains(&answer.status), "{line}: {}", answer.body);
        assert_clean(&format!("{answer:?}"));
    }
    assert_clean(&server.lines.all().join("\n"));
    assert_clean(&server.get("/metrics").await.body);
}

#[tokio::test]
async fn names_of_requests_that_may_be_card_numbers_are_not_taken_over() {
    let server = Server::start().await;
    let names = [
        format!("X-Request-Id: {CARD}"),
        format!("traceparent: 00-a{CARD}abcdeabcdeabcde-00f067aa0ba902b7-01"),
        format!("Idempotency-Key: {CARD}"),
        format!("User-Agent: {CARD}"),
        JSON.to_owned(),
    ];
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let answer = server.ask("POST /payments", &names, PAYMENT).await;
    assert_eq!(answer.status, 201);
    assert_clean(&format!("{answer:?}"));
    assert_clean(&server.lines.all().join("\n"));
}

fn row(line: &str, more: &[&str], body: String) -> (String, Vec<String>, String) {
    let headers = [JSON, KEY].iter().chain(more).map(|header| (*header).to_owned());
    (line.to_owned(), headers.collect(), body)
}

#[track_caller]
fn assert_clean(text: &str) {
    assert!(!text.contains("4242"), "{text}");
}
