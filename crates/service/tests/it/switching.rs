//! A change of roles in the middle of traffic.

use crate::server::{ACCOUNT, PAYMENT, Server};
use crate::world::{At, Mishap};

#[tokio::test]
async fn while_the_gate_is_closed_money_waits_and_reads_go_on() {
    let server = Server::start().await;
    let id = server.paid("before").await;
    server.world.set_open(false);
    let answer = server.post("/payments", "during", PAYMENT).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "region_switching"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(answer.header("retry-after"), Some("2"));
    assert_eq!(server.get(&format!("/payments/{id}")).await.status, 200);
    assert_eq!(server.get("/health").await.status, 200);
    assert_eq!(server.get("/health/ready").await.status, 503);
    server.world.set_open(true);
    assert_eq!(server.post("/payments", "during", PAYMENT).await.status, 201);
    assert_eq!(server.world.payments(), 2);
}

/// Whoever hears that an acknowledged payment does not exist pays it anew, under another key.
#[tokio::test]
async fn a_region_that_takes_no_payments_says_of_none_that_it_does_not_exist() {
    let server = Server::start().await;
    let id = server.paid("k").await;
    let unknown = "/payments/pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD";
    assert_eq!(server.get(unknown).await.status, 404, "the writer, behind an open gate");
    // A replica; an old writer that came back, which lacks what the other Region took; and a reader that the address of
    // the writer led to.
    for (is_open, is_replica) in [(false, true), (false, false), (true, true)] {
        server.world.set_open(is_open);
        server.world.set_replica(is_replica);
        let answer = server.get(unknown).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "payment_not_here"));
        assert_eq!(answer.header("retry-after"), Some("2"));
        assert_eq!(answer.header("connection"), Some("close"), "the name is looked up again");
        assert_eq!(server.get(&format!("/payments/{id}")).await.status, 200);
    }
}

#[tokio::test]
async fn a_gate_that_closes_while_the_ledger_is_asked_leaves_it_open_whether_there_is_a_payment() {
    let server = std::sync::Arc::new(Server::start().await);
    server.world.will(At::Books, &[Mishap::Wait]);
    let client = tokio::spawn({
        let server = server.clone();
        async move { server.get("/payments/pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD").await }
    });
    server.world.reached.acquire().await.unwrap().forget();
    server.world.set_open(false);
    server.world.go_on.add_permits(1);
    assert_eq!(client.await.unwrap().code(), "payment_not_here");
}

#[tokio::test]
async fn what_may_be_behind_is_marked() {
    let server = Server::start().await;
    let id = server.paid("k").await;
    let lists = [format!("/payments?account={ACCOUNT}"), format!("/accounts/{ACCOUNT}/balance")];
    for path in lists.into_iter().chain([format!("/payments/{id}")]) {
        for (is_open, mark) in [(true, None), (false, Some("true"))] {
            server.world.set_open(is_open);
            let answer = server.get(&path).await;
            assert_eq!((answer.status, answer.header("may-be-behind")), (200, mark), "{path}");
        }
    }
}

#[tokio::test]
async fn an_epoch_that_changes_under_a_request_ends_it_though_the_gate_is_open_again() {
    for at in [At::IntentWrite, At::LedgerRead, At::Commit] {
        let server = std::sync::Arc::new(Server::start().await);
        if at == At::LedgerRead {
            // A key that is there already makes the request look into the ledger.
            server.world.will(At::Commit, &[Mishap::UnknownLost; 24]);
            server.post("/payments", "k", PAYMENT).await;
            server.world.forget();
            server.world.pass_ms(3_001);
        }
        server.world.will(at, &[Mishap::Wait]);
        let client = tokio::spawn({
            let server = server.clone();
            async move { server.post("/payments", "k", PAYMENT).await }
        });
        server.world.reached.acquire().await.unwrap().forget();
        server.world.begin_reign();
        server.world.go_on.add_permits(1);
        let answer = client.await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (503, "region_switching"), "{at:?}");
        assert_eq!(answer.header("connection"), Some("close"));
        server.world.pass_ms(3_001);
        assert_eq!(server.post("/payments", "k", PAYMENT).await.status, 201, "{at:?}");
        assert_eq!(server.world.payments(), 1, "{at:?}");
    }
}

#[tokio::test]
async fn health_asks_nobody() {
    let server = Server::start().await;
    server.world.set_open(false);
    let stores = [At::IntentRead, At::IntentWrite, At::LedgerRead, At::Commit, At::Books];
    for at in stores.into_iter().chain([At::Readiness, At::Traffic]) {
        server.world.will(at, &[Mishap::Hang]);
    }
    let answer = server.get("/health").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"status":"serving"}"#));
    assert_eq!(server.world.reached.available_permits(), 0, "no store was reached");
}

#[tokio::test]
async fn a_gate_that_closes_under_a_request_lets_its_key_go_on_later() {
    let server = std::sync::Arc::new(Server::start().await);
    server.world.will(At::IntentWrite, &[Mishap::Wait]);
    let client = tokio::spawn({
        let server = server.clone();
        async move { server.post("/payments", "k", PAYMENT).await }
    });
    server.world.reached.acquire().await.unwrap().forget();
    server.world.set_open(false);
    server.world.go_on.add_permits(1);
    assert_eq!(client.await.unwrap().code(), "region_switching");
    assert_eq!(server.world.payments(), 0);
    server.world.set_open(true);
    server.world.pass_ms(3_001);
    assert_eq!(server.post("/payments", "k", PAYMENT).await.status, 201);
    assert_eq!(server.world.payments(), 1);
}

#[tokio::test]
async fn dns_finds_the_name_written_exactly_like_this_or_nothing() {
    let server = Server::start().await;
    let body = server.get("/health/traffic").await.body;
    assert_eq!(body, r#"{"traffic_region":"us-east-2"}"#);
    server.world.set_traffic(None);
    let answer = server.get("/health/traffic").await;
    assert_eq!(answer.status, 503);
    assert!(!answer.body.contains("traffic_region"));
}

#[tokio::test]
async fn a_key_whose_payment_was_lost_is_held_and_charged_by_nobody() {
    let server = Server::start().await;
    let id = server.paid("k").await;
    server.world.lose_everything();
    let answer = server.post("/payments", "k", PAYMENT).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "quarantined"));
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert!(answer.json()["detail"].as_str().unwrap().contains(&id), "the payment is named");
    assert_eq!(server.world.payments(), 0);
    assert_eq!(server.post("/payments", "new", PAYMENT).await.status, 201);
}
