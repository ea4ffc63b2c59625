//! Spans, instants and epochs at their ends.

use fence::{DurationMs, Epoch, Millis, Timing, TimingFault};

fn timing(lease: u64, interval: u64, bound: u64) -> Result<(), TimingFault> {
    Timing {
        lease_length: DurationMs(lease),
        renewal_interval: DurationMs(interval),
        clock_bound: DurationMs(bound),
    }
    .check()
}

#[test]
fn a_lease_outlives_one_lost_renewal() {
    assert_eq!(Timing::default().check(), Ok(()));
    assert_eq!(timing(8_001, 3_000, 2_000), Ok(()));
    assert_eq!(timing(8_000, 3_000, 2_000), Err(TimingFault::LeaseTooShort));
    assert_eq!(timing(10_000, 0, 2_000), Err(TimingFault::NoInterval));
    assert_eq!(timing(u64::MAX, u64::MAX, 1), Err(TimingFault::LeaseTooShort));
    assert_eq!(timing(100, 30, 0), Ok(()));
}

#[test]
fn time_ends_without_beginning_again() {
    assert_eq!(Millis(u64::MAX).plus(DurationMs(1)), Millis(u64::MAX));
    assert_eq!(Millis(1).since(Millis(2)), DurationMs::ZERO);
    assert_eq!(DurationMs(u64::MAX).times(2), DurationMs(u64::MAX));
    assert_eq!(std::time::Duration::from(DurationMs(1_500)).as_millis(), 1_500);
}

#[test]
fn epochs_end() {
    assert_eq!(Epoch::FIRST.next(), Some(Epoch::new(2)));
    assert_eq!(Epoch::new(u64::MAX).next(), None);
}
