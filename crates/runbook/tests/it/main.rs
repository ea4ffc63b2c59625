//! Plans as tables, and runs that are killed, repeated, raced and refused.

mod automatic;
mod carry;
mod clock;
mod controls;
mod decisions;
mod due;
mod facts;
mod failures;
mod kills;
mod lab;
mod late;
mod lost;
mod pairs;
mod plans;
mod render;
mod runners;
mod runs;
mod seen;
mod single;
mod stores;
mod stories;
mod summaries;
mod system;
mod twice;
mod unmet;
mod wire;
