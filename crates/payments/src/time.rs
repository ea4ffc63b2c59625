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

/// The moment as people and programs read it, by RFC 3339: in UTC with milliseconds, such as
/// `2026-11-23T03:41:00.125Z`. Thirteen digits in a row could look like a card number.
#[must_use]
pub fn rfc3339(time: Time) -> String {
    let ms = time.as_ms();
    let (days, ms_of_day) = (ms / 86_400_000, ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute) = (ms_of_day / 3_600_000, ms_of_day / 60_000 % 60);
    let (second, ms) = (ms_of_day / 1_000 % 60, ms_of_day % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// Year, month and day of so many days after 1970-01-01, counted in eras of 400 years that begin in
/// March, so that the leap day is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    let since_march_0 = days + 719_468;
    let (era, day_of_era) = (since_march_0 / 146_097, since_march_0 % 146_097);
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_leap_years_and_others() {
        let table = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_763_869_261_125, "2025-11-23T03:41:01.125Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ];
        for (ms, text) in table {
            assert_eq!(rfc3339(Time::from_ms(ms)), text);
        }
    }
}
