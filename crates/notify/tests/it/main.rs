//! What receivers get, as tables and snapshots; and what holds whatever happens in between.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

mod channels;
mod chaos;
mod crashes;
mod delivering;
mod endpoints;
mod events;
mod judging;
mod oracle;
mod ports;
mod reports;
mod schedule;
mod signatures;
mod store;
mod support;
mod task;
mod telling;
mod world;
