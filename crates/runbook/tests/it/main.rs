//! Plans as tables, and runs that are killed, repeated, raced and refused.

mod facts;
mod lost;
mod pairs;
mod plans;
mod render;
mod unmet;
