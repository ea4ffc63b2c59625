//! What the processor does, as tables; and what holds whatever is asked of it.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

mod cards;
mod keys;
mod properties;
mod refunds;
mod support;
