//! The drill from outside.

mod disk_full;
mod every_step;
mod history_end;
mod history_export;
mod history_runs;
mod history_table;
mod judge_money;
mod judge_permission;
mod judge_runs;
mod judge_service;
mod page;
#[cfg(feature = "planted-bugs")]
mod planted_bugs;
mod report;
mod sample;
mod scenario_mistakes;
mod scenario_properties;
mod scenario_texts;
mod second_judge;
mod shipped_scenarios;
mod shrinking;
mod simulated;
mod story;
mod told;
