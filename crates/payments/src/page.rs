//! Lists, a page at a time: newest first, each page after the last id of the one before.

use crate::fault::{Fault, FaultCode, Faults};
use crate::id::PaymentId;

/// Which page of the payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    limit: usize,
    starting_after: Option<PaymentId>,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it, newest first.
    pub items: Vec<T>,
    /// Whether a further page has anything on it.
    pub has_more: bool,
}

impl PageRequest {
    /// How many items a page has when nobody says.
    pub const LIMIT_DEFAULT: usize = 10;
    /// The most items of a page.
    pub const LIMIT_MAX: usize = 100;

    /// The page that these query parameters mean.
    ///
    /// # Errors
    ///
    /// Every fault in them, in this order.
    pub fn parse(limit: Option<&str>, starting_after: Option<&str>) -> Result<Self, Faults> {
        let limit = limit.map_or(Ok(Self::LIMIT_DEFAULT), read_limit);
        let starting_after = starting_after.map(read_cursor).transpose();
        match (limit, starting_after) {
            (Ok(limit), Ok(starting_after)) => Ok(Self { limit, starting_after }),
            (limit, cursor) => {
                let faults = limit.err().into_iter().chain(cursor.err()).collect();
                Err(Faults::new(faults).expect("one of them is a fault"))
            }
        }
    }

    /// How many rows to read: one more than fits, to know whether there is a further page.
    #[must_use]
    pub fn rows(self) -> usize {
        self.limit + 1
    }

    /// The id that all rows are older than, if any.
    #[must_use]
    pub fn starting_after(self) -> Option<PaymentId> {
        self.starting_after
    }

    /// The page of the first [`PageRequest::rows`] rows after the cursor, newest first.
    #[must_use]
    pub fn page<T>(self, mut rows: Vec<T>) -> Page<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        Page { items: rows, has_more }
    }

    /// The page of all these payments, in any order.
    #[must_use]
    pub fn select(self, payments: impl IntoIterator<Item = PaymentId>) -> Page<PaymentId> {
        let is_older = |id: &PaymentId| self.starting_after.is_none_or(|after| *id < after);
        let mut rows: Vec<PaymentId> = payments.into_iter().filter(is_older).collect();
        rows.sort_by(|a, b| b.cmp(a));
        self.page(rows)
    }
}

fn read_limit(text: &str) -> Result<usize, Fault> {
    let limit = text.parse().ok().filter(|limit| (1..=PageRequest::LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| Fault {
        param: "limit".to_owned(),
        code: FaultCode::Malformed,
        message: format!("must be an integer from 1 to {}", PageRequest::LIMIT_MAX),
    })
}

fn read_cursor(text: &str) -> Result<PaymentId, Fault> {
    PaymentId::parse(text).ok_or_else(|| Fault {
        param: "starting_after".to_owned(),
        code: FaultCode::Malformed,
        message: "must be the id of the last payment of the page before".to_owned(),
    })
}
