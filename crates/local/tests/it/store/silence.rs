//! Who hears and does not answer.

use std::net::{Ipv4Addr, SocketAddr};

use fence::{Millis, RunId};
use local::StoreClient;
use payments::{Intents, Read, Written};
use runbook::{Appended, Entry, Event, Journal, RunnerName};
use tokio::io::copy;
use tokio::net::{TcpListener, TcpStream};

use super::trio::{Trio, assert_comes_to, first_intent, first_write, next_write, stored};

/// Passes on what it hears, to whoever there is, and nothing back.
async fn one_way(listener: TcpListener, to: Option<SocketAddr>) {
    let mut kept = Vec::new();
    while let Ok((mut from_client, _)) = listener.accept().await {
        let Some(to) = to else {
            kept.push(from_client);
            continue;
        };
        tokio::spawn(async move {
            let mut to_server = TcpStream::connect(to).await.unwrap();
            copy(&mut from_client, &mut to_server).await.unwrap();
        });
    }
}

/// A client near an endpoint that hears it, whose answers are lost.
async fn half_deaf(trio: &Trio) -> StoreClient {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(one_way(listener, Some(trio.clients(1))));
    StoreClient::new(vec![address, trio.clients(2)])
}

/// The other endpoint finds what the first has written, and so it is known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_to_a_write_is_lost() {
    let trio = Trio::start().await;
    let client = half_deaf(&trio).await;
    assert_comes_to!(client.write(&first_write(1)).await, Written::Done);
    let entry = Entry {
        position: 0,
        at: Millis(1),
        event: Event::Took { runner: RunnerName("ann".to_owned()) },
    };
    let client = half_deaf(&trio).await;
    let journal = client.journal(&RunId::new("r"));
    assert_comes_to!(journal.append(&entry).await, Appended::Written);
    // Two endpoints were asked, and each is written once.
    assert_eq!(local::read_logs(&trio.logs()).unwrap().len(), 2);
}

/// What is there instead says whether ours was there before: not if it has our revision.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_to_a_refused_write_is_lost() {
    let trio = Trio::start().await;
    let other = trio.client(2);
    let first = first_intent(1);
    let second = next_write(&first, 6_000);
    assert_comes_to!(other.write(&first_write(1)).await, Written::Done);
    assert_comes_to!(other.write(&second).await, Written::Done);
    let ours = next_write(&first, 7_000);
    let changed = |intent: &payments::Intent| Written::Changed(Box::new(intent.clone()));
    assert_comes_to!(half_deaf(&trio).await.write(&ours).await, changed(&second.intent));
    let third = next_write(&second.intent, 8_000);
    assert_comes_to!(other.write(&third).await, Written::Done);
    assert_comes_to!(half_deaf(&trio).await.write(&ours).await, Written::Unknown);
    assert_comes_to!(other.write(&ours).await, changed(&third.intent));
}

/// Voters that are silent are not waited for as long as there is a majority; without one it is said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_voters() {
    let mut trio = Trio::start().await;
    let client = trio.client(1);
    for (key, number) in [(1, 3), (2, 2)] {
        assert_comes_to!(client.write(&first_write(key)).await, Written::Done);
        trio.end(number).await;
        let listener = TcpListener::bind(trio.votes(number)).await.unwrap();
        tokio::spawn(one_way(listener, None));
    }
    assert_comes_to!(client.read(&first_intent(1).key).await, Read::Unavailable);
    assert_comes_to!(client.write(&first_write(3)).await, Written::Unavailable);
    let next = next_write(&first_intent(2), 6_000);
    assert_comes_to!(client.write(&next).await, Written::Unknown);
}

/// An endpoint that is silent is asked second for a while, and then no client waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_endpoint() {
    let trio = Trio::start().await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let silent = listener.local_addr().unwrap();
    tokio::spawn(one_way(listener, None));
    let client = StoreClient::new(vec![silent, trio.clients(2)]);
    for key in 1..=20 {
        assert_comes_to!(client.write(&first_write(key)).await, Written::Done);
        assert_eq!(stored(&client, key).await, Some(first_intent(key)));
    }
}
