//! How fast time goes here: the numbers of the rules, shrunk, so that a Region is lost and replaced in
//! seconds.

use std::time::Duration;

use fence::{DurationMs, Timing};

/// How often each thing is looked at, and for how long answers are kept. What the rules say is in
/// parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Leases (10 s, 3 s, 2 s: `pay-write-gate-lease`). The clocks of one machine are one clock.
    pub timing: Timing,
    /// From one request of a health check to the next (10 s).
    pub check_interval: Duration,
    /// For how long resolvers keep an answer (60 s).
    pub ttl: Duration,
    /// For how long those keep it that ignore the TTL (240 s).
    pub sticky_ttl: Duration,
    /// By how much the times of a scenario are divided.
    pub scenario_divisor: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            timing: Timing {
                lease_length: DurationMs(600),
                renewal_interval: DurationMs(150),
                clock_bound: DurationMs(50),
            },
            check_interval: Duration::from_millis(50),
            ttl: Duration::from_millis(200),
            sticky_ttl: Duration::from_millis(2_000),
            scenario_divisor: 100,
        }
    }
}
