//! What every outbox promises.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use notify::{
    ClaimedDelivery, ClaimedEvent, DeliveryChange, DisabledBecause, EndpointChange, EndpointId,
    EndpointState, Outbox, OutboxFault, Remaining,
};
use payments::{Committed, Epoch, Event, Time};
use tokio::task::JoinSet;

use crate::contract::Store;
use crate::samples::{START_MS, posts, succeeds};

const NOW: Duration = Duration::ZERO;
const HOUR: Duration = Duration::from_secs(3_600);

fn first() -> Epoch {
    Epoch::new(1)
}

fn at(after_start_ms: u64) -> Time {
    Time::from_ms(START_MS + after_start_ms)
}

fn name(text: &str) -> EndpointId {
    EndpointId::parse(text).expect("it is a name")
}

/// Writes so many payments, with an event each.
async fn with_events(store: &impl Store, count: u8) {
    store.raise(1).await;
    for number in 1..=count {
        assert_eq!(store.commit(&posts(number, 1)).await, Committed::Done);
    }
}

async fn claim(store: &impl Outbox, lease: Duration) -> Vec<ClaimedEvent> {
    store.claim_events(first(), 1_000, lease).await.expect("it is not fenced")
}

/// One event that is told to these endpoints.
async fn with_callbacks(store: &(impl Store + Outbox), endpoints: &[&str]) -> Event {
    with_events(store, 1).await;
    let event = claim(store, HOUR).await[0].event;
    let endpoints: Vec<_> = endpoints.iter().copied().map(name).collect();
    store.told(first(), event.draft.id, &endpoints, Remaining::Nothing).await.expect("it is noted");
    event
}

/// Claims callbacks of the endpoints that are configured with these revisions.
async fn callbacks(
    store: &impl Outbox,
    configured: &[(&str, u64)],
    lease: Duration,
) -> Vec<ClaimedDelivery> {
    let configured = configured.iter().map(|(text, revision)| (name(text), *revision)).collect();
    store.claim_deliveries(first(), &configured, 1_000, lease).await.expect("it is not fenced")
}

async fn tried(
    store: &impl Outbox,
    claimed: &ClaimedDelivery,
    delivery: DeliveryChange,
    endpoint: EndpointChange,
) {
    store.tried(first(), claimed, delivery, &endpoint).await.expect("it is noted");
}

async fn state(store: &impl Outbox, endpoint: &str) -> EndpointState {
    store.endpoints().await.expect("it answers").remove(&name(endpoint)).expect("it is known")
}

/// A row is held until its lease ends, is given back by who holds it only, and is claimed no more when it is done.
pub(crate) async fn leases_events(store: impl Store + Outbox) {
    with_events(&store, 2).await;
    assert_eq!(store.commit(&succeeds(&posts(1, 1))).await, Committed::Done);
    let lapsed = claim(&store, NOW).await;
    let numbers: Vec<_> = lapsed.iter().map(|row| row.event.account_sequence).collect();
    assert_eq!(numbers, [1, 2, 3], "the oldest first");
    assert_eq!(lapsed[2].event.draft, succeeds(&posts(1, 1)).events[0]);
    let held = claim(&store, HOUR).await;
    assert_eq!(held.iter().map(|row| row.claims).collect::<Vec<_>>(), [2, 2, 2]);
    assert_eq!(claim(&store, HOUR).await, [], "they are held");
    store.postpone(first(), &lapsed[0], NOW).await.expect("it is no fault");
    assert_eq!(claim(&store, HOUR).await, [], "it is not this claim's any more");
    let [one, two, three] = held[..] else { panic!("{held:?}") };
    for row in [one, two, three] {
        store.postpone(first(), &row, NOW).await.expect("it is given back");
    }
    store.told(first(), one.event.draft.id, &[], Remaining::Settling).await.expect("it is noted");
    store.done(first(), one.event.draft.id).await.expect("it is noted");
    store.told(first(), two.event.draft.id, &[], Remaining::Nothing).await.expect("it is noted");
    store.told(first(), three.event.draft.id, &[], Remaining::Settling).await.expect("it is noted");
    store.postpone(first(), &one, NOW).await.expect("it is no fault");
    let rest = claim(&store, NOW).await;
    assert_eq!(rest, [ClaimedEvent { claims: 3, is_told: true, ..three }]);
    store.done(first(), three.event.draft.id).await.expect("it is noted");
    assert_eq!(claim(&store, NOW).await, []);
}

/// Of workers that claim at once, each gets rows of its own.
pub(crate) async fn gives_each_row_to_one(store: impl Store + Outbox) {
    with_events(&store, 20).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut mine = Vec::new();
            while let rows = store.claim_events(first(), 3, HOUR).await.expect("it is not fenced")
                && !rows.is_empty()
            {
                assert!(rows.len() <= 3);
                mine.extend(rows.into_iter().map(|row| row.event.account_sequence));
            }
            mine
        });
    }
    let mut all: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    // Whoever passed over rows that another was claiming may have left some, and nobody got one twice.
    all.extend(claim(&store, HOUR).await.into_iter().map(|row| row.event.account_sequence));
    all.sort_unstable();
    assert_eq!(all, (1..=20).collect::<Vec<_>>());
}

/// A callback is planned once, is held until its lease ends, and ends by the word of who holds it, or by having been
/// delivered.
pub(crate) async fn leases_callbacks(store: impl Store + Outbox) {
    let event = with_callbacks(&store, &["shop"]).await;
    let shop = [("shop", 1)];
    let again = [name("shop")];
    store.told(first(), event.draft.id, &again, Remaining::Nothing).await.expect("it is no fault");
    let lapsed = callbacks(&store, &shop, NOW).await;
    let [lapsed] = &lapsed[..] else { panic!("{lapsed:?}") };
    assert_eq!((lapsed.event, &lapsed.endpoint, lapsed.tries), (event, &name("shop"), 0));
    let held = callbacks(&store, &shop, HOUR).await.remove(0);
    assert_eq!((lapsed.claims, held.claims), (1, 2));
    assert_eq!(callbacks(&store, &shop, HOUR).await, [], "it is held");
    tried(&store, lapsed, DeliveryChange::GivenUp, EndpointChange::Fails(at(1), 1)).await;
    assert_eq!(state(&store, "shop").await, EndpointState { waiting: 1, ..Default::default() });
    tried(&store, &held, DeliveryChange::Again(NOW), EndpointChange::Fails(at(2), 1)).await;
    let second = callbacks(&store, &shop, NOW).await.remove(0);
    assert_eq!((second.tries, second.state.failing_since), (1, Some(at(2))));
    let third = callbacks(&store, &shop, HOUR).await.remove(0);
    // The second try is late, and was taken all the same.
    tried(&store, &second, DeliveryChange::Delivered, EndpointChange::Works(1)).await;
    assert_eq!(state(&store, "shop").await, EndpointState::default());
    tried(&store, &third, DeliveryChange::GivenUp, EndpointChange::Fails(at(3), 1)).await;
    assert_eq!(state(&store, "shop").await, EndpointState::default(), "it had ended");
    store.told(first(), event.draft.id, &again, Remaining::Nothing).await.expect("it is no fault");
    assert_eq!(callbacks(&store, &shop, NOW).await, [], "it is not planned again");
}

/// Callbacks to endpoints that are not configured, or disabled at their revision, wait.
pub(crate) async fn calls_whom_it_may(store: impl Store + Outbox) {
    let event = with_callbacks(&store, &["gone", "left", "shop"]).await;
    let all = [("gone", 5), ("left", 1), ("shop", 1)];
    let gone = callbacks(&store, &all, NOW).await.remove(0);
    assert_eq!((gone.event, &gone.endpoint), (event, &name("gone")));
    let change = EndpointChange::Disabled(DisabledBecause::Gone, at(1), 5);
    tried(&store, &gone, DeliveryChange::Again(NOW), change).await;
    let claimed = async |configured: &[(&str, u64)]| {
        let claimed = callbacks(&store, configured, NOW).await;
        claimed.iter().map(|callback| callback.endpoint.to_string()).collect::<BTreeSet<_>>()
    };
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(claimed(&[("gone", 4), ("shop", 1)]).await, names(&["shop"]));
    assert_eq!(claimed(&[("gone", 5), ("shop", 1)]).await, names(&["shop"]));
    assert_eq!(claimed(&[("gone", 6), ("shop", 1)]).await, names(&["gone", "shop"]));
    assert_eq!(claimed(&[]).await, names(&[]));
    assert_eq!(claimed(&[("left", 1), ("new", 1)]).await, names(&["left"]));
    let shop = BTreeMap::from([(name("shop"), 1)]);
    assert_eq!(store.claim_deliveries(first(), &shop, 0, HOUR).await, Ok(vec![]));
}

/// An endpoint with many callbacks leaves room for those of others, and needs none while it is alone.
pub(crate) async fn leaves_room_for_every_endpoint(store: impl Store + Outbox) {
    with_events(&store, 100).await;
    let events = claim(&store, HOUR).await;
    for (number, row) in (1..).zip(&events) {
        let endpoints = if number < events.len() { vec!["busy"] } else { vec!["busy", "shop"] };
        let endpoints: Vec<_> = endpoints.into_iter().map(name).collect();
        let id = row.event.draft.id;
        store.told(first(), id, &endpoints, Remaining::Nothing).await.expect("it is noted");
    }
    let both = BTreeMap::from([(name("busy"), 1), (name("shop"), 1)]);
    for expected in [&["busy", "busy", "shop"][..], &["busy"; 8]] {
        let claimed = store.claim_deliveries(first(), &both, 8, HOUR).await;
        let claimed = claimed.expect("it is not fenced");
        let names: Vec<_> = claimed.iter().map(|callback| callback.endpoint.as_str()).collect();
        assert_eq!(names, expected);
    }
}

/// What tries say of an endpoint adds up, and is seen.
pub(crate) async fn keeps_endpoints(store: impl Store + Outbox) {
    with_callbacks(&store, &["shop"]).await;
    let known = store.endpoints().await.expect("it answers");
    assert_eq!(
        known,
        BTreeMap::from([(name("shop"), EndpointState { waiting: 1, ..Default::default() })])
    );
    let mut callback = callbacks(&store, &[("shop", 1)], NOW).await.remove(0);
    assert_eq!(callback.state.waiting, 1);
    for (again, since) in [(5, 5), (3, 3), (9, 3)] {
        let change = EndpointChange::Fails(at(again), 1);
        tried(&store, &callback, DeliveryChange::Again(NOW), change).await;
        callback = callbacks(&store, &[("shop", 1)], NOW).await.remove(0);
        assert_eq!(callback.state.failing_since, Some(at(since)));
    }
    tried(&store, &callback, DeliveryChange::GivenUp, EndpointChange::Unchanged).await;
    let given_up = EndpointState { failing_since: Some(at(3)), given_up: 1, ..Default::default() };
    assert_eq!(state(&store, "shop").await, given_up);
    let gone = EndpointChange::Disabled(DisabledBecause::Gone, at(10), 7);
    let late = ClaimedDelivery { claims: 0, ..callback };
    tried(&store, &late, DeliveryChange::Again(NOW), gone).await;
    assert_eq!(state(&store, "shop").await, given_up, "not the claim's that is held");
    tried(&store, &late, DeliveryChange::Delivered, EndpointChange::Works(1)).await;
    let works = EndpointState { given_up: 1, ..Default::default() };
    assert_eq!(state(&store, "shop").await, works);
}

/// A worker of another epoch gets and changes nothing, and is told the ledger's.
pub(crate) async fn obeys_its_epoch(store: impl Store + Outbox) {
    let event = with_callbacks(&store, &["shop"]).await;
    assert_eq!(store.commit(&posts(2, 1)).await, Committed::Done);
    let row = claim(&store, NOW).await.remove(0);
    let callback = callbacks(&store, &[("shop", 1)], NOW).await.remove(0);
    store.raise(2).await;
    let fenced = OutboxFault::Fenced(Epoch::new(2));
    let (id, shop) = (row.event.draft.id, BTreeMap::from([(name("shop"), 1)]));
    assert_eq!(store.claim_events(first(), 9, NOW).await, Err(fenced));
    assert_eq!(store.told(first(), id, &[], Remaining::Nothing).await, Err(fenced));
    assert_eq!(store.done(first(), id).await, Err(fenced));
    assert_eq!(store.postpone(first(), &row, HOUR).await, Err(fenced));
    assert_eq!(store.claim_deliveries(first(), &shop, 9, NOW).await, Err(fenced));
    let delivered = DeliveryChange::Delivered;
    let works = EndpointChange::Works(1);
    assert_eq!(store.tried(first(), &callback, delivered, &works).await, Err(fenced));
    let second = Epoch::new(2);
    let claimed = store.claim_events(second, 9, NOW).await.expect("it is the ledger's epoch");
    assert_eq!(claimed, [ClaimedEvent { claims: 2, ..row }], "nothing was changed");
    let callbacks = store.claim_deliveries(second, &shop, 9, NOW).await.expect("it is as well");
    assert_eq!(callbacks.len(), 1);
    assert_eq!((callbacks[0].event, callbacks[0].claims, callbacks[0].tries), (event, 2, 0));
}
