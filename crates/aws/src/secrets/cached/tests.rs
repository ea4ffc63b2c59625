//! When a value is read, on a clock that moves only when everybody waits.

use std::sync::atomic::{AtomicU32, Ordering};

use expect_test::{Expect, expect};
use tokio::time::{advance, sleep};

use super::*;

const MAX_AGE: Duration = Duration::from_secs(60);

/// What somebody asks for at a time in milliseconds, and whether a reading succeeds then.
type Question = (u64, Freshness, bool);

use Freshness::{Cached as Old, Fresh};

/// A value that counts its readings, each of which takes 100 ms.
struct Counted {
    cached: Cached<u32>,
    readings: AtomicU32,
}

impl Counted {
    fn new() -> Self {
        Self { cached: Cached::new(MAX_AGE), readings: AtomicU32::new(0) }
    }

    async fn get(&self, freshness: Freshness, succeeds: bool) -> Result<u32, Said> {
        let read = || async {
            sleep(Duration::from_millis(100)).await;
            let reading = self.readings.fetch_add(1, Ordering::Relaxed) + 1;
            if succeeds { Ok(reading) } else { Err(Said::new(format!("reading {reading} failed"))) }
        };
        self.cached.get(freshness, read).await
    }
}

/// Asks all questions at their times; tells the answers.
async fn check(questions: &[Question], expected: Expect) {
    let (counted, began) = (Counted::new(), Instant::now());
    let mut told = String::new();
    for (at, freshness, succeeds) in questions {
        advance(Duration::from_millis(*at).saturating_sub(began.elapsed())).await;
        let answer = counted.get(*freshness, *succeeds).await;
        let answer = answer.map_or_else(|said| said.to_string(), |reading| reading.to_string());
        told += &format!("{at} {freshness:?}: {answer}\n");
    }
    expected.assert_eq(&told);
}

#[tokio::test(start_paused = true)]
async fn a_value_is_read_again_when_it_is_old() {
    let questions = [(0, Old, true), (59_999, Old, true), (60_000, Old, true), (60_200, Old, true)];
    check(
        &questions,
        expect![[r#"
            0 Cached: 1
            59999 Cached: 1
            60000 Cached: 2
            60200 Cached: 2
        "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_fresh_value_is_read_once_a_second() {
    let questions =
        [(0, Old, true), (999, Fresh, true), (1_000, Fresh, true), (1_500, Fresh, true)];
    check(
        &questions,
        expect![[r#"
            0 Cached: 1
            999 Fresh: 1
            1000 Fresh: 2
            1500 Fresh: 2
        "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_last_good_value_serves_but_not_as_a_fresh_one() {
    let questions = [
        (0, Old, true),
        (2_000, Fresh, false),
        (2_500, Fresh, true),
        (2_600, Old, true),
        (60_000, Old, false),
        (61_000, Old, true),
        (64_000, Old, true),
        (66_000, Old, true),
    ];
    check(
        &questions,
        expect![[r#"
            0 Cached: 1
            2000 Fresh: reading 2 failed
            2500 Fresh: reading 2 failed
            2600 Cached: 1
            60000 Cached: 1
            61000 Cached: 1
            64000 Cached: 1
            66000 Cached: 4
        "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn without_a_value_a_reading_that_failed_is_repeated_after_a_second() {
    let questions = [(0, Old, false), (500, Old, true), (1_200, Old, true)];
    check(
        &questions,
        expect![[r#"
            0 Cached: reading 1 failed
            500 Cached: reading 1 failed
            1200 Cached: 2
        "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn who_asks_together_waits_for_one_reading() {
    for (freshness, succeeds) in [(Old, true), (Old, false), (Fresh, true), (Fresh, false)] {
        let counted = Counted::new();
        let (first, second, third) = tokio::join!(
            counted.get(freshness, succeeds),
            counted.get(freshness, succeeds),
            counted.get(freshness, succeeds),
        );
        assert_eq!(counted.readings.load(Ordering::Relaxed), 1, "{freshness:?}, {succeeds}");
        assert!(first == second && second == third, "{first:?}, {second:?}, {third:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_is_dropped_is_begun_again() {
    let counted = Counted::new();
    let span = Duration::from_millis(50);
    assert!(tokio::time::timeout(span, counted.get(Old, true)).await.is_err());
    assert_eq!(counted.get(Old, true).await, Ok(1));
}
