//! The renderings of a plan: text for `--dry-run`, JSON for programs, a page for people, and the
//! definition of a state machine. Each is a pure function of the plan, so that all four say the same.

mod json;
mod numbers;
mod page;
mod paragraph;
mod sentences;
mod state_machine;
mod text;
mod words;

pub use json::{FORMAT, json};
pub use page::{Names, page};
pub use state_machine::{TRY_AGAIN, decision, invocation_seconds, report, state_machine};
pub use text::text;
