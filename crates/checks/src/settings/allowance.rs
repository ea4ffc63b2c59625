//! Findings that the user has decided to live with, why, and until when.

use std::fmt;

use crate::date::Date;
use crate::policy::matches;
use crate::report::{Finding, Spot};

/// Findings that do not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Allowance {
    /// The code of the rule that may be broken.
    pub rule: &'static str,
    /// Where it may be broken: `STACK/LOGICAL_ID` or a construct path, in which `*` stands for any text and
    /// `?` for one letter; everywhere where it is absent.
    pub resource: Option<String>,
    /// Why it may be broken.
    pub reason: String,
    /// Until when.
    pub expires: Expiry,
    /// The file that says so.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
}

/// Until when something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expiry {
    /// This day is the last one.
    On(Date),
    /// For good.
    Never,
}

impl Expiry {
    /// For how many days it is over; `None` while it is not.
    #[must_use]
    pub fn days_over(self, today: Option<Date>) -> Option<i64> {
        match (self, today) {
            (Self::On(last), Some(today)) if today > last => Some(today.days_since(last)),
            _ => None,
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => date.fmt(f),
            Self::Never => f.pad("never"),
        }
    }
}

impl Allowance {
    /// Whether it is about this finding, whatever the day.
    #[must_use]
    pub fn covers(&self, finding: &Finding) -> bool {
        self.rule == finding.rule && self.is_at(&finding.spot)
    }

    fn is_at(&self, spot: &Spot) -> bool {
        let Some(pattern) = &self.resource else { return true };
        let by_name = format!("{}/{}", spot.stack, spot.resource);
        let by_path = spot.construct_path.as_deref();
        matches(pattern, &by_name)
            || by_path.is_some_and(|path| matches(pattern, path))
            || spot.resource.is_empty() && matches(pattern, &spot.stack)
    }
}
