//! A day of the calendar, to compare allowances with.

use std::fmt;
use std::str::FromStr;

/// A day, from 0001-01-01 to 9999-12-31; the earlier one is the lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADate;

impl Date {
    /// This day, if the calendar has it.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_one = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_of_month(year, month)).contains(&day);
        is_one.then_some(Self { year, month, day })
    }

    /// The day that this many days after 1970-01-01 is.
    #[must_use]
    pub fn of_days_since_1970(days: i64) -> Option<Self> {
        let since_first = days.checked_add(DAYS_TO_1970)?;
        let guess = since_first.div_euclid(366).checked_add(1)?;
        // A year has 365.2425 days: the guess is never late, and early by a few years at most.
        let mut year = u16::try_from(guess).ok().filter(|year| (1..=9999).contains(year))?;
        while year < 9999 && days_before_year(year + 1) <= since_first {
            year += 1;
        }
        let mut left = since_first - days_before_year(year);
        for month in 1..=12 {
            let length = days_of_month(year, month);
            if left < i64::from(length) {
                return Self::new(year, month, u8::try_from(left + 1).ok()?);
            }
            left -= i64::from(length);
        }
        None
    }

    /// How many days later than `earlier` this day is; negative if it is the earlier one.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.number() - earlier.number()
    }

    /// How many days after 0001-01-01 it is.
    fn number(self) -> i64 {
        let months = 1..self.month;
        let before: i64 = months.map(|month| i64::from(days_of_month(self.year, month))).sum();
        days_before_year(self.year) + before + i64::from(self.day) - 1
    }
}

/// How many days 1970-01-01 is after 0001-01-01.
const DAYS_TO_1970: i64 = 719_162;

fn days_before_year(year: u16) -> i64 {
    let years = i64::from(year) - 1;
    years * 365 + years / 4 - years / 100 + years / 400
}

fn days_of_month(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.year, self.month, self.day))
    }
}

impl FromStr for Date {
    type Err = NotADate;

    /// The day that a text such as `2027-03-01` names.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(NotADate) };
        let number = |text: &str, digits: usize| {
            let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse::<u16>().ok()).flatten()
        };
        let small = |text| number(text, 2).and_then(|number| u8::try_from(number).ok());
        let date = number(year, 4)
            .zip(small(month).zip(small(day)))
            .and_then(|(year, (month, day))| Self::new(year, month, day));
        date.ok_or(NotADate)
    }
}
