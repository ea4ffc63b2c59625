//! Runs of [`notify::tell()`] from beginning to end: what each thing that goes wrong leads to, and when it stops.

use std::task::Poll;

use expect_test::expect;
use notify::{Hindrance, Stop, Told};
use payments::{Epoch, Gate, Publishing, Reign, State};

use crate::oracle::judge;
use crate::ports::Mishap;
use crate::support::{pay_command, payment};
use crate::task::{Done, Job, Task};
use crate::world::World;

/// A world in which a payment was acknowledged.
fn with_payment() -> World {
    let world = World::new();
    world.ask(pay_command(1, "tok_visa_abcd"));
    world
}

fn told(done: Option<Done>) -> String {
    match done {
        None => "died".to_owned(),
        Some(Done::Idle) => "idle".to_owned(),
        Some(Done::Told(Told::Done)) => "done".to_owned(),
        Some(Done::Told(Told::Later(hindrance, _))) => format!("later: {}", hindrance.name()),
        Some(Done::Told(Told::Stopped(stop))) => format!("stopped: {stop:?}"),
        Some(other) => panic!("it was asked to tell, not {other:?}"),
    }
}

/// What became of the first row, and of everybody who is told.
fn seen(world: &World) -> String {
    world.with(|inner| {
        let row = &inner.ledger.rows[0];
        let row = match (row.is_told, row.is_done) {
            (false, false) => "-",
            (true, false) => "told",
            (true, true) => "done",
            (false, true) => panic!("a row is told before it is done"),
        };
        let charges = inner.processor.movements().len();
        let (published, receipts) = (inner.published.len(), inner.receipts.len());
        format!("{row:<4} {published} published, {receipts} receipts, {charges} charges")
    })
}

/// One mishap at each effect of a run, in every way, from a world that is made anew each time.
fn table(prepare: fn() -> World, effects: &[&str]) -> String {
    let mut rows = String::new();
    for (index, effect) in effects.iter().enumerate() {
        for mishap in Mishap::ALL {
            let world = prepare();
            let done = world.run(Job::Tell, [vec![Mishap::Fine; index], vec![mishap]].concat());
            if mishap != Mishap::Fine {
                let mishap = format!("{mishap:?}");
                rows += &format!("{effect:<7} {mishap:<11} {:<18} {}\n", told(done), seen(&world));
            }
        }
    }
    rows
}

#[test]
fn what_goes_wrong_with_a_posted_payment() {
    let effects = ["claim", "config", "publish", "note", "read", "begin", "call", "commit"];
    let effects = [&effects[..], &["intent", "intent", "done"]].concat();
    expect![[r#"
        claim   DieBefore   died               -    0 published, 0 receipts, 0 charges
        claim   DieAfter    died               -    0 published, 0 receipts, 0 charges
        claim   Unavailable idle               -    0 published, 0 receipts, 0 charges
        claim   UnknownDone idle               -    0 published, 0 receipts, 0 charges
        claim   UnknownLost idle               -    0 published, 0 receipts, 0 charges
        config  DieBefore   died               -    0 published, 0 receipts, 0 charges
        config  DieAfter    died               -    0 published, 0 receipts, 0 charges
        config  Unavailable later: endpoints   -    0 published, 0 receipts, 1 charges
        config  UnknownDone later: endpoints   -    0 published, 0 receipts, 1 charges
        config  UnknownLost later: endpoints   -    0 published, 0 receipts, 1 charges
        publish DieBefore   died               -    0 published, 0 receipts, 0 charges
        publish DieAfter    died               -    1 published, 0 receipts, 0 charges
        publish Unavailable later: topic       -    0 published, 0 receipts, 1 charges
        publish UnknownDone later: topic       -    1 published, 0 receipts, 1 charges
        publish UnknownLost later: topic       -    0 published, 0 receipts, 1 charges
        note    DieBefore   died               -    1 published, 0 receipts, 0 charges
        note    DieAfter    died               told 1 published, 0 receipts, 0 charges
        note    Unavailable later: outbox      -    1 published, 0 receipts, 1 charges
        note    UnknownDone later: outbox      told 1 published, 0 receipts, 1 charges
        note    UnknownLost later: outbox      -    1 published, 0 receipts, 1 charges
        read    DieBefore   died               told 1 published, 0 receipts, 0 charges
        read    DieAfter    died               told 1 published, 0 receipts, 0 charges
        read    Unavailable later: processor   told 1 published, 0 receipts, 0 charges
        read    UnknownDone later: processor   told 1 published, 0 receipts, 0 charges
        read    UnknownLost later: processor   told 1 published, 0 receipts, 0 charges
        begin   DieBefore   died               told 1 published, 0 receipts, 0 charges
        begin   DieAfter    died               told 1 published, 0 receipts, 0 charges
        begin   Unavailable later: processor   told 1 published, 0 receipts, 0 charges
        begin   UnknownDone later: processor   told 1 published, 0 receipts, 0 charges
        begin   UnknownLost later: processor   told 1 published, 0 receipts, 0 charges
        call    DieBefore   died               told 1 published, 0 receipts, 0 charges
        call    DieAfter    died               told 1 published, 0 receipts, 1 charges
        call    Unavailable later: processor   told 1 published, 0 receipts, 0 charges
        call    UnknownDone done               done 1 published, 0 receipts, 1 charges
        call    UnknownLost later: processor   told 1 published, 0 receipts, 0 charges
        commit  DieBefore   died               told 1 published, 0 receipts, 1 charges
        commit  DieAfter    died               told 1 published, 0 receipts, 1 charges
        commit  Unavailable later: processor   told 1 published, 0 receipts, 1 charges
        commit  UnknownDone later: processor   told 1 published, 0 receipts, 1 charges
        commit  UnknownLost later: processor   told 1 published, 0 receipts, 1 charges
        intent  DieBefore   died               told 1 published, 0 receipts, 1 charges
        intent  DieAfter    died               told 1 published, 0 receipts, 1 charges
        intent  Unavailable done               done 1 published, 0 receipts, 1 charges
        intent  UnknownDone done               done 1 published, 0 receipts, 1 charges
        intent  UnknownLost done               done 1 published, 0 receipts, 1 charges
        intent  DieBefore   died               told 1 published, 0 receipts, 1 charges
        intent  DieAfter    died               told 1 published, 0 receipts, 1 charges
        intent  Unavailable done               done 1 published, 0 receipts, 1 charges
        intent  UnknownDone done               done 1 published, 0 receipts, 1 charges
        intent  UnknownLost done               done 1 published, 0 receipts, 1 charges
        done    DieBefore   died               told 1 published, 0 receipts, 1 charges
        done    DieAfter    died               done 1 published, 0 receipts, 1 charges
        done    Unavailable stopped: Unavailable told 1 published, 0 receipts, 1 charges
        done    UnknownDone stopped: Unavailable done 1 published, 0 receipts, 1 charges
        done    UnknownLost stopped: Unavailable told 1 published, 0 receipts, 1 charges
    "#]]
    .assert_eq(&table(with_payment, &effects));
}

#[test]
fn what_goes_wrong_with_a_last_word() {
    let with_last_word = || {
        let world = with_payment();
        world.run(Job::Tell, Vec::new());
        // The first row is out of the way.
        world.with(|inner| {
            inner.published.clear();
            inner.ledger.rows.swap(0, 1);
        });
        world
    };
    let effects = ["claim", "config", "receipt", "publish", "note"];
    expect![[r#"
        claim   DieBefore   died               -    0 published, 0 receipts, 1 charges
        claim   DieAfter    died               -    0 published, 0 receipts, 1 charges
        claim   Unavailable idle               -    0 published, 0 receipts, 1 charges
        claim   UnknownDone idle               -    0 published, 0 receipts, 1 charges
        claim   UnknownLost idle               -    0 published, 0 receipts, 1 charges
        config  DieBefore   died               -    0 published, 0 receipts, 1 charges
        config  DieAfter    died               -    0 published, 0 receipts, 1 charges
        config  Unavailable later: endpoints   -    0 published, 0 receipts, 1 charges
        config  UnknownDone later: endpoints   -    0 published, 0 receipts, 1 charges
        config  UnknownLost later: endpoints   -    0 published, 0 receipts, 1 charges
        receipt DieBefore   died               -    0 published, 0 receipts, 1 charges
        receipt DieAfter    died               -    0 published, 1 receipts, 1 charges
        receipt Unavailable later: receipts    -    0 published, 0 receipts, 1 charges
        receipt UnknownDone later: receipts    -    0 published, 1 receipts, 1 charges
        receipt UnknownLost later: receipts    -    0 published, 0 receipts, 1 charges
        publish DieBefore   died               -    0 published, 1 receipts, 1 charges
        publish DieAfter    died               -    1 published, 1 receipts, 1 charges
        publish Unavailable later: topic       -    0 published, 1 receipts, 1 charges
        publish UnknownDone later: topic       -    1 published, 1 receipts, 1 charges
        publish UnknownLost later: topic       -    0 published, 1 receipts, 1 charges
        note    DieBefore   died               -    1 published, 1 receipts, 1 charges
        note    DieAfter    died               done 1 published, 1 receipts, 1 charges
        note    Unavailable later: outbox      -    1 published, 1 receipts, 1 charges
        note    UnknownDone later: outbox      done 1 published, 1 receipts, 1 charges
        note    UnknownLost later: outbox      -    1 published, 1 receipts, 1 charges
    "#]]
    .assert_eq(&table(with_last_word, &effects));
}

/// Lets a worker have turns until this holds.
fn turns_until(world: &World, task: &mut Task, holds: impl Fn(&World) -> bool) {
    while !holds(world) {
        assert_eq!(task.step(), Poll::Pending, "it ended before");
    }
}

fn is_claimed(world: &World) -> bool {
    world.with(|inner| inner.ledger.rows[0].claims > 0)
}

/// Whether a run has come to a certain point.
type Moment = fn(&World) -> bool;

#[test]
fn a_payment_is_carried_out_though_nobody_can_be_told() {
    let world = with_payment();
    world.with(|inner| inner.endpoints = None);
    assert_eq!(told(world.run(Job::Tell, Vec::new())), "later: endpoints");
    assert_eq!(seen(&world), "-    0 published, 0 receipts, 1 charges");
    judge(&world);
}

#[test]
fn a_gate_that_closes_stops_a_worker_at_its_next_effect() {
    let moments: [(&str, Moment); 4] = [
        ("claimed", is_claimed),
        ("published", |world| world.with(|inner| !inner.published.is_empty())),
        ("noted", |world| world.with(|inner| inner.ledger.rows[0].is_told)),
        ("charged", |world| world.with(|inner| !inner.processor.movements().is_empty())),
    ];
    let rows = moments.map(|(name, holds)| {
        let world = with_payment();
        let mut task = world.spawn(Job::Tell, Vec::new());
        turns_until(&world, &mut task, holds);
        world.with(|inner| inner.gates[0] = Gate::Closed);
        let told = told(task.finish());
        world.switch_over();
        let seen = seen(&world);
        judge(&world);
        format!("{name:<9} {told} {seen}\n")
    });
    expect![[r#"
        claimed   stopped: NotAllowed(GateClosed) -    0 published, 0 receipts, 0 charges
        published stopped: NotAllowed(GateClosed) -    1 published, 0 receipts, 0 charges
        noted     stopped: NotAllowed(GateClosed) told 1 published, 0 receipts, 0 charges
        charged   stopped: NotAllowed(GateClosed) told 1 published, 0 receipts, 1 charges
    "#]]
    .assert_eq(&rows.concat());
}

#[test]
fn a_worker_of_an_old_epoch_stops_though_its_region_reigns_again() {
    let world = with_payment();
    let mut task = world.spawn(Job::Tell, Vec::new());
    turns_until(&world, &mut task, is_claimed);
    world.switch_over();
    world.switch_over();
    let stopped = Told::Stopped(Stop::NotAllowed(Publishing::EpochAhead));
    assert_eq!(task.finish(), Some(Done::Told(stopped)));
    assert_eq!(seen(&world), "-    0 published, 0 receipts, 0 charges");
    judge(&world);
}

/// The gate should be closed by then; the ledger does not rely on it.
#[test]
fn the_ledger_refuses_a_worker_of_an_old_epoch() {
    let world = with_payment();
    let mut task = world.spawn(Job::Tell, Vec::new());
    turns_until(&world, &mut task, is_claimed);
    world.with(|inner| inner.ledger.epoch = Epoch::new(2));
    let script = task.script.clone();
    assert_eq!(task.finish(), Some(Done::Told(Told::Stopped(Stop::Fenced(Epoch::new(2))))));
    assert_eq!(seen(&world), "-    1 published, 0 receipts, 0 charges");
    assert_eq!(script.lock().unwrap().next, 4, "it claims, reads, publishes and is refused");
    world.with(|inner| {
        let reign = Reign { epoch: Epoch::new(2), nothing_lost_since: Epoch::new(1) };
        inner.gates[0] = Gate::Open(reign);
    });
    judge(&world);
}

#[test]
fn a_row_that_the_ledger_contradicts_is_kept() {
    let world = with_payment();
    world.with(|inner| inner.ledger.records.clear());
    assert_eq!(told(world.run(Job::Tell, Vec::new())), "later: contradiction");
    assert_eq!(seen(&world), "told 1 published, 0 receipts, 0 charges");
}

#[test]
fn a_payment_in_quarantine_is_told_and_left_alone() {
    let world = with_payment();
    world.with(|inner| {
        let record = inner.ledger.records.get_mut(&payment(1)).unwrap();
        record.state = State::Quarantined;
    });
    assert_eq!(told(world.run(Job::Tell, Vec::new())), "later: quarantine");
    assert_eq!(seen(&world), "told 1 published, 0 receipts, 0 charges");
}

#[test]
fn a_row_is_looked_at_less_and_less_often() {
    let world = World::new();
    world.ask(pay_command(1, "tok_pending_4_abcd"));
    let mut waits = Vec::new();
    loop {
        match world.run(Job::Tell, Vec::new()) {
            Some(Done::Told(Told::Later(Hindrance::Processor, after))) => {
                waits.push(after.as_secs());
                assert_eq!(world.run(Job::Tell, Vec::new()), Some(Done::Idle), "it is not due yet");
                world.pass(after.as_millis() as u64);
            }
            Some(Done::Told(Told::Done)) => break,
            other => panic!("nothing stands in the way, and yet: {other:?}"),
        }
    }
    assert_eq!(waits, [1, 2, 4, 8]);
    assert_eq!(world.with(|inner| inner.published.len()), 1);
}
