//! The one clock of this machine, by which everybody writes down when something was.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in microseconds since the Unix epoch; zero on a clock that stands before it.
#[must_use]
pub fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
