//! Runs of [`notify::deliver()`]: what is sent, when it is not, and the life of an endpoint over days.

use std::sync::Arc;

use expect_test::expect;
use notify::{
    Called, Condition, Delivered, DeliveryChange, EndpointChange, Endpoints, Stop, visible,
};
use payments::{Gate, Publishing};

use crate::oracle::judge;
use crate::support::{START_MS, account, endpoints, pay_command, said};
use crate::task::{Done, Job, Task};
use crate::world::{TAKEN, World, configuration};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

const DOWN: Called = Called::Answered { status: 503, retry_after: None };

/// A world in which a payment was posted and charged, and the first of its events was told.
fn with_callback() -> World {
    let world = World::new();
    world.ask(pay_command(1, "tok_visa_abcd"));
    world.run(Job::Tell, Vec::new());
    world
}

/// A worker that has just claimed a callback.
fn claimed(world: &World) -> Task {
    let mut task = world.spawn(Job::Deliver, Vec::new());
    // Two turns for each effect: configuration and claim.
    for _ in 0..4 {
        assert!(task.step().is_pending());
    }
    task
}

fn configure(world: &World, endpoints: Endpoints) {
    world.with(|inner| inner.endpoints = Some(Arc::new(endpoints)));
}

fn received(world: &World) -> usize {
    world.with(|inner| inner.received.len())
}

#[test]
fn what_is_sent() {
    let world = with_callback();
    world.pass(1_234);
    let delivered = world.run(Job::Deliver, Vec::new());
    let expected = Delivered::Tried(TAKEN, DeliveryChange::Delivered, EndpointChange::Works(1));
    assert_eq!(delivered, Some(Done::Delivered(expected)));
    let sent = world.with(|inner| {
        let (request, _) = &inner.received[0];
        let headers = request.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        format!("{}\n{}\n{}\n", request.url, headers.collect::<String>(), request.body)
    });
    expect![[r#"
        https://all.example/
        content-type: application/json
        webhook-id: evt_01KANAR9G00ZHZ2XE18GDVX0JN
        webhook-timestamp: 1763800001
        webhook-signature: v1,REZ0328UJsl+DcC0w0poymobfFWFFFaG0gRRo83FZ6s=

        {"type":"payment.posted","timestamp":"2025-11-22T08:26:40.000Z","data":{"id":"evt_01KANAR9G00ZHZ2XE18GDVX0JN","payment":"pay_01KANAR9G0ZZZZZZZZZW000001","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":1,"amount":1000,"currency":"EUR","epoch":1}}
    "#]].assert_eq(&sent);
    assert_eq!(world.run(Job::Deliver, Vec::new()), Some(Done::Idle));
    judge(&world);
}

#[test]
fn what_its_endpoint_is_not_to_get_any_more_is_not_sent() {
    let id = r#""id": "all", "url": "https://all.example/""#;
    let other_account = format!(r#"{id}, "account": "{}""#, account(2));
    let other_events = format!(r#"{id}, "events": ["refund.posted"]"#);
    for configuration in [other_account, other_events] {
        let world = with_callback();
        configure(&world, endpoints(&[&configuration]));
        let done = world.run(Job::Deliver, Vec::new());
        assert_eq!(done, Some(Done::Delivered(Delivered::NotWanted)));
        assert_eq!(received(&world), 0);
        let states = world.with(|inner| inner.ledger.endpoints());
        let state = states.values().next().unwrap();
        assert_eq!((state.waiting, state.given_up, state.failing_since), (0, 1, None));
        assert_eq!(world.run(Job::Deliver, Vec::new()), Some(Done::Idle));
    }
}

#[test]
fn what_is_not_configured_waits() {
    let removed = endpoints(&[r#""id": "other", "url": "https://all.example/""#]);
    for configuration in [None, Some(Arc::new(removed))] {
        let world = with_callback();
        let task = claimed(&world);
        world.with(|inner| inner.endpoints = configuration);
        assert_eq!(task.finish(), Some(Done::Delivered(Delivered::NotConfigured)));
        assert_eq!(received(&world), 0);
        judge(&world);
    }
}

#[test]
fn a_closed_gate_stops_a_callback() {
    let world = with_callback();
    let task = claimed(&world);
    world.with(|inner| inner.gates[0] = Gate::Closed);
    let stopped = Delivered::Stopped(Stop::NotAllowed(Publishing::GateClosed));
    assert_eq!(task.finish(), Some(Done::Delivered(stopped)));
    assert_eq!(received(&world), 0);
    world.switch_over();
    judge(&world);
}

/// What was sent is not noted, and sent again by whoever reigns.
#[test]
fn a_gate_that_closes_during_a_call_stops_the_note() {
    let world = with_callback();
    let mut task = claimed(&world);
    while received(&world) == 0 {
        assert!(task.step().is_pending());
    }
    world.switch_over();
    let stopped = Delivered::Stopped(Stop::NotAllowed(Publishing::GateClosed));
    assert_eq!(task.finish(), Some(Done::Delivered(stopped)));
    judge(&world);
    let bodies = world.with(|inner| [0, 1].map(|index| inner.received[index].0.body.clone()));
    assert_eq!(bodies[0], bodies[1]);
}

/// Sends what is due, and what becomes due, until the time comes.
fn deliver_until(world: &World, after_start_ms: u64) -> Vec<(u64, Delivered)> {
    let end_ms = START_MS + after_start_ms;
    let mut delivered = Vec::new();
    loop {
        let now_ms = world.with(|inner| inner.now_ms);
        match world.run(Job::Deliver, Vec::new()) {
            Some(Done::Delivered(one)) => delivered.push((now_ms - START_MS, one)),
            Some(Done::Idle) if now_ms >= end_ms => return delivered,
            Some(Done::Idle) => world.with(|inner| {
                inner.now_ms = inner.ledger.next_due_ms(now_ms).unwrap_or(end_ms).min(end_ms);
            }),
            other => panic!("nothing stands in the way, and yet: {other:?}"),
        }
    }
}

#[test]
fn a_callback_is_tried_for_three_days_and_given_up() {
    let world = with_callback();
    world.with(|inner| inner.receivers.insert("https://all.example/".to_owned(), DOWN));
    let tries = deliver_until(&world, 4 * DAY_MS).into_iter().map(|(at_ms, delivered)| {
        let at = said(std::time::Duration::from_millis(at_ms));
        match delivered {
            Delivered::Tried(_, DeliveryChange::Again(after), _) => {
                format!("{at:>8} again after {}\n", said(after))
            }
            Delivered::Tried(_, DeliveryChange::GivenUp, _) => format!("{at:>8} given up\n"),
            other => panic!("it is down, and yet: {other:?}"),
        }
    });
    expect![[r#"
         0:00:00 again after 0:00:05
         0:00:05 again after 0:05:00
         0:05:05 again after 0:30:00
         0:35:05 again after 2:00:00
         2:35:05 again after 5:00:00
         7:35:05 again after 10:00:00
        17:35:05 again after 14:00:00
        31:35:05 again after 20:00:00
        51:35:05 again after 24:00:00
        75:35:05 given up
    "#]]
    .assert_eq(&tries.collect::<String>());
    assert_eq!(condition(&world, 1), "failing, 0 waiting, 1 given up");
}

fn condition(world: &World, revision: u32) -> String {
    let states = world.with(|inner| inner.ledger.endpoints());
    let reports = visible(&configuration(revision), &states);
    let all = reports.iter().find(|report| report.id.as_str() == "all").unwrap();
    assert_ne!(all.condition, Condition::NotConfigured);
    let name = all.condition.name();
    format!("{name}, {} waiting, {} given up", all.waiting, all.given_up)
}

/// A payment each day to an endpoint that never answers.
#[test]
fn an_endpoint_that_fails_for_five_days_is_disabled_until_it_is_configured_again() {
    let world = with_callback();
    world.with(|inner| inner.receivers.insert("https://all.example/".to_owned(), DOWN));
    let mut days = String::new();
    for day in 1..=7 {
        let tries = deliver_until(&world, u64::from(day) * DAY_MS);
        days += &format!("day {day}: {:>2} tries, {}\n", tries.len(), condition(&world, 1));
        world.ask(pay_command(1 + day, "tok_visa_abcd"));
        world.run(Job::Tell, Vec::new());
    }
    expect![[r#"
        day 1:  7 tries, failing, 1 waiting, 0 given up
        day 2:  9 tries, failing, 2 waiting, 0 given up
        day 3:  9 tries, failing, 3 waiting, 0 given up
        day 4: 10 tries, failing, 3 waiting, 1 given up
        day 5: 11 tries, failing, 3 waiting, 2 given up
        day 6:  6 tries, dead, 3 waiting, 3 given up
        day 7:  1 tries, dead, 4 waiting, 3 given up
    "#]]
    .assert_eq(&days);
    world.with(|inner| inner.receivers.clear());
    assert_eq!(world.run(Job::Deliver, Vec::new()), Some(Done::Idle));
    configure(&world, configuration(2));
    let taken = deliver_until(&world, 7 * DAY_MS).len();
    assert_eq!((taken, condition(&world, 2)), (5, "works, 0 waiting, 3 given up".to_owned()));
    judge(&world);
}

#[test]
fn an_endpoint_that_is_gone_is_disabled_at_once() {
    let world = with_callback();
    let gone = Called::Answered { status: 410, retry_after: None };
    world.with(|inner| inner.receivers.insert("https://all.example/".to_owned(), gone));
    assert_eq!(deliver_until(&world, DAY_MS).len(), 1);
    assert_eq!(condition(&world, 1), "gone, 1 waiting, 0 given up");
    world.with(|inner| inner.receivers.clear());
    assert_eq!(deliver_until(&world, 30 * DAY_MS).len(), 0);
    configure(&world, configuration(2));
    assert_eq!(deliver_until(&world, 30 * DAY_MS).len(), 1);
    assert_eq!(condition(&world, 2), "works, 0 waiting, 0 given up");
    judge(&world);
}
