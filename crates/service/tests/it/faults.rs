//! Stores that fail in the middle: no 2xx is ever told before the ledger has it, and the same key
//! finds out what became of it.

use std::time::Duration;

use service::{Listening, Options};

use crate::server::{PAYMENT, Server};
use crate::world::{At, Mishap};

/// Sends the payment until it is told something for ever, and time passes in between.
async fn until_told(server: &Server) -> String {
    for _ in 0..8 {
        let answer = server.post("/payments", "k", PAYMENT).await;
        if answer.status == 201 {
            return answer.json()["id"].as_str().unwrap().to_owned();
        }
        assert!([409, 503].contains(&answer.status), "{answer:?}");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
        server.world.pass_ms(3_001);
    }
    panic!("the payment was never told");
}

#[tokio::test]
async fn every_mishap_at_every_store_ends_in_one_payment() {
    let mishaps = [Mishap::Unavailable, Mishap::UnknownDone, Mishap::UnknownLost, Mishap::Fenced];
    for at in [At::IntentRead, At::IntentWrite, At::LedgerRead, At::Commit] {
        for mishap in mishaps {
            let server = Server::start().await;
            server.world.will(at, &[mishap]);
            let first = until_told(&server).await;
            server.world.forget();
            server.world.will(at, &[mishap]);
            assert_eq!(until_told(&server).await, first, "{at:?} {mishap:?}");
            assert_eq!(server.world.payments(), 1, "{at:?} {mishap:?}");
        }
    }
}

#[tokio::test]
async fn a_request_that_took_too_long_goes_on_with_its_key() {
    for at in [At::IntentWrite, At::Commit] {
        let options = Options { request_time_max: Duration::from_millis(40), ..Options::default() };
        let server = Server::with(options, Listening::default()).await;
        server.world.will(at, &[Mishap::Hang]);
        let answer = server.post("/payments", "k", PAYMENT).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "timed_out"), "{at:?}");
        assert_eq!(answer.header("retry-after"), Some("3"));
        server.world.pass_ms(3_001);
        until_told(&server).await;
        assert_eq!(server.world.payments(), 1, "{at:?}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_what_the_next_try_needs() {
    let server = Server::start().await;
    server.world.will(At::Commit, &[Mishap::Hang]);
    let key = ["Idempotency-Key: k", "Content-Type: application/json"];
    let bytes = crate::client::request("POST /payments", &key, PAYMENT);
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &bytes).await.unwrap();
    server.world.reached.acquire().await.unwrap().forget();
    drop(stream);
    server.world.pass_ms(3_001);
    until_told(&server).await;
    assert_eq!(server.world.payments(), 1);
}
