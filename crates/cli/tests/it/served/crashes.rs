//! The service, or its database, is killed between every two effects of a payment and its refund; all is well after.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::served::client::Client;
use crate::served::machine::{Machine, Process, Store};
use crate::served::oracle::History;
use crate::served::points::Points;

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Nothing,
    Service,
    Database,
}

/// A customer pays and gets a part back, whatever it takes. The card has the money, so that both succeed in the end: also
/// when the call to the processor was never made, or nobody knows of it.
async fn shop(client: Client) -> History {
    let mut history = History::default();
    let paid = client.pay("pays", 700, "tok_visa_abcdefgh").await;
    let id = paid.text("id");
    history.told("pays", paid);
    assert_eq!(client.settled(&id).await["status"], "succeeded");
    let refunds = format!("POST /payments/{id}/refunds");
    let refund = client.insist(&refunds, Some("gets-back"), r#"{"amount":300}"#).await;
    assert_eq!(refund.status, 201, "{}", refund.body);
    history.told("pays", client.pay("pays", 700, "tok_visa_abcdefgh").await);
    loop {
        let refund = client.settled(&id).await["refunds"][0]["status"].clone();
        assert_ne!(refund, "declined");
        if refund == "succeeded" {
            return history;
        }
        tokio::time::sleep(crate::served::client::PAUSE).await;
    }
}

/// Lets the service go on to its point of this number, counted from 0, and kills the victim there. Answers every point
/// that was passed.
async fn run(store: Store, victim: Victim, number: usize) -> Vec<String> {
    let machine = Machine::new(store);
    let (mut service, mut points) = machine.start_with_points();
    let client = Client::new(service.address);
    let mut shopping = tokio::spawn(shop(client.clone()));
    let mut passed = Vec::new();
    let history = loop {
        let stopped = tokio::select! {
            history = &mut shopping => break history.unwrap(),
            stopped = points.next() => stopped,
        };
        let name = stopped.name.clone();
        if passed.len() == number {
            match victim {
                Victim::Nothing => {}
                Victim::Service => {
                    service.kill();
                    (service, points) = start_again(&machine, &client);
                }
                Victim::Database => crash_database(&machine),
            }
        }
        passed.push(name);
        stopped.go_on().await;
    };
    // What goes on behind the answers is not stopped any more.
    service.kill();
    drop(points);
    let service = machine.start();
    history.holds(&machine, service).await;
    passed
}

fn start_again(machine: &Machine, client: &Client) -> (Process, Points) {
    let (service, points) = machine.start_with_points();
    client.move_to(service.address);
    (service, points)
}

fn crash_database(machine: &Machine) {
    let (server, _) = machine.database.as_ref().expect("a machine with a database");
    tokio::task::block_in_place(|| {
        server.crash();
        server.start();
    });
}

/// Every point of an undisturbed run, then a run for each at which the victim is killed.
async fn everywhere(store: Store, victim: Victim) {
    let points = run(store, Victim::Nothing, 0).await;
    let kinds: BTreeSet<&String> = points.iter().collect();
    assert!(kinds.len() >= 12, "the effects of a payment and a refund: {kinds:?}");
    // Most of a run is waiting until the claims of the killed process are over; each blocks a thread of its own when it waits
    // for processes.
    let at_once = Arc::new(Semaphore::new(16));
    let mut runs = JoinSet::new();
    for number in 0..points.len() {
        let at_once = at_once.clone();
        runs.spawn(async move {
            let _one_of_a_few = at_once.acquire().await.unwrap();
            run(store, victim, number).await;
        });
    }
    assert_eq!(runs.join_all().await.len(), points.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 20)]
async fn of_the_service_on_the_embedded_store() {
    everywhere(Store::Embedded, Victim::Service).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 20)]
async fn of_the_service_on_postgresql() {
    everywhere(Store::Postgres, Victim::Service).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 20)]
async fn of_postgresql() {
    everywhere(Store::Postgres, Victim::Database).await;
}
