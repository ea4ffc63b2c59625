//! The outbox worker: how many rows at once, when it looks, how it ends.

use std::time::Duration;

use notify::{Called, Delivered, DeliveryChange, EndpointChange, Hindrance, OutboxFault, Told};
use payments::{Gate, Time};
use region::{Bell, CALL_TIME_MAX, Ended, HttpLimits, Worker, WorkerOptions};
use service::{Count, Numbers, Source};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::lines::Lines;
use crate::rows::{Rows, open};

const TAKEN: Delivered = Delivered::Tried(
    Called::Answered { status: 204, retry_after: None },
    DeliveryChange::Delivered,
    EndpointChange::Works(1),
);

/// A worker of these rows that sees to four events and two callbacks at once.
pub(crate) fn worker(rows: &Rows, lines: &Lines, numbers: &Numbers) -> Worker<Rows> {
    woken_by(Bell::default(), rows, lines, numbers)
}

fn woken_by(bell: Bell, rows: &Rows, lines: &Lines, numbers: &Numbers) -> Worker<Rows> {
    let options = WorkerOptions { events_max: 4, callbacks_max: 2, ..WorkerOptions::default() };
    let source = Source::new(|| Time::from_ms(1_763_869_261_125), || 5);
    Worker::new(bell, rows.clone(), source, lines.clone(), numbers.clone(), options)
}

/// A worker that works until it is told to stop.
struct Running {
    rows: Rows,
    numbers: Numbers,
    bell: Bell,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn running() -> Running {
    let (rows, numbers) = (Rows::new(), Numbers::default());
    let bell = Bell::default();
    let worker = woken_by(bell.clone(), &rows, &Lines::default(), &numbers);
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move { worker.run(async { stopped.await.unwrap() }).await });
    pass_ms(1).await;
    Running { rows, numbers, bell, stop, task }
}

async fn pass_ms(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

#[tokio::test(start_paused = true)]
async fn a_bell_wakes_it_at_once() {
    let running = running().await;
    running.rows.post(1, 0, 0, Told::Done);
    pass_ms(10).await;
    assert_eq!(running.rows.seen().told, 0, "nobody rang");
    running.bell.ring();
    pass_ms(1).await;
    assert_eq!(running.rows.seen().told, 1);
}

#[tokio::test(start_paused = true)]
async fn it_looks_by_itself_once_a_second() {
    let running = running().await;
    running.rows.post(1, 5_500, 0, Told::Done);
    running.rows.plan(1, 5_500, 0, TAKEN);
    pass_ms(6_100).await;
    let seen = running.rows.seen();
    assert_eq!((seen.told, seen.sent), (1, 1));
    assert!(seen.claims <= 20, "{} claims in six seconds are a busy loop", seen.claims);
}

#[tokio::test(start_paused = true)]
async fn no_more_rows_are_under_way_than_allowed() {
    let running = running().await;
    running.rows.post(40, 0, 100, Told::Done);
    running.bell.ring();
    pass_ms(1_010).await;
    let seen = running.rows.seen();
    assert_eq!((seen.told, seen.at_once_max), (40, 4), "ten times four in a second");
    assert_eq!(running.numbers.counted(Count::EventsTold), 40);
    assert_eq!(running.numbers.counted(Count::EventsSettled), 40);
}

#[tokio::test(start_paused = true)]
async fn a_slow_shop_holds_up_no_payment() {
    let running = running().await;
    running.rows.plan(10, 0, 30_000, TAKEN);
    pass_ms(2_000).await;
    running.rows.post(10, 0, 100, Told::Done);
    running.bell.ring();
    pass_ms(310).await;
    assert_eq!(running.rows.seen().told, 10);
}

#[tokio::test(start_paused = true)]
async fn slow_rows_hold_up_no_others() {
    let running = running().await;
    running.rows.post(3, 0, 40_000, Told::Done);
    running.bell.ring();
    pass_ms(1).await;
    let claims = running.rows.seen().event_claims;
    running.rows.post(10, 0, 10, Told::Done);
    running.bell.ring();
    pass_ms(2_000).await;
    let seen = running.rows.seen();
    assert_eq!((seen.told, seen.at_once_max), (10, 4), "one after the other beside three");
    let claims = seen.event_claims - claims;
    assert!(claims <= 13, "{claims} claims of ten rows, and one in each second");
}

#[tokio::test(start_paused = true)]
async fn a_closed_gate_claims_nothing() {
    let running = running().await;
    running.rows.set_gate(Gate::Closed);
    running.rows.post(1, 0, 0, Told::Done);
    running.bell.ring();
    let claims = running.rows.seen().claims;
    pass_ms(10_000).await;
    assert_eq!(running.rows.seen().claims, claims);
    running.rows.set_gate(open(8));
    pass_ms(1_000).await;
    assert_eq!(running.rows.seen().epochs, [8], "under the epoch that the gate is open for");
}

#[tokio::test(start_paused = true)]
async fn an_outbox_that_does_not_answer_is_asked_again_later() {
    for fault in [OutboxFault::Unavailable, OutboxFault::Fenced(payments::Epoch::new(8))] {
        let running = running().await;
        running.rows.set_fault(Some(fault));
        running.rows.post(1, 0, 0, Told::Done);
        pass_ms(10_000).await;
        assert_eq!(running.rows.seen().told, 0);
        running.rows.set_fault(None);
        pass_ms(1_000).await;
        assert_eq!(running.rows.seen().told, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn it_ends_what_it_began_and_begins_nothing() {
    let running = running().await;
    running.rows.post(10, 0, 5_000, Told::Done);
    running.bell.ring();
    pass_ms(1).await;
    let began = Instant::now();
    running.stop.send(()).unwrap();
    running.task.await.unwrap();
    assert_eq!(running.rows.seen().told, 4);
    assert_eq!(began.elapsed().as_secs(), 4, "no longer than they took");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_is_cut_off() {
    let running = running().await;
    running.rows.post(1, 0, 30_000, Told::Done);
    running.bell.ring();
    pass_ms(1).await;
    let began = Instant::now();
    running.stop.send(()).unwrap();
    running.task.await.unwrap();
    assert_eq!(running.rows.seen().told, 0);
    assert_eq!(began.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn until_idle_it_works_batch_after_batch() {
    let (rows, numbers) = (Rows::new(), Numbers::default());
    rows.post(30, 0, 100, Told::Done);
    rows.plan(5, 300, 100, TAKEN);
    rows.post(1, 60_000, 0, Told::Done);
    let worker = worker(&rows, &Lines::default(), &numbers);
    assert_eq!(worker.run_until_idle(Duration::from_secs(300)).await, Ended::NothingDue);
    let seen = rows.seen();
    assert_eq!((seen.told, seen.sent), (30, 5), "what is due in a minute is left");
    assert_eq!(numbers.counted(Count::CallbacksDelivered), 5);
}

#[tokio::test(start_paused = true)]
async fn what_may_not_end_in_time_is_not_begun() {
    // The time in seconds, and how many of rows of four seconds are begun: four at once, while time is left for them.
    for (seconds, told) in [(75, 32), (67, 24), (45, 16), (30, 12), (11, 4), (0, 0)] {
        let (rows, lines) = (Rows::new(), Lines::default());
        rows.post(100, 0, 4_000, Told::Done);
        let began = Instant::now();
        let worker = worker(&rows, &lines, &Numbers::default());
        let ended = worker.run_until_idle(Duration::from_secs(seconds)).await;
        let seen = rows.seen();
        assert_eq!(ended, Ended::TimeOver, "{seconds} s");
        assert_eq!((seen.told, seen.epochs.len()), (told, told), "{seconds} s");
        assert_eq!(began.elapsed().as_secs(), told as u64, "{seconds} s: as long as they took");
    }
}

#[test]
fn a_call_and_its_note_fit_into_a_row() {
    assert!(HttpLimits::default().time_max <= CALL_TIME_MAX);
    for seconds in [0, 1, 15, 45, 600] {
        let options = WorkerOptions::with_row_time(Duration::from_secs(seconds));
        assert!(options.row_time_max >= CALL_TIME_MAX + Duration::from_secs(5), "{options:?}");
        assert!(options.row_time_max >= Duration::from_secs(seconds), "{options:?}");
        assert!(options.lease > options.row_time_max, "{options:?}");
    }
    let WorkerOptions { lease, row_time_max, .. } = WorkerOptions::default();
    assert!(row_time_max > CALL_TIME_MAX && lease > row_time_max);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_hangs_is_given_to_whoever_comes_next() {
    let (rows, lines, numbers) = (Rows::new(), Lines::default(), Numbers::default());
    rows.post(1, 0, 1_000_000, Told::Later(Hindrance::Processor, Duration::from_secs(1)));
    let worker = worker(&rows, &lines, &numbers);
    assert_eq!(worker.run_until_idle(Duration::from_secs(300)).await, Ended::NothingDue);
    assert!(lines.all()[0].contains(r#""outcome":"time_over""#), "{:?}", lines.all());
    assert_eq!(numbers.counted(Count::EventsTold), 0);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "amounts never go below zero")]
async fn a_mistake_in_a_row_stops_the_worker() {
    let rows = Rows::new();
    rows.post(1, 0, 0, Told::Done);
    rows.break_the_next();
    let worker = worker(&rows, &Lines::default(), &Numbers::default());
    worker.run_until_idle(Duration::from_secs(300)).await;
}
