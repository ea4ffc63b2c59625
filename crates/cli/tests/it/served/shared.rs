//! The services of two Regions that share a store: one is active, the other one's ledger is a standby.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;

use fence::{Author, Command as Ordered, ControlStore as _, Order, RegionName, transition};
use local::{ReplicaSettings, StoreClient, serve_replica};
use payments::Epoch;
use stores::PgLedger;
use tokio::time::sleep;

use crate::served::client::{Client, LOOKS_MAX, PAUSE, payment};
use crate::served::machine::{Machine, Store, url};

/// Addresses at which nobody listens.
fn free(count: usize) -> Vec<SocketAddr> {
    let listeners = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let listeners: Vec<_> = listeners.collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap()).collect()
}

/// Three replicas in this process, of which two answer clients: at these addresses.
fn store(machine: &Machine) -> Vec<SocketAddr> {
    let (votes, clients) = (free(3), free(2));
    for number in 0..3 {
        let others = (0..3).filter(|other| *other != number);
        let settings = ReplicaSettings {
            number: u8::try_from(number + 1).unwrap(),
            votes: votes[number],
            clients: clients.get(number).copied(),
            peers: others.map(|other| votes[other]).collect(),
            log: machine.path(&format!("votes-{number}")),
        };
        tokio::spawn(serve_replica(settings));
    }
    clients
}

async fn initialize(store: &StoreClient, region: &str) {
    let command = Ordered::Initialize { region: RegionName::new(region) };
    for _ in 0..LOOKS_MAX {
        let (by, reason) = (Author::new("test"), "test".to_owned());
        let order = Order { command: command.clone(), by, reason };
        match transition(store, &order).await {
            Ok(_) => return,
            // It does not listen yet.
            Err(_) => sleep(PAUSE).await,
        }
    }
    panic!("the store never answers")
}

fn supervised(mut command: Command, region: &str, endpoints: &[&SocketAddr]) -> Command {
    command.args(["--region", region, "--timing", "600,150,50"]);
    for endpoint in endpoints {
        command.arg("--store").arg(endpoint.to_string());
    }
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_takes_money_and_both_outlive_their_ledger() {
    let machine = Machine::new(Store::Postgres);
    let (server, settings) = machine.database.as_ref().unwrap();
    let ledger = PgLedger::new(settings).unwrap();
    ledger.migrate().await.unwrap();
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    let standby = tokio::task::block_in_place(|| server.start_standby());
    let endpoints = store(&machine);
    let [first, second] = &endpoints[..] else { panic!("two answer") };
    let shared = StoreClient::new(endpoints.clone());
    initialize(&shared, "us-east-1").await;

    let east = supervised(machine.serve_at("127.0.0.1:0", "east"), "us-east-1", &[first, second]);
    let mut west =
        supervised(machine.serve_at("127.0.0.1:0", "west"), "us-west-2", &[second, first]);
    west.env("TIDEOVER_POSTGRES_URL", url(&standby.settings(&settings.database)));
    let (mut east, mut west) = (machine.start_with(east), machine.start_with(west));
    let (in_east, in_west) = (Client::new(east.address), Client::new(west.address));

    let paid = in_east.pay("1", 1, "tok_visa_abcdefgh").await;
    assert_eq!(paid.status, 201, "{}", paid.body);
    in_east.settled(&paid.text("id")).await;
    let refused = in_west.ask("POST /payments", Some("2"), &payment(2, "tok_visa_abcdefgh")).await;
    let refused = refused.unwrap();
    assert_eq!((refused.status, refused.text("code").as_str()), (503, "region_switching"));
    assert_eq!(in_west.ask("GET /health", None, "").await.unwrap().status, 200);
    let ready = in_west.ask("GET /health/ready", None, "").await.unwrap();
    assert_eq!((ready.status, ready.text("code").as_str()), (503, "not_active"));

    tokio::task::block_in_place(|| server.crash());
    let body = payment(3, "tok_visa_abcdefgh");
    let away = in_east.ask("POST /payments", Some("3"), &body).await.unwrap();
    assert_eq!(away.status, 503, "{}", away.body);
    tokio::task::block_in_place(|| server.start());
    assert_eq!(in_east.pay("3", 3, "tok_visa_abcdefgh").await.status, 201);

    assert_eq!(shared.read_record().await.unwrap().unwrap().epoch().number(), 1);
    for service in [&mut east, &mut west] {
        service.let_go();
        let (status, said) = tokio::task::block_in_place(|| service.ended());
        assert!(status.success(), "{said}");
    }
    let lease = shared.read_lease(&RegionName::new("us-east-1")).await.unwrap().unwrap();
    assert_eq!(lease.holders.len(), 0, "it left");
    assert_eq!(ledger.audit().await.unwrap(), []);
}

#[test]
fn what_cannot_be_served_is_said() {
    let machine = Machine::new(Store::Embedded);
    for (timing, said) in [
        ("600,150", "write three numbers of milliseconds, as `10000,3000,2000`"),
        ("300,150,50", "the lease is not longer than two renewal intervals and the clock bound"),
        ("600,150,50", "put its URL into TIDEOVER_POSTGRES_URL"),
    ] {
        let mut command = machine.serve();
        command.args(["--store", "127.0.0.1:1", "--timing", timing]);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(said), "{timing}: {text}");
    }
}
