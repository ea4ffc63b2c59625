//! One key, one outcome.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::server::{PAYMENT, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_with_one_key_are_told_of_one_payment() {
    let server = Arc::new(Server::start().await);
    let clients: Vec<_> = (0..64)
        .map(|_| {
            let server = server.clone();
            tokio::spawn(async move {
                loop {
                    let answer = server.post("/payments", "same", PAYMENT).await;
                    match answer.status {
                        201 => return answer,
                        409 => tokio::task::yield_now().await,
                        status => panic!("{status} {}", answer.body),
                    }
                }
            })
        })
        .collect();
    let mut bodies = BTreeSet::new();
    let mut firsts = 0;
    for client in clients {
        let answer = client.await.unwrap();
        firsts += usize::from(answer.header("idempotency-replayed").is_none());
        bodies.insert(answer.body);
    }
    assert_eq!((bodies.len(), firsts, server.world.payments()), (1, 1, 1));
}

#[tokio::test]
async fn a_key_that_comes_with_another_payload_is_refused_and_does_nothing() {
    let server = Server::start().await;
    assert_eq!(server.post("/payments", "k", PAYMENT).await.status, 201);
    for (from, to) in [("1234", "1"), ("USD", "EUR"), ("order A", "order B"), ("visa", "amex")] {
        let answer = server.post("/payments", "k", &PAYMENT.replace(from, to)).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "idempotency_key_reused"));
    }
    assert_eq!(server.world.payments(), 1);
}

#[tokio::test]
async fn fields_in_another_order_are_the_same_payload() {
    let server = Server::start().await;
    let first = server.post("/payments", "k", PAYMENT).await;
    let turned: serde_json::Value = serde_json::from_str(PAYMENT).unwrap();
    let again = server.post("/payments", "\"k\"", &format!("{turned:#}")).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn every_post_needs_a_key() {
    let server = Server::start().await;
    let id = server.paid("k").await;
    let refunds = format!("/payments/{id}/refunds");
    for (path, body) in
        [("/payments", PAYMENT), ("/payments/validate", PAYMENT), (refunds.as_str(), "{}")]
    {
        let json = ["Content-Type: application/json"];
        let answer = server.ask(&format!("POST {path}"), &json, body).await;
        let expected = (400, "idempotency_key_missing".to_owned());
        assert_eq!((answer.status, answer.code()), expected, "{path}");
        assert_eq!(answer.json()["param"], "Idempotency-Key");
    }
}
