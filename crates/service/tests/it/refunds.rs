//! Refunds: never more than was taken, and each once.

use crate::server::{ACCOUNT, PAYMENT, Server};

#[tokio::test]
async fn a_payment_is_given_back_in_parts_and_no_further() {
    let server = Server::start().await;
    let path = format!("/payments/{}/refunds", server.paid("k").await);
    let table = [
        ("a", r#"{"amount":1000}"#, 201, ""),
        ("b", r#"{"amount":1000}"#, 409, "refund_exceeds_captured"),
        ("c", r#"{}"#, 201, ""),
        ("d", r#"{"amount":1}"#, 409, "refund_exceeds_captured"),
        ("a", r#"{"amount":1000}"#, 201, ""),
        ("a", r#"{"amount":999}"#, 422, "idempotency_key_reused"),
        ("b", r#"{"amount":1000}"#, 409, "refund_exceeds_captured"),
    ];
    for (key, body, status, code) in table {
        let answer = server.post(&path, key, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{key}");
    }
    let balance = server.get(&format!("/accounts/{ACCOUNT}/balance")).await;
    assert_eq!(balance.json()["balances"][0]["available"], 0);
}

#[tokio::test]
async fn a_payment_that_has_not_succeeded_is_not_given_back() {
    let server = Server::start().await;
    let answer = server.post("/payments", "k", PAYMENT).await;
    let path = format!("/payments/{}/refunds", answer.json()["id"].as_str().unwrap());
    assert_eq!(server.post(&path, "r", "{}").await.code(), "payment_open");
}

#[tokio::test]
async fn the_same_key_counts_apart_for_payments_and_refunds() {
    let server = Server::start().await;
    let path = format!("/payments/{}/refunds", server.paid("k").await);
    let answer = server.post(&path, "k", r#"{"amount":1}"#).await;
    assert_eq!((answer.status, server.world.refunds()), (201, 1));
}
