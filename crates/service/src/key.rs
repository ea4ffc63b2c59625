//! The header `Idempotency-Key`, as far as HTTP decides about it; what is in it is read by the core.

use axum::http::HeaderMap;
use payments::{IdempotencyKey, KeyFault, Outcome};

use crate::problem::Wrong;

/// What faults call it.
pub(crate) const PARAM: &str = "Idempotency-Key";

/// Not one string: the core's word for it is [`KeyFault::NotAString`].
const NO_STRING: &str = "\"";

/// The field as it was sent; nothing when it is not there. One that is there twice, or is not ASCII,
/// reads as one that the core refuses.
pub(crate) fn field(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all("idempotency-key").iter();
    let first = values.next()?;
    match values.next() {
        None => Some(first.to_str().unwrap_or(NO_STRING)),
        Some(_) => Some(NO_STRING),
    }
}

/// What is wrong with the field, if anything.
pub(crate) fn check(field: Option<&str>) -> Option<Wrong> {
    IdempotencyKey::parse(field).err().map(wrong)
}

/// What is wrong with a key, as one fault of many.
pub(crate) fn wrong(fault: KeyFault) -> Wrong {
    Wrong::new(PARAM, Outcome::KeyFault(fault).code(), fault.to_string())
}
