//! A moment, told by the caller. Orders nothing that money depends on (`pay-clock-not-order`).

use std::fmt;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// The last moment that an id can hold: 48 bits of milliseconds, in the year 10889.
    pub const MAX: Self = Self((1 << 48) - 1);

    /// The moment so many milliseconds after 1970-01-01T00:00:00Z, or [`Time::MAX`] if that is
    /// earlier.
    #[must_use]
    pub const fn from_ms(since_1970_ms: u64) -> Self {
        if since_1970_ms > Self::MAX.0 { Self::MAX } else { Self(since_1970_ms) }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// The moment so many milliseconds later, or [`Time::MAX`] if that is earlier.
    #[must_use]
    pub const fn plus_ms(self, later_ms: u64) -> Self {
        Self::from_ms(self.0.saturating_add(later_ms))
    }
}

impl fmt::Debug for Time {
    /// Seconds and milliseconds apart, because thirteen digits in a row can look like a card
    /// number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s{:03}ms", self.0 / 1_000, self.0 % 1_000)
    }
}
