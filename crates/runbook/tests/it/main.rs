//! Plans as tables, and runs that are killed, repeated, raced and refused.

mod facts;
mod plans;
mod unmet;
