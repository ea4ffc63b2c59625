//! The judge: brings a world to rest, then says what must hold whatever happened in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use notify::{DeliveryChange, Secret, event_json, receipt, sign};
use payments::{Event, PaymentRecord, ProcessorKey, State, Transfer, audit_books, audit_records};

use crate::support::SECRET;
use crate::task::{Done, Job};
use crate::world::{Inner, TAKEN, World, configuration};

/// Lets time pass and works everything off, until nothing is left to do. Receivers answer again, and the configuration
/// can be read, under a later revision, so that endpoints that were disabled are enabled.
pub(crate) fn bring_to_rest(world: &World) {
    world.with(|inner| {
        inner.receivers.clear();
        inner.endpoints = Some(Arc::new(configuration(100)));
    });
    for _ in 0..40 {
        // Longer than anything waits.
        world.pass(30 * 60 * 60 * 1_000);
        if work_off(world, Job::Tell) + work_off(world, Job::Deliver) == 0 {
            return;
        }
    }
    panic!("it does not come to rest");
}

/// How many it had to see to.
fn work_off(world: &World, job: Job) -> usize {
    let is_busy = |_: &usize| world.run(job.clone(), Vec::new()) != Some(Done::Idle);
    (0..).take_while(is_busy).count()
}

fn events(inner: &Inner) -> Vec<Event> {
    inner.ledger.rows.iter().map(|row| row.event).collect()
}

/// Nothing is told but events of the ledger, by any channel, and always with the same bytes. Holds at any time.
pub(crate) fn only_what_is_true_is_told(world: &World) {
    world.with(|inner| {
        let jsons: BTreeSet<String> = events(inner).iter().map(event_json).collect();
        let receipts = inner.receipts.values().flatten();
        let bodies = inner.received.iter().map(|(request, _)| &request.body);
        for json in inner.published.iter().chain(receipts).chain(bodies) {
            assert!(jsons.contains(json), "nobody wrote this event: {json}");
        }
    });
}

/// Each callback is planned once, and only for endpoints that want it. Holds at any time.
pub(crate) fn nothing_is_planned_twice(world: &World) {
    world.with(|inner| {
        let mut seen = BTreeSet::new();
        for callback in &inner.ledger.callbacks {
            let plan = (callback.event.draft.id, callback.endpoint.clone());
            assert!(seen.insert(plan.clone()), "planned twice: {plan:?}");
        }
    });
}

/// Money moved once at most for each key, and never more went back than was taken. Holds at any time.
pub(crate) fn nothing_moved_twice(world: &World) {
    world.with(|inner| {
        let movements = inner.processor.movements();
        let keys: BTreeSet<_> = movements.iter().map(|moved| &moved.key).collect();
        assert_eq!(keys.len(), movements.len(), "a key moved money twice: {movements:?}");
    });
}

/// Books are whole and agree with the records. Holds at any time.
pub(crate) fn books_are_whole(world: &World) {
    world.with(|inner| {
        let transfers = inner.ledger.transfers.iter();
        let postings: Vec<_> = transfers.flat_map(Transfer::postings).collect();
        assert_eq!(audit_books(&postings), []);
        assert_eq!(audit_records(inner.ledger.records.values(), &postings), []);
    });
}

/// Every event was published, has its receipt if it is a last word, and its row is done.
fn everything_is_told(inner: &Inner) {
    let published: BTreeSet<&String> = inner.published.iter().collect();
    let receipts: BTreeMap<_, _> = events(inner)
        .iter()
        .filter_map(receipt)
        .map(|receipt| (receipt.name, receipt.json))
        .collect();
    for row in &inner.ledger.rows {
        assert!(row.is_told && row.is_done, "{:?} is left over", row.event);
        assert!(published.contains(&event_json(&row.event)), "{:?} was not published", row.event);
    }
    let last = |jsons: &Vec<String>| jsons.last().cloned();
    let put: BTreeMap<_, _> = inner
        .receipts
        .iter()
        .filter_map(|(name, jsons)| Some((name.clone(), last(jsons)?)))
        .collect();
    assert_eq!(put, receipts);
}

/// Every callback that is due by the configuration was planned, and ended; what counts as delivered was taken.
fn every_callback_has_ended(inner: &Inner) {
    let endpoints = configuration(1);
    let due: BTreeSet<_> = events(inner)
        .iter()
        .flat_map(|event| endpoints.of(event).into_iter().map(|id| (event.draft.id, id)))
        .collect();
    let ended = inner.ledger.callbacks.iter().filter(|callback| callback.end.is_some());
    let ended: BTreeSet<_> =
        ended.map(|callback| (callback.event.draft.id, callback.endpoint.clone())).collect();
    assert_eq!(ended, due);
    let delivered = inner.ledger.callbacks.iter();
    for callback in delivered.filter(|callback| callback.end == Some(DeliveryChange::Delivered)) {
        let json = event_json(&callback.event);
        let url = endpoints.get(&callback.endpoint).unwrap().url();
        let mut tries = inner.received.iter().filter(|(request, _)| request.url == url);
        let is_taken = tries.any(|(request, called)| request.body == json && *called == TAKEN);
        assert!(is_taken, "nobody took it: {json}");
    }
}

/// Every request has a signature that its receiver can check.
fn everything_is_signed(inner: &Inner) {
    let secrets = [Secret::parse(SECRET).unwrap()];
    for (request, _) in &inner.received {
        let header = |name: &str| {
            let mut headers = request.headers.iter();
            headers.find(|(known, _)| *known == name).map(|(_, value)| value.as_str()).unwrap()
        };
        let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
        let expected = sign(&secrets, id, at.parse().unwrap(), &request.body);
        assert_eq!(header("webhook-signature"), expected);
        assert!(request.body.contains(&format!("\"id\":\"{id}\"")), "the id is the event's");
    }
}

/// Every movement has ended as the processor says, and no other has moved money.
fn ledger_and_processor_agree(inner: &Inner) {
    let mut moved: BTreeSet<String> =
        inner.processor.movements().iter().map(|moved| moved.key.clone()).collect();
    let movements = inner.ledger.records.values().flat_map(PaymentRecord::movements);
    for (movement, state) in movements {
        let has_moved = moved.remove(&ProcessorKey::of(movement).to_string());
        match state {
            Some(State::Succeeded) => assert!(has_moved, "{movement} succeeded and moved nothing"),
            Some(State::Declined) | None => assert!(!has_moved, "{movement} moved money"),
            Some(state) => panic!("{movement} is at rest as {state:?}"),
        }
    }
    assert!(moved.is_empty(), "money moved that the ledger knows nothing of: {moved:?}");
}

/// What must hold at any time.
pub(crate) fn always(world: &World) {
    only_what_is_true_is_told(world);
    nothing_is_planned_twice(world);
    nothing_moved_twice(world);
    books_are_whole(world);
}

/// Ends a world: everything comes to rest, and everything that must hold does.
pub(crate) fn judge(world: &World) {
    always(world);
    bring_to_rest(world);
    always(world);
    world.with(|inner| {
        everything_is_told(inner);
        every_callback_has_ended(inner);
        everything_is_signed(inner);
        ledger_and_processor_agree(inner);
    });
}
