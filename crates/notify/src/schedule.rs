//! When something is tried again: callbacks over days, rows of the outbox within minutes.
//!
//! Randomness is an argument: 64 random bits spread what failed together.

use std::time::Duration;

const SECOND: u64 = 1;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// How long after the one before each try of a callback comes, in seconds: the schedule of Standard Webhooks. The last
/// comes about 75 hours after the first.
const DELAYS_SECONDS: [u64; 10] = [
    0,
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];

/// The longest wait that a receiver may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * HOUR);

/// The longest wait between two looks at a row, in milliseconds: with jitter, at most 15 minutes.
const ROW_MAX_MS: u64 = 750_000;

/// After which time a callback is tried again that has failed so often; nothing when it is given up.
///
/// The receiver's `Retry-After` makes it later, by a day at most, never earlier.
#[must_use]
pub fn next_try(failed: u32, retry_after: Option<Duration>, random: u64) -> Option<Duration> {
    let seconds = DELAYS_SECONDS.get(usize::try_from(failed).ok()?)?;
    let scheduled = jittered(seconds * 1_000, random);
    let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
    Some(scheduled.max(asked))
}

/// After which time a row is looked at again that was claimed so often: one second, doubled each time, with jitter.
#[must_use]
pub fn next_look(claims: u64, random: u64) -> Duration {
    let doublings = u32::try_from(claims.saturating_sub(1)).unwrap_or(u32::MAX);
    let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
    jittered(factor.saturating_mul(1_000).min(ROW_MAX_MS), random)
}

/// This time, a fifth of it more or less.
fn jittered(ms: u64, random: u64) -> Duration {
    let (shortest, span) = (ms - ms / 5, ms / 5 * 2);
    let spread = ((u128::from(span) + 1) * u128::from(random)) >> 64;
    Duration::from_millis(shortest + u64::try_from(spread).expect("it is within the span"))
}
