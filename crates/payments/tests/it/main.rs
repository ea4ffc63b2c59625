//! What is decided, as tables; and what holds whatever happens in between.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

mod bank;
mod books;
mod cards;
mod chaos;
mod crashes;
mod decisions;
mod drafts;
mod events;
mod ids;
mod keys;
mod life_cycle;
mod money;
mod oracle;
mod orders;
mod outcomes;
mod pages;
mod ports;
mod privacy;
mod reconciliation;
mod refunds;
mod store;
mod support;
mod table;
mod task;
mod workers;
mod world;
