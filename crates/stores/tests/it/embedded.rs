//! The store in one file: the contract, its owner, and writes that nobody waits for.

mod control;
mod crashes;
mod damage;
mod leases;

use std::path::Path;
use std::task::Poll;

use payments::{
    Attempt, Claim, Committed, Epoch, Fingerprint, Intent, IntentState, IntentWrite, Intents,
    Ledger, MovementId, Order, Read, Revision, ScopedKey, Time, Written,
};
use stores::{EmbeddedSettings, EmbeddedStore, StoreError, Syncing};
use tokio::task::JoinSet;

use crate::samples::{START_MS, draft, payment_id, posts};
use crate::{contract, telling};

fn open(file: &Path, syncing: Syncing) -> Result<EmbeddedStore, StoreError> {
    let settings = EmbeddedSettings::new(|| Time::from_ms(START_MS));
    EmbeddedStore::open(file, EmbeddedSettings { syncing, ..settings })
}

macro_rules! promises {
    ($($room:ident::$name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("store");
            $room::$name(open(&file, Syncing::Never).unwrap()).await;
        }
    )*};
}

promises! {
    contract::commits_conflicts_and_fences
    contract::lists_and_balances
    contract::raises_the_epoch
    contract::takes_a_payment_once
    contract::writes_nothing_after_the_epoch
    telling::calls_whom_it_may
    telling::gives_each_row_to_one
    telling::keeps_endpoints
    telling::leases_callbacks
    telling::leaves_room_for_every_endpoint
    telling::leases_events
    telling::obeys_its_epoch
}

#[tokio::test]
async fn a_file_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let owner = open(&file, Syncing::Always).unwrap();
    owner.raise_epoch(Epoch::new(3), "us-east-1").await.unwrap();
    let other = open(&file, Syncing::Always);
    assert!(matches!(other, Err(StoreError::Unavailable(_))), "{other:?}");
    drop(owner);
    let next = open(&file, Syncing::Always).unwrap();
    assert_eq!(next.current_epoch().await.unwrap(), Epoch::new(3));
}

/// Whoever does not wait for an answer loses that only, and the store closes when it has written what waits.
#[tokio::test]
async fn what_nobody_waits_for_is_written_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let store = open(&file, Syncing::Always).unwrap();
    store.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    for number in 1..=100 {
        let transaction = posts(number, 1);
        let mut commit = std::pin::pin!(store.commit(&transaction));
        // It has a place then, and most often no answer.
        let asked = std::future::poll_fn(|context| Poll::Ready(commit.as_mut().poll(context)));
        let _ = asked.await;
    }
    drop(store);
    let store = open(&file, Syncing::Always).unwrap();
    for number in 1..=100 {
        let found = Ledger::read(&store, payment_id(number)).await;
        assert!(matches!(found, Read::Found(_)), "payment {number}: {found:?}");
    }
    assert_eq!(store.audit().await.unwrap(), []);
}

/// One write that fails takes no other along, whatever turn they share.
#[tokio::test]
async fn a_write_that_fails_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("store"), Syncing::Never).unwrap();
    store.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 1..=100 {
        let store = store.clone();
        tasks.spawn(async move {
            let written = Intents::write(&store, &of_an_intent_that_is_gone(number)).await;
            (store.commit(&posts(number, 1)).await, written)
        });
    }
    for answers in tasks.join_all().await {
        assert_eq!(answers, (Committed::Done, Written::Unavailable));
    }
    assert_eq!(store.audit().await.unwrap(), []);
}

/// A write over an intent that was read from another file.
fn of_an_intent_that_is_gone(number: u8) -> IntentWrite {
    let movement = MovementId::Payment(payment_id(number));
    let intent = Intent {
        key: ScopedKey::from_bytes([number; 32]),
        fingerprint: Fingerprint::from_bytes([number; 32]),
        movement,
        order: Order::Payment(draft(1_000).check().expect("the draft has no faults")),
        epoch: Epoch::new(1),
        state: IntentState::Accepted,
        claim: Claim { by: Attempt::new(movement), until: Time::from_ms(START_MS) },
        revision: Revision(2),
    };
    IntentWrite { expects: Some(Revision(1)), intent }
}
