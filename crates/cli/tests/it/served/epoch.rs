//! The epoch is raised under traffic: nothing is written after it.

use payments::Epoch;
use stores::{PgLedger, Raised};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::served::client::{Client, PAUSE, payment};
use crate::served::machine::{Machine, Store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn raised_in_the_middle_stops_every_write() {
    let machine = Machine::new(Store::Postgres);
    let service = machine.start();
    let (server, settings) = machine.database.as_ref().unwrap();
    let mut clients = JoinSet::new();
    for number in 0..16 {
        let client = Client::new(service.address);
        clients.spawn(async move {
            let body = payment(1, "tok_visa_abcdefgh");
            let mut acknowledged = 0_u32;
            for turn in 0.. {
                let key = format!("{number}-{turn}");
                let answer = client.ask("POST /payments", Some(&key), &body).await.unwrap();
                match answer.status {
                    201 => acknowledged += 1,
                    503 => break,
                    _ => panic!("{}", answer.body),
                }
            }
            acknowledged
        });
    }
    let written = || server.ask(settings, "SELECT count(*), sum(version) FROM payments");
    let is_begun = || written().split('|').next().unwrap().parse::<u32>().unwrap() > 64;
    while !tokio::task::block_in_place(is_begun) {}
    let ledger = PgLedger::new(settings).unwrap();
    assert_eq!(ledger.raise_epoch(Epoch::new(2), "us-east-2").await.unwrap(), Raised::Done);
    let when_raised = tokio::task::block_in_place(written);
    let acknowledged: u32 = clients.join_all().await.iter().sum();
    assert_eq!(tokio::task::block_in_place(written), when_raised, "nothing is written after it");
    let count: u32 = when_raised.split('|').next().unwrap().parse().unwrap();
    assert!(acknowledged <= count, "{acknowledged} were acknowledged, {count} are there");
    let client = Client::new(service.address);
    // What was seen of the ledger a moment ago may be told once more.
    while client.ask("GET /health/ready", None, "").await.unwrap().status != 503 {
        sleep(PAUSE).await;
    }
    assert_eq!(ledger.audit().await.unwrap(), []);
}
