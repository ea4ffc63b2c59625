//! Rules about Aurora global databases.

mod global_memory_class;
mod members;
mod unique_cluster_names;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[global_memory_class::RULE, unique_cluster_names::RULE];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[];
