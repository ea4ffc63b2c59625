//! What receivers get, as tables and snapshots; and what holds whatever happens in between.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

mod signatures;
