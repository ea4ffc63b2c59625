//! What the logs tell when everything is over.

use std::io::Write;

use fence::{Millis, RunId};
use local::{ChosenValue, read_logs};
use payments::{Intents, Written};
use runbook::{Appended, Entry, Event, Journal, RunnerName};

use super::trio::{Trio, assert_comes_to, first_intent, first_write, next_write, stored};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_value_in_order() {
    let mut trio = Trio::start().await;
    let (here, there) = (trio.client(1), trio.client(2));
    let mut expected = Vec::new();
    let first = first_write(1);
    assert_comes_to!(here.write(&first).await, Written::Done);
    expected.push((1, ChosenValue::Intent(first.intent.clone())));
    let run = RunId::new("r");
    let event = Event::Took { runner: RunnerName("ann".to_owned()) };
    let entry = Entry { position: 0, at: Millis(5), event };
    assert_comes_to!(there.journal(&run).append(&entry).await, Appended::Written);
    expected.push((2, ChosenValue::Entry(run, entry)));
    let second = next_write(&first.intent, 6_000);
    assert_comes_to!(there.write(&second).await, Written::Done);
    expected.push((2, ChosenValue::Intent(second.intent.clone())));

    // A write that one voter has accepted, and another brings to its end.
    trio.end(1).await;
    trio.end(3).await;
    let third = next_write(&second.intent, 7_000);
    assert_comes_to!(there.write(&third).await, Written::Unknown);
    assert_eq!(told(&trio), expected);
    trio.begin(1).await;
    assert_eq!(stored(&here, 1).await, Some(third.intent.clone()));
    expected.push((2, ChosenValue::Intent(third.intent)));
    assert_eq!(told(&trio), expected);
}

fn told(trio: &Trio) -> Vec<(u8, ChosenValue)> {
    let chosen = read_logs(&trio.logs()).expect("the logs can be read");
    assert!(chosen.is_sorted_by_key(|chosen| chosen.at_us));
    chosen.into_iter().map(|chosen| (chosen.proposer, chosen.value)).collect()
}

/// A replica that was killed while it wrote a line has said nothing of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_line() {
    let mut trio = Trio::start().await;
    let client = trio.client(1);
    assert_comes_to!(client.write(&first_write(1)).await, Written::Done);
    trio.end(2).await;
    let log = trio.logs()[1].clone();
    let mut file = std::fs::OpenOptions::new().append(true).open(&log).expect("it is there");
    file.write_all(br#"{"at_us":1,"key":"rec"#).expect("it can be written");
    assert_eq!(told(&trio).len(), 1);
    trio.begin(2).await;
    trio.end(3).await;
    assert_comes_to!(client.write(&first_write(2)).await, Written::Done);
    assert_eq!(stored(&client, 1).await, Some(first_intent(1)));
    assert_eq!(told(&trio).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_log() {
    let trio = Trio::start().await;
    let path = trio.folder.path().join("other.jsonl");
    std::fs::write(&path, "{}\n").expect("it can be written");
    let error = read_logs(std::slice::from_ref(&path)).expect_err("it is no log").to_string();
    assert!(error.starts_with("line 1 of `") && error.contains("other.jsonl"), "{error}");
    let away = trio.folder.path().join("away.jsonl");
    assert_eq!(read_logs(&[away]).expect("who has no log has no votes"), vec![]);
}
