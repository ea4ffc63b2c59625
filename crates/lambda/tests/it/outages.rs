//! What happens to an instance in its life: killed, frozen out, its password changed.

use std::net::SocketAddr;

use payments::Epoch;

use crate::requests::{ask, pay, wake};
use crate::world::{PAYMENT, World};

#[tokio::test]
async fn a_process_that_is_killed_between_two_requests_changes_no_answer() {
    let world = World::start().await;
    let (functions, front) = world.functions().await;
    let mut worker = world.instance("notification", "on-demand").await;
    let first = pay(front, "one").await;
    functions.transactions.lock().await.kill().await;
    let again = ask(front, "POST /payments", "one", PAYMENT).await;
    assert_eq!((again.status, again.json()["id"].as_str()), (201, Some(first.as_str())));
    wake(&worker, "{}").await;
    worker.kill().await;
    functions.transactions.lock().await.kill().await;
    assert_eq!(pay(front, "one").await, first);
    wake(&worker, "{}").await;
    assert_eq!(world.movements().len(), 1, "one charge for one key");
}

#[tokio::test]
async fn a_password_changes_without_a_restart() {
    let world = World::start().await;
    let (functions, front) = world.functions().await;
    let worker = world.instance("notification", "on-demand").await;
    pay(front, "one").await;
    wake(&worker, "{}").await;
    let processes = functions.transactions.lock().await.processes();
    world.rotate_password("second").await;
    assert_eq!(world.connections(), "0");
    // A secret is not read more often than each second, and a client asks again.
    pay_in_the_end(front, "two").await;
    for _ in 0..TRIES_MAX {
        wake(&worker, "{}").await;
        if world.movements().len() == 2 {
            break;
        }
    }
    assert_eq!(world.movements().len(), 2);
    assert_eq!(functions.transactions.lock().await.processes(), processes);
}

#[tokio::test]
async fn nothing_is_taken_after_the_epoch_was_raised() {
    let world = World::start().await;
    let (_functions, front) = world.functions().await;
    pay(front, "one").await;
    world.ledger.raise_epoch(Epoch::new(2), "us-east-2").await.expect("the ledger takes it");
    let refused = ask(front, "POST /payments", "two", PAYMENT).await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "region_switching"));
    assert!(refused.header("retry-after").is_some());
}

#[tokio::test]
async fn without_the_secret_health_is_told_and_no_money_taken() {
    let world = World::start().await;
    world.remove_secret().await;
    let (_functions, front) = world.functions().await;
    assert_eq!(ask(front, "GET /health", "", "").await.status, 200);
    assert_eq!(ask(front, "POST /payments", "one", PAYMENT).await.status, 503);
    world.make_secret().await;
    pay_in_the_end(front, "one").await;
}

/// More than anybody needs.
const TRIES_MAX: u32 = 10_000;

/// Pays as a client does that is told to come again.
async fn pay_in_the_end(front: SocketAddr, key: &str) {
    for _ in 0..TRIES_MAX {
        let paid = ask(front, "POST /payments", key, PAYMENT).await;
        match paid.status {
            201 => return,
            409 | 503 => assert!(paid.header("retry-after").is_some(), "{paid:?}"),
            _ => panic!("{paid:?}"),
        }
    }
    panic!("no payment is taken");
}
