//! What the worker writes into the log, and counts.

use std::time::Duration;

use expect_test::{Expect, expect};
use notify::{
    Called, Condition, Delivered, DeliveryChange, DisabledBecause, EndpointChange, EndpointId,
    EndpointReport, Hindrance, Stop, Told,
};
use payments::{Epoch, Publishing, Time};
use service::{Count, Gauge, Numbers};

use crate::lines::Lines;
use crate::rows::Rows;
use crate::working::worker;

/// Works everything off, and compares the lines and counts that came of it.
async fn check(rows: &Rows, expected: Expect) {
    let (lines, numbers) = (Lines::default(), Numbers::default());
    worker(rows, &lines, &numbers).run_until_idle(Duration::from_secs(300)).await;
    let counts = Count::ALL.map(|count| format!("{count:?} {}", numbers.counted(count)));
    let gauges = Gauge::ALL.map(|gauge| format!("{gauge:?} {:?}", numbers.seen(gauge)));
    let mut text = lines.all().join("\n") + "\n";
    text += &format!("{}\n{}\n", counts.join(", "), gauges.join(", "));
    expected.assert_eq(&text);
}

#[tokio::test(start_paused = true)]
async fn events() {
    let rows = Rows::new();
    let later = |hindrance| Told::Later(hindrance, Duration::from_millis(2_300));
    rows.post(2, 0, 0, Told::Done);
    rows.post(1, 0, 0, later(Hindrance::Processor));
    rows.post(1, 0, 0, later(Hindrance::Topic));
    rows.post(1, 0, 0, later(Hindrance::Contradiction));
    for stop in
        [Stop::NotAllowed(Publishing::GateClosed), Stop::Fenced(Epoch::new(8)), Stop::Unavailable]
    {
        rows.post(1, 0, 0, Told::Stopped(stop));
    }
    check(&rows, expect![[r#"
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"event","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.posted","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","outcome":"processor","again_in_seconds":2}
        {"at":"2025-11-23T03:41:01.125Z","level":"warn","message":"event","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.posted","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","outcome":"topic","again_in_seconds":2}
        {"at":"2025-11-23T03:41:01.125Z","level":"error","message":"event","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.posted","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","outcome":"contradiction","again_in_seconds":2}
        {"at":"2025-11-23T03:41:01.125Z","level":"warn","message":"event","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.posted","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","outcome":"gate_closed"}
        {"at":"2025-11-23T03:41:01.125Z","level":"warn","message":"event","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.posted","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","outcome":"fenced","epoch":8}
        {"at":"2025-11-23T03:41:01.125Z","level":"warn","message":"event","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.posted","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","outcome":"outbox_unavailable"}
        EventsTold 4, EventsSettled 2, CallbacksDelivered 0, CallbacksFailed 0
        EndpointsDisabled Some(0), CallbacksWaiting Some(0), CallbacksGivenUp Some(0)
    "#]]).await;
}

#[tokio::test(start_paused = true)]
async fn callbacks() {
    let rows = Rows::new();
    let refused = Called::Answered { status: 500, retry_after: None };
    let gone = Called::Answered { status: 410, retry_after: None };
    let (at, again) =
        (Time::from_ms(1_763_869_261_125), DeliveryChange::Again(Duration::from_secs(300)));
    let fails = EndpointChange::Fails(at, 1);
    for delivered in [
        Delivered::Tried(gone, DeliveryChange::Delivered, EndpointChange::Works(1)),
        Delivered::Tried(refused, again, fails),
        Delivered::Tried(Called::NoAnswer, again, fails),
        Delivered::Tried(Called::Forbidden, DeliveryChange::GivenUp, fails),
        Delivered::Tried(gone, again, EndpointChange::Disabled(DisabledBecause::Gone, at, 1)),
        Delivered::NotWanted,
        Delivered::NotConfigured,
        Delivered::Stopped(Stop::NotAllowed(Publishing::EpochOver)),
    ] {
        rows.plan(1, 0, 0, delivered);
    }
    check(&rows, expect![[r#"
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"callback","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.succeeded","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","endpoint":"shop-1","outcome":"refused","status":500,"again_in_seconds":300}
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"callback","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.succeeded","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","endpoint":"shop-1","outcome":"no_answer","again_in_seconds":300}
        {"at":"2025-11-23T03:41:01.125Z","level":"warn","message":"callback_given_up","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.succeeded","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","endpoint":"shop-1","outcome":"forbidden"}
        {"at":"2025-11-23T03:41:01.125Z","level":"error","message":"endpoint_disabled","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.succeeded","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","endpoint":"shop-1","outcome":"gone","status":410,"again_in_seconds":300}
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"callback","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.succeeded","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","endpoint":"shop-1","outcome":"not_wanted"}
        {"at":"2025-11-23T03:41:01.125Z","level":"warn","message":"callback","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.succeeded","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","endpoint":"shop-1","outcome":"not_configured"}
        {"at":"2025-11-23T03:41:01.125Z","level":"warn","message":"callback","event":"evt_01KAQCSZA5040G2081040G2081","kind":"payment.succeeded","movement":"pay_01KAQCSZA50C1G60R30C1G60R3","endpoint":"shop-1","outcome":"epoch_over"}
        EventsTold 0, EventsSettled 0, CallbacksDelivered 1, CallbacksFailed 4
        EndpointsDisabled Some(0), CallbacksWaiting Some(0), CallbacksGivenUp Some(0)
    "#]]).await;
}

#[tokio::test(start_paused = true)]
async fn endpoints() {
    let at = Time::from_ms(1_763_869_261_125);
    let report = |id: &str, condition, waiting, given_up| {
        let id = EndpointId::parse(id).unwrap();
        EndpointReport { id, condition, waiting, given_up }
    };
    let rows = Rows::new();
    rows.set_endpoints(vec![
        report("shop-1", Condition::Works, 1, 0),
        report("shop-2", Condition::FailingSince(at), 20, 3),
        report("shop-3", Condition::Disabled(DisabledBecause::Gone, at), 300, 0),
        report("shop-4", Condition::Disabled(DisabledBecause::Dead, at), 0, 4),
        report("shop-5", Condition::NotConfigured, 5, 0),
    ]);
    check(&rows, expect![[r#"
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"endpoint","endpoint":"shop-2","outcome":"failing"}
        {"at":"2025-11-23T03:41:01.125Z","level":"error","message":"endpoint","endpoint":"shop-3","outcome":"gone"}
        {"at":"2025-11-23T03:41:01.125Z","level":"error","message":"endpoint","endpoint":"shop-4","outcome":"dead"}
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"endpoint","endpoint":"shop-5","outcome":"not_configured"}
        EventsTold 0, EventsSettled 0, CallbacksDelivered 0, CallbacksFailed 0
        EndpointsDisabled Some(2), CallbacksWaiting Some(326), CallbacksGivenUp Some(7)
    "#]]).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_told_of_once_until_it_changes() {
    let at = Time::from_ms(1_763_869_261_125);
    let report = |condition| {
        let id = EndpointId::parse("shop-1").unwrap();
        vec![EndpointReport { id, condition, waiting: 1, given_up: 0 }]
    };
    let (rows, lines) = (Rows::new(), Lines::default());
    let worker = worker(&rows, &lines, &Numbers::default());
    let dead = Condition::Disabled(DisabledBecause::Dead, at);
    for condition in [dead, dead, Condition::Works, Condition::Works] {
        rows.set_endpoints(report(condition));
        worker.run_until_idle(Duration::from_secs(300)).await;
    }
    let outcomes =
        lines.all().into_iter().map(|line| line.split(r#""outcome":"#).nth(1).unwrap().to_owned());
    assert_eq!(outcomes.collect::<Vec<_>>(), [r#""dead"}"#, r#""works"}"#]);
}
