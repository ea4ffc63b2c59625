//! Sixty-four clients at once: racing for one key, taking another's key for something else, sending everything twice.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use crate::served::client::Client;
use crate::served::machine::{Machine, Store};
use crate::served::oracle::History;

const CLIENTS: i64 = 64;

async fn race(store: Store) {
    let machine = Machine::new(store);
    let service = machine.start();
    let mut history = History::default();
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client::new(service.address);
        clients.spawn(async move {
            let raced = client.pay("everybody's", 500, "tok_visa_abcdefgh").await;
            let other = client.pay("everybody's", 501 + number, "tok_visa_abcdefgh").await;
            let own = format!("own-{number}");
            let (one, two) = tokio::join!(
                client.pay(&own, 1 + number, "tok_visa_abcdefgh"),
                client.pay(&own, 1 + number, "tok_visa_abcdefgh")
            );
            (raced, other, own, one, two)
        });
    }
    let mut firsts = 0;
    for (raced, other, own, one, two) in clients.join_all().await {
        assert_eq!(raced.status, 201, "{}", raced.body);
        firsts += i64::from(!raced.is_replayed);
        assert_eq!(other.status, 422, "{}", other.body);
        history.told("everybody's", raced);
        let replays: BTreeSet<bool> = [one.is_replayed, two.is_replayed].into();
        assert_eq!((one.status, two.status, replays.len()), (201, 201, 2), "first and again");
        history.told(&own, one);
        history.told(&own, two);
    }
    assert_eq!(firsts, 1, "one of all is told that it is the first");
    history.holds(&machine, service).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_embedded_store() {
    race(Store::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql() {
    race(Store::Postgres).await;
}
