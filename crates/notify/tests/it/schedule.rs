//! When things are tried again.

use std::time::Duration;

use expect_test::expect;
use notify::{next_look, next_try};
use proptest::prelude::*;

use crate::support::{MIDDLE, cases, said};

/// The shortest, the middle and the longest of what jitter makes of it.
fn spread(of: impl Fn(u64) -> Duration) -> String {
    [0, MIDDLE, u64::MAX].map(|random| format!("{:>14}", said(of(random)))).concat()
}

#[test]
fn callbacks_are_tried_over_days() {
    let rows = (0..12).map(|failed| match next_try(failed, None, 0) {
        None => format!("{failed:>2} given up\n"),
        Some(_) => {
            format!("{failed:>2} {}\n", spread(|random| next_try(failed, None, random).unwrap()))
        }
    });
    expect![[r#"
         0        0:00:00       0:00:00       0:00:00
         1        0:00:04       0:00:05       0:00:06
         2        0:04:00       0:05:00       0:06:00
         3        0:24:00       0:30:00       0:36:00
         4        1:36:00       2:00:00       2:24:00
         5        4:00:00       5:00:00       6:00:00
         6        8:00:00      10:00:00      12:00:00
         7       11:12:00      14:00:00      16:48:00
         8       16:00:00      20:00:00      24:00:00
         9       19:12:00      24:00:00      28:48:00
        10 given up
        11 given up
    "#]]
    .assert_eq(&rows.collect::<String>());
}

#[test]
fn a_receiver_may_ask_for_more_time() {
    let seconds = [0, 4, 120, 86_400, 1_000_000, u64::MAX];
    let rows = seconds.map(|seconds| {
        let asked = Some(Duration::from_secs(seconds));
        let [soon, late] = [1, 4].map(|failed| said(next_try(failed, asked, MIDDLE).unwrap()));
        format!("{seconds:>20} s {soon:>10} {late:>10}\n")
    });
    expect![[r#"
                           0 s    0:00:05    2:00:00
                           4 s    0:00:05    2:00:00
                         120 s    0:02:00    2:00:00
                       86400 s   24:00:00   24:00:00
                     1000000 s   24:00:00   24:00:00
        18446744073709551615 s   24:00:00   24:00:00
    "#]]
    .assert_eq(&rows.concat());
    assert_eq!(next_try(10, Some(Duration::from_secs(1)), MIDDLE), None);
}

#[test]
fn rows_are_looked_at_again_soon_and_then_less_often() {
    let claims = [0, 1, 2, 3, 4, 9, 10, 11, 12, 65, u64::MAX];
    let rows = claims.map(|claims| format!("{claims:>20} {}\n", spread(|r| next_look(claims, r))));
    expect![[r#"
                           0    0:00:00.800       0:00:01   0:00:01.200
                           1    0:00:00.800       0:00:01   0:00:01.200
                           2    0:00:01.600       0:00:02   0:00:02.400
                           3    0:00:03.200       0:00:04   0:00:04.800
                           4    0:00:06.400       0:00:08   0:00:09.600
                           9    0:03:24.800       0:04:16   0:05:07.200
                          10    0:06:49.600       0:08:32   0:10:14.400
                          11        0:10:00       0:12:30       0:15:00
                          12        0:10:00       0:12:30       0:15:00
                          65        0:10:00       0:12:30       0:15:00
        18446744073709551615        0:10:00       0:12:30       0:15:00
    "#]]
    .assert_eq(&rows.concat());
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn jitter_stays_within_a_fifth(failed in 1..10_u32, claims in 0..100_u64, random: u64) {
        let (middle, other) = (next_try(failed, None, MIDDLE), next_try(failed, None, random));
        prop_assert!(is_within(middle.unwrap(), other.unwrap()));
        prop_assert!(is_within(next_look(claims, MIDDLE), next_look(claims, random)));
        prop_assert!(next_look(claims, random) <= Duration::from_secs(15 * 60));
    }
}

fn is_within(middle: Duration, other: Duration) -> bool {
    other >= middle * 4 / 5 && other <= middle * 6 / 5
}
