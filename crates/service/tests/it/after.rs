//! What follows an answer: the intent's note, and word to the outbox worker.

use std::time::Duration;

use payments::IntentState;
use service::{AfterAnswer, Listening, Options};

use crate::server::{PAYMENT, Server};
use crate::world::{At, Mishap};

const PATIENT: AfterAnswer = AfterAnswer::Before { time_max: Duration::from_secs(60) };
const HASTY: AfterAnswer = AfterAnswer::Before { time_max: Duration::from_millis(20) };

async fn server(after_answer: AfterAnswer) -> Server {
    Server::with(Options { after_answer, ..Options::default() }, Listening::default()).await
}

#[tokio::test]
async fn the_worker_is_told_of_each_acknowledgement_once_and_of_nothing_else() {
    let server = server(PATIENT).await;
    let id = server.paid("paid").await;
    let refunds = format!("/payments/{id}/refunds");
    let other = PAYMENT.replace("1234", "1");
    let table = [
        ("/payments", "k", PAYMENT, 201, 1),
        ("/payments", "k", PAYMENT, 201, 0),
        ("/payments", "k", &other, 422, 0),
        ("/payments", "invalid", "{}", 400, 0),
        ("/payments/validate", "v", PAYMENT, 200, 0),
        (&refunds, "r", r#"{"amount":1000}"#, 201, 1),
        (&refunds, "r", r#"{"amount":1000}"#, 201, 0),
        (&refunds, "s", r#"{"amount":1000}"#, 409, 0),
    ];
    for (path, key, body, status, times) in table {
        let before = server.world.told();
        assert_eq!(server.post(path, key, body).await.status, status, "{path} {key}");
        assert_eq!(server.world.told() - before, times, "{path} {key}");
    }
}

#[tokio::test]
async fn what_comes_before_the_answer_has_happened_when_it_is_read() {
    let server = server(PATIENT).await;
    server.world.will(At::Posted, &[Mishap::UnknownDone]);
    assert_eq!(server.post("/payments", "k", PAYMENT).await.status, 201);
    assert_eq!((server.world.intents(IntentState::Posted), server.world.told()), (1, 1));
}

#[tokio::test]
async fn the_answer_waits_only_for_so_long() {
    let server = server(HASTY).await;
    server.world.will(At::Posted, &[Mishap::Hang]);
    assert_eq!(server.post("/payments", "k", PAYMENT).await.status, 201);
    assert_eq!(server.world.intents(IntentState::Posted), 1, "one does not wait for the other");
}

#[tokio::test]
async fn what_follows_may_last_beyond_the_end_of_the_request() {
    let options = Options {
        request_time_max: Duration::from_millis(500),
        after_answer: AfterAnswer::Before { time_max: Duration::from_millis(510) },
        ..Options::default()
    };
    let server = Server::with(options, Listening::default()).await;
    server.world.will(At::Posted, &[Mishap::Hang]);
    assert_eq!(server.post("/payments", "k", PAYMENT).await.status, 201, "it was decided");
}

#[tokio::test]
async fn beside_the_answer_nothing_waits() {
    let server = server(AfterAnswer::Beside).await;
    server.world.will(At::Posted, &[Mishap::Wait]);
    assert_eq!(server.post("/payments", "k", PAYMENT).await.status, 201);
    server.world.reached.acquire().await.unwrap().forget();
    assert_eq!(server.world.told(), 0, "the client has its answer, the worker has not heard");
}

#[tokio::test]
async fn nothing_rests_on_it() {
    for after_answer in [AfterAnswer::Beside, PATIENT] {
        let server = server(after_answer).await;
        server.world.will(At::Posted, &[Mishap::Unavailable]);
        let first = server.post("/payments", "k", PAYMENT).await;
        let again = server.post("/payments", "k", PAYMENT).await;
        assert_eq!((first.status, again.status, first.body), (201, 201, again.body));
        assert_eq!(server.world.payments(), 1);
    }
}
