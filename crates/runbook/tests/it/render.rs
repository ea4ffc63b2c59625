//! The renderings of plans.

mod forms;
mod states_language;
mod walk;
mod walks;
