//! The drill from outside.

mod scenario_mistakes;
mod scenario_properties;
mod scenario_texts;
mod shipped_scenarios;
mod shrinking;
