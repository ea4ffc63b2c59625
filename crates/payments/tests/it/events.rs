//! Events: which are told, their ids and numbers, and who may tell them.

use std::collections::BTreeSet;

use expect_test::expect;
use payments::{Epoch, Event, EventKind, Gate, MovementId, Publishing, Reign, may_publish};

use crate::support::{pay_command, payment, refund, refund_command};
use crate::table::{check, name};
use crate::task::Job;
use crate::world::World;

fn told(events: &[Event]) -> String {
    let lines = events.iter().map(|event| {
        let draft = &event.draft;
        let (kind, movement, money) = (draft.kind, draft.movement, draft.money);
        format!("{} {kind:<18} {movement} {money} {:?}\n", event.account_sequence, draft.epoch)
    });
    lines.collect()
}

/// One payment, charged, and one refund of it, given back.
fn whole_life() -> World {
    let world = World::new();
    world.ask(pay_command("a", 1000, payment(1)));
    world.run(Job::Work(MovementId::Payment(payment(1))), Vec::new());
    world.ask(refund_command("b", payment(1), Some(400), refund(2)));
    world.run(Job::Work(MovementId::Refund(payment(1), refund(2))), Vec::new());
    world
}

#[test]
fn events_of_a_whole_life() {
    let events = whole_life().with(|inner| inner.ledger().events.clone());
    expect![[r#"
        1 payment.posted     pay_01KANAR9G0ZZZZZZZZZW000001 EUR 10.00 epoch 1
        2 payment.succeeded  pay_01KANAR9G0ZZZZZZZZZW000001 EUR 10.00 epoch 1
        3 refund.posted      ref_01KANAR9G0ZZZZZZZZZW000002 EUR 4.00 epoch 1
        4 refund.succeeded   ref_01KANAR9G0ZZZZZZZZZW000002 EUR 4.00 epoch 1
    "#]]
    .assert_eq(&told(&events));
}

#[test]
fn a_refusal_is_no_event() {
    let world = whole_life();
    let before = world.with(|inner| inner.ledger().events.len());
    world.ask(refund_command("c", payment(1), Some(601), refund(3)));
    assert_eq!(world.with(|inner| inner.ledger().events.len()), before);
}

#[test]
fn what_is_written_again_after_a_loss_has_the_ids_that_receivers_know() {
    let world = whole_life();
    let before = world.with(|inner| inner.ledger().events.clone());
    // Everything is lost; the processor still knows.
    world.fail_over(usize::MAX);
    for _ in 0..4 {
        for intent in world.with(|inner| inner.intents.values().cloned().collect::<Vec<_>>()) {
            world.run(Job::Settle(intent), Vec::new());
        }
    }
    let after = world.with(|inner| inner.ledger().events.clone());
    let ids = |events: &[Event]| events.iter().map(|event| event.draft.id).collect::<BTreeSet<_>>();
    assert_eq!(ids(&before), ids(&after));
    assert_eq!(after.len(), 4);
    assert_eq!(after[3].draft.epoch, Epoch::new(2));
}

#[test]
fn only_what_was_posted_calls_the_processor() {
    let calling: Vec<&str> = EventKind::ALL
        .into_iter()
        .filter(|kind| kind.calls_processor())
        .map(EventKind::name)
        .collect();
    assert_eq!(calling, ["payment.posted", "refund.posted"]);
    for kind in EventKind::ALL {
        assert_eq!(EventKind::find(kind.name()), Some(kind));
    }
}

#[test]
fn who_may_tell() {
    check::<4>(
        "
        row | ledger | gate   | may
        ----+--------+--------+-----------
        3   | 3      | 3      | allowed
        1   | 3      | 3      | allowed
        3   | 3      | closed | gateclosed
        1   | 3      | closed | gateclosed
        3   | 3      | 2      | epochover
        2   | 3      | 2      | epochover
        3   | 3      | 4      | epochahead
        4   | 3      | 3      | epochahead
        ",
        |[row, ledger, gate, _]| {
            if *row == "row" {
                return "may".to_owned();
            }
            let epoch = |cell: &str| Epoch::new(cell.parse().unwrap());
            let gate = match *gate {
                "closed" => Gate::Closed,
                open => Gate::Open(Reign { epoch: epoch(open), nothing_lost_since: Epoch::new(1) }),
            };
            name(may_publish(epoch(row), epoch(ledger), gate))
        },
    );
}

/// The old Region comes back with rows that the new one never saw: it may tell none of them.
#[test]
fn a_region_that_returns_tells_nothing() {
    let world = whole_life();
    world.fail_over(3);
    let (old, current) = world.with(|inner| (inner.sites[1 - inner.active].clone(), inner.epoch()));
    assert_eq!(old.ledger.events.len(), 4);
    for event in &old.ledger.events {
        let may = may_publish(event.draft.epoch, old.ledger.epoch.unwrap(), old.gate);
        assert_eq!(may, Publishing::GateClosed);
        // Even with a gate that should have closed.
        let stale = Gate::Open(Reign { epoch: Epoch::new(1), nothing_lost_since: Epoch::new(1) });
        assert_eq!(may_publish(event.draft.epoch, current, stale), Publishing::EpochOver);
    }
}
