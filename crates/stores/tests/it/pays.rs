//! A payment from end to end: intents in the embedded store, the ledger in PostgreSQL.

use std::path::Path;

use notify::Outbox as _;
use payments::{
    Acknowledgement, CLAIM_MS, Command, Epoch, Gate, Gatekeeper, Intents, Outcome, PaymentId, Read,
    Reign, Time, pay,
};
use stores::{EmbeddedSettings, EmbeddedStore};

use crate::samples::{START_MS, draft};
use crate::server::Server;

struct Open;

impl Gatekeeper for Open {
    fn gate(&self) -> Gate {
        let epoch = Epoch::new(1);
        Gate::Open(Reign { epoch, nothing_lost_since: epoch })
    }
}

fn command(at_ms: u64) -> Command {
    let id = PaymentId::new(Time::from_ms(START_MS + at_ms), [9; 10]);
    Command::payment(Some("a-key"), draft(1_234), id).expect("key and draft have no faults")
}

fn open(file: &Path) -> EmbeddedStore {
    let settings = EmbeddedSettings::new(|| Time::from_ms(START_MS));
    EmbeddedStore::open(file, settings).expect("nobody else has it open")
}

/// The ledger is away for the first try; the second, with the same key, goes on with the same payment, and a third
/// is told the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_one_payment_whatever_dies_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let intents = open(&file);
    let server = Server::start_new();
    let ledger = server.ledger().await;
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    tokio::task::block_in_place(|| server.crash());
    let first = pay(&Open, &intents, &ledger, &command(0)).await;
    assert_eq!(first.outcome, Outcome::Unresolved);
    let Read::Found(intent) = Intents::read(&intents, &command(0).key()).await else {
        panic!("the intent comes before every effect")
    };
    drop(intents);
    tokio::task::block_in_place(|| server.start());
    let intents = open(&file);
    for attempt in 1..=2 {
        let again = pay(&Open, &intents, &ledger, &command(CLAIM_MS + 1)).await;
        let Outcome::Acknowledged(Acknowledgement::Payment { id, .. }, _) = again.outcome else {
            panic!("try {attempt}: {again:?}")
        };
        assert_eq!(id, intent.movement.payment());
    }
    assert_eq!(ledger.claim_events(Epoch::new(1), 10, CLAIM).await.unwrap().len(), 1);
    assert_eq!(ledger.audit().await.unwrap(), []);
}

const CLAIM: std::time::Duration = std::time::Duration::from_millis(CLAIM_MS);
