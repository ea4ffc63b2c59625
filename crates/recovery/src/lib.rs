//! What a run asks of a ledger: how it stands, where it ends, what it lacks, and that it be put right.
//!
//! In AWS only what is in a Region's network reaches its database, so that runs ask a function there; on one machine
//! they ask at once. Questions and answers are the same, and so is what is done.

mod answer;
mod asked;
mod lost;
mod told;

pub use answer::{Recovery, answer};
pub use asked::{Answer, Ask, Missing, Question, Recovered};
pub use stores::Standing;
