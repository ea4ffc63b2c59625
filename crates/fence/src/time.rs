//! Instants and spans in milliseconds, and how long a lease lasts.
//!
//! Nothing here reads a clock: whoever calls says what the time is.

use std::fmt;

/// An instant on the caller's clock, in milliseconds since the Unix epoch.
///
/// What is assumed of that clock: at any one instant no two clocks of the system, those of both
/// Regions' processes and of whoever drives a run, differ by more than [`Timing::clock_bound`].
/// It is the wall clock, kept by the Amazon Time Sync Service or the like. A monotonic clock will
/// not do: it may stand still while a process is frozen, and the process would wake with its
/// lease as fresh as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// The instant `span` later, or the last one there is.
    #[must_use]
    pub const fn plus(self, span: DurationMs) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// How long it is from `earlier` to here; zero when it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> DurationMs {
        DurationMs(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DurationMs(pub u64);

impl DurationMs {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// The sum of both, or the longest span there is.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// This many times the span, or the longest span there is.
    #[must_use]
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl fmt::Display for DurationMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

impl From<DurationMs> for std::time::Duration {
    fn from(span: DurationMs) -> Self {
        Self::from_millis(span.0)
    }
}

/// How long a lease lasts, how often it is renewed, and how far clocks may be apart. All processes
/// of a system, those of a run included, use the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// For how long a renewal opens the gate, from before it was asked for.
    pub lease_length: DurationMs,
    /// From one renewal to the next.
    pub renewal_interval: DurationMs,
    /// The most that two clocks of the system differ at one instant.
    pub clock_bound: DurationMs,
}

impl Default for Timing {
    /// 10 s, 3 s and 2 s: the numbers of the rule `pay-write-gate-lease`.
    fn default() -> Self {
        Self {
            lease_length: DurationMs(10_000),
            renewal_interval: DurationMs(3_000),
            clock_bound: DurationMs(2_000),
        }
    }
}

/// Why a [`Timing`] cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimingFault {
    /// A renewal every 0 ms would never end.
    NoInterval,
    /// One lost renewal would close the gate.
    LeaseTooShort,
}

impl Timing {
    /// Whether a gate stays open when one renewal in a row is lost and the clocks are as far apart
    /// as they may be.
    ///
    /// # Errors
    /// When there is no interval, or when two of them and the clock bound do not fit into a lease.
    pub fn check(&self) -> Result<(), TimingFault> {
        let needed = self.renewal_interval.times(2).plus(self.clock_bound);
        if self.renewal_interval == DurationMs::ZERO {
            return Err(TimingFault::NoInterval);
        }
        if needed >= self.lease_length { Err(TimingFault::LeaseTooShort) } else { Ok(()) }
    }

    /// How much of a lease is left when the next renewal is due.
    pub(crate) const fn left_when_due(&self) -> DurationMs {
        DurationMs(self.lease_length.0.saturating_sub(self.renewal_interval.0))
    }

    /// How much of a lease is left when nobody leans on another's renewal any more: half an
    /// interval old, it would leave who leans on it too little to lose a renewal.
    pub(crate) const fn left_when_stale(&self) -> DurationMs {
        DurationMs(self.lease_length.0.saturating_sub(self.renewal_interval.0 / 2))
    }
}

impl fmt::Display for TimingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoInterval => "the renewal interval is 0 ms",
            Self::LeaseTooShort => {
                "the lease is not longer than two renewal intervals and the clock bound"
            }
        })
    }
}

impl std::error::Error for TimingFault {}
