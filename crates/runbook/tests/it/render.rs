//! The renderings of plans.

mod forms;
mod same_run;
mod states_language;
mod walk;
mod walks;
