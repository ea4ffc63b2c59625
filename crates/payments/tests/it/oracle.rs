//! The judge: brings a world to rest, then says what must hold whatever happened in it.

use std::collections::{BTreeMap, BTreeSet};

use payments::{
    Acknowledgement, Command, Fate, IntentState, MovementId, Outcome, Phase, ProcessorKey,
    ScopedKey, State, audit_books, audit_records,
};

use crate::bank::accepts;
use crate::task::{Done, Job};
use crate::world::World;

/// Lets everything arrive, reconciles, and works the outbox off, until nothing is left to do.
pub(crate) fn bring_to_rest(world: &World) {
    world.deliver();
    for _ in 0..30 {
        if reconcile(world) + work_off(world) == 0 {
            return;
        }
    }
    panic!("it does not come to rest");
}

/// How many intents it had to see to.
fn reconcile(world: &World) -> usize {
    let missing = world.missing();
    for intent in &missing {
        world.run(Job::Quarantine(intent.clone()), Vec::new());
    }
    let held = world.held();
    for intent in &held {
        world.run(Job::Settle(intent.clone()), Vec::new());
    }
    missing.len() + held.len()
}

/// How many movements it had to see to.
fn work_off(world: &World) -> usize {
    let is_open = |state: &Option<State>| state.is_some_and(|state| !state.is_final());
    let movements = world.with(|inner| inner.ledger().movements());
    let open: Vec<_> = movements.into_iter().filter(|(_, state)| is_open(state)).collect();
    for (movement, _) in &open {
        world.run(Job::Work(*movement), Vec::new());
    }
    open.len()
}

/// What clients were told for good, by key. Panics when one key was told two things.
fn told(world: &World) -> BTreeMap<ScopedKey, Result<Acknowledgement, payments::Refusal>> {
    let mut told = BTreeMap::new();
    for (key, outcome) in world.with(|inner| inner.told.clone()) {
        let last_word = match outcome {
            Outcome::Acknowledged(acknowledgement, _) => Ok(acknowledgement),
            // This one uses no key up.
            Outcome::Refused(payments::Refusal::PaymentMissing, _) => continue,
            Outcome::Refused(refusal, _) => Err(refusal),
            _ => continue,
        };
        let first = told.entry(key).or_insert_with(|| last_word.clone());
        assert_eq!(*first, last_word, "one key was told two things");
    }
    told
}

/// Nothing that was acknowledged is missing from ledger ∪ quarantine. Holds whenever a gate is
/// open.
pub(crate) fn nothing_acknowledged_is_missing(world: &World) {
    let held: BTreeSet<MovementId> = world.with(|inner| {
        let held = inner.intents.values().filter(|intent| intent.state == IntentState::Quarantined);
        held.map(|intent| intent.movement).chain(inner.overlooked.clone()).collect()
    });
    let known: BTreeSet<MovementId> = world.with(|inner| {
        inner.ledger().movements().into_iter().map(|(movement, _)| movement).collect()
    });
    for acknowledgement in told(world).values().flatten() {
        let movement = acknowledgement.movement();
        assert!(
            known.contains(&movement) || held.contains(&movement),
            "{movement} was acknowledged and is missing"
        );
    }
}

/// Money moved outside once at most for each key, at any time.
pub(crate) fn nothing_moved_twice(world: &World) {
    world.with(|inner| {
        for (key, charge) in &inner.bank.charges {
            assert!(charge.moved <= 1, "{key} moved money {} times", charge.moved);
        }
    });
}

/// No two payments or refunds come from one key, at any time.
pub(crate) fn one_movement_for_each_key(world: &World) {
    world.with(|inner| {
        let mut seen = BTreeMap::new();
        for record in inner.ledger().records.values() {
            for (movement, _) in record.movements() {
                let other = seen.insert(record.key(movement), movement);
                assert_eq!(other, None, "one key made this and {movement}");
            }
        }
    });
}

/// Books are whole and agree with the records, at any time.
pub(crate) fn books_are_whole(world: &World) {
    world.with(|inner| {
        let postings = inner.ledger().postings();
        assert_eq!(audit_books(&postings), []);
        assert_eq!(audit_records(inner.ledger().records.values(), &postings), []);
    });
}

/// Events have one id each, and numbers without gaps in each account.
fn events_are_numbered(world: &World) {
    world.with(|inner| {
        let events = &inner.ledger().events;
        let ids: BTreeSet<_> = events.iter().map(|event| event.draft.id).collect();
        assert_eq!(ids.len(), events.len(), "an event has an id of its own");
        let numbers: Vec<u64> = events.iter().map(|event| event.account_sequence).collect();
        assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>(), "one account, no gaps");
    });
}

/// Every movement in the ledger has ended as the processor says, and no other has moved money.
fn ledger_and_processor_agree(world: &World) {
    world.with(|inner| {
        let mut moved: BTreeSet<ProcessorKey> = inner
            .bank
            .charges
            .iter()
            .filter(|(_, charge)| charge.moved > 0)
            .map(|(key, _)| *key)
            .collect();
        for (movement, state) in inner.ledger().movements() {
            let has_moved = moved.remove(&ProcessorKey::of(movement));
            match state {
                Some(State::Succeeded) => {
                    assert!(has_moved, "{movement} succeeded and moved nothing")
                }
                Some(State::Declined) | None => {
                    assert!(!has_moved, "{movement} moved money against its state")
                }
                Some(state) => panic!("{movement} is at rest as {state:?}"),
            }
        }
        assert!(moved.is_empty(), "money moved that the ledger knows nothing of: {moved:?}");
    });
}

/// A payment whose card has the money has succeeded, whatever became of the calls for it: it was
/// promised when it was acknowledged.
fn what_the_card_accepts_succeeds(world: &World) {
    world.with(|inner| {
        for record in inner.ledger().records.values() {
            let accepts = accepts(record.order.money().amount.minor_units());
            let expected = if accepts { State::Succeeded } else { State::Declined };
            assert_eq!(record.state, expected, "{}", record.id);
        }
    });
}

/// What the books say the processor holds is what it holds.
fn books_and_processor_agree(world: &World) {
    world.with(|inner| {
        let sign = |key: ProcessorKey| if key.to_string().starts_with("pay_") { 1 } else { -1 };
        let outside: i64 = inner
            .bank
            .charges
            .iter()
            .map(|(key, charge)| sign(*key) * charge.minor_units * i64::from(charge.moved))
            .sum();
        let transfers =
            inner.ledger().history.iter().flat_map(|transaction| &transaction.transfers);
        let posted = transfers.filter(|transfer| transfer.id.phase == Phase::Posted);
        let inside: i64 = posted
            .map(|transfer| match transfer.id.movement {
                MovementId::Payment(_) => transfer.money.amount.minor_units(),
                MovementId::Refund(..) => -transfer.money.amount.minor_units(),
            })
            .sum();
        assert_eq!(inside, outside, "money inside and outside");
        assert!(outside >= 0, "more was given back than taken");
    });
}

/// Refunds that moved money are within what the payment moved.
fn refunds_are_covered(world: &World) {
    world.with(|inner| {
        for record in inner.ledger().records.values() {
            let refunds = record.refunds.values();
            let given_back: i64 = refunds
                .filter(|refund| refund.fate == Fate::Taken(State::Succeeded))
                .map(|refund| refund.amount.minor_units())
                .sum();
            assert!(
                given_back <= record.captured().minor_units(),
                "{} is refunded too much",
                record.id
            );
        }
    });
}

/// Ends a world: everything comes to rest, every request is sent once more and told its outcome,
/// which is the one that was told before; and everything that must hold does.
pub(crate) fn judge(world: &World, again: impl IntoIterator<Item = Command>) {
    nothing_moved_twice(world);
    bring_to_rest(world);
    // What was overlooked has been found by now.
    world.with(|inner| inner.overlooked.clear());
    nothing_acknowledged_is_missing(world);
    for command in again {
        match world.run(Job::Request(Box::new(command)), Vec::new()) {
            Some(Done::Told(
                Outcome::Acknowledged(..) | Outcome::Refused(..) | Outcome::KeyReused,
            )) => {}
            other => panic!("nothing stands in the way, and yet: {other:?}"),
        }
    }
    bring_to_rest(world);
    told(world);
    nothing_acknowledged_is_missing(world);
    nothing_moved_twice(world);
    one_movement_for_each_key(world);
    books_are_whole(world);
    events_are_numbered(world);
    ledger_and_processor_agree(world);
    what_the_card_accepts_succeeds(world);
    books_and_processor_agree(world);
    refunds_are_covered(world);
}
