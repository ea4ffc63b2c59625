//! Leases of the outbox run by the clock that the file was opened with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use notify::{DeliveryChange, EndpointChange, EndpointId, Outbox as _, Remaining};
use payments::{Committed, Epoch, Ledger as _, Time};
use stores::{EmbeddedSettings, EmbeddedStore, Syncing};

use crate::samples::{START_MS, posts};

const HOUR: Duration = Duration::from_secs(3_600);
const HOUR_MS: u64 = 3_600_000;

/// A store, and the hands of its clock.
struct World {
    store: EmbeddedStore,
    now_ms: Arc<AtomicU64>,
    _folder: tempfile::TempDir,
}

impl World {
    /// With so many events of the first epoch.
    async fn new(events: u8) -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        let now_ms = Arc::new(AtomicU64::new(START_MS));
        let hands = Arc::clone(&now_ms);
        let settings = EmbeddedSettings::new(move || Time::from_ms(hands.load(Ordering::Relaxed)));
        let settings = EmbeddedSettings { syncing: Syncing::Never, ..settings };
        let store =
            EmbeddedStore::open(&folder.path().join("store"), settings).expect("the file is new");
        store.raise_epoch(epoch(), "us-east-1").await.expect("it answers");
        for number in 1..=events {
            assert_eq!(store.commit(&posts(number, 1)).await, Committed::Done);
        }
        Self { store, now_ms, _folder: folder }
    }

    fn at(&self, after_start_ms: u64) -> &Self {
        self.now_ms.store(START_MS + after_start_ms, Ordering::Relaxed);
        self
    }

    /// The numbers of the events that are claimed for an hour, each with the number of its claim.
    async fn claim(&self, limit: u32) -> Vec<(u64, u64)> {
        let rows = self.store.claim_events(epoch(), limit, HOUR).await.expect("it is not fenced");
        rows.iter().map(|row| (row.event.account_sequence, row.claims)).collect()
    }
}

fn epoch() -> Epoch {
    Epoch::new(1)
}

#[tokio::test]
async fn a_lease_ends_by_the_clock() {
    let world = World::new(3).await;
    assert_eq!(world.at(0).claim(2).await, [(1, 1), (2, 1)]);
    assert_eq!(world.at(1).claim(2).await, [(3, 1)]);
    assert_eq!(world.at(HOUR_MS - 1).claim(9).await, []);
    assert_eq!(world.at(HOUR_MS).claim(9).await, [(1, 2), (2, 2)]);
    assert_eq!(world.at(HOUR_MS + 1).claim(9).await, [(3, 2)]);
    assert_eq!(world.at(9 * HOUR_MS).claim(2).await, [(1, 3), (2, 3)], "the oldest first");
}

/// What nobody has seen yet is due at any time, by a clock that was set back too.
#[tokio::test]
async fn a_clock_that_is_set_back_holds_up_nothing_new() {
    let world = World::new(1).await;
    assert_eq!(world.at(HOUR_MS).claim(9).await, [(1, 1)]);
    assert_eq!(world.at(0).store.commit(&posts(2, 1)).await, Committed::Done);
    assert_eq!(world.claim(9).await, [(2, 1)]);
    assert_eq!(world.at(2 * HOUR_MS).claim(9).await, [(1, 2), (2, 2)]);
}

/// However much becomes due at once, every claim gets its share, in order.
#[tokio::test]
async fn much_may_be_due_at_once() {
    let world = World::new(200).await;
    let shops: Vec<_> = (0..8).map(|number| EndpointId::parse(&format!("shop-{number}"))).collect();
    let shops: Vec<_> = shops.into_iter().map(|shop| shop.expect("it is a name")).collect();
    for row in world.store.claim_events(epoch(), 200, HOUR).await.unwrap() {
        let event = row.event.draft.id;
        world.store.told(epoch(), event, &shops, Remaining::Nothing).await.unwrap();
    }
    let configured: BTreeMap<_, _> = shops.into_iter().map(|shop| (shop, 1)).collect();
    let claim = async |limit| {
        let claimed =
            world.store.claim_deliveries(epoch(), &configured, limit, HOUR).await.unwrap();
        claimed.into_iter().map(|callback| callback.event.account_sequence).collect::<Vec<_>>()
    };
    assert_eq!(claim(2_000).await.len(), 1_600);
    world.at(2 * HOUR_MS);
    let mut numbers = Vec::new();
    while let claimed = claim(100).await
        && !claimed.is_empty()
    {
        assert_eq!(claimed.len(), 100);
        numbers.extend(claimed);
    }
    let expected: Vec<u64> = (1..=200).flat_map(|number| [number; 8]).collect();
    assert_eq!(numbers, expected);
}

/// A callback that is tried again waits for as long as it was told.
#[tokio::test]
async fn a_callback_waits_for_its_next_try() {
    let world = World::new(1).await;
    let shop = EndpointId::parse("shop").expect("it is a name");
    let row = world.store.claim_events(epoch(), 1, HOUR).await.unwrap()[0];
    let shops = [shop.clone()];
    world.store.told(epoch(), row.event.draft.id, &shops, Remaining::Nothing).await.unwrap();
    let configured = BTreeMap::from([(shop, 1)]);
    let claim =
        async || world.store.claim_deliveries(epoch(), &configured, 9, 2 * HOUR).await.unwrap();
    let callback = claim().await.remove(0);
    let change = EndpointChange::Fails(Time::from_ms(START_MS), 1);
    let again = DeliveryChange::Again(HOUR);
    world.store.tried(epoch(), &callback, again, &change).await.unwrap();
    world.at(HOUR_MS - 1);
    assert_eq!(claim().await, []);
    world.at(HOUR_MS);
    let second = claim().await.remove(0);
    assert_eq!((second.tries, second.claims), (1, 2));
    // Longer than any clock runs.
    world
        .store
        .tried(epoch(), &second, DeliveryChange::Again(Duration::MAX), &change)
        .await
        .unwrap();
    world.at(1_000 * HOUR_MS);
    assert_eq!(claim().await, []);
}
