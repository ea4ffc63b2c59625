//! Rules about Aurora global databases.

mod engine_version_on_global_only;
mod global_memory_class;
mod kms_key_per_region;
mod members;
mod no_managed_master_password;
mod primary_form;
mod secondary_no_credentials;
mod unique_cluster_names;
mod unsupported_features;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    engine_version_on_global_only::RULE,
    global_memory_class::RULE,
    kms_key_per_region::RULE,
    no_managed_master_password::RULE,
    primary_form::RULE,
    secondary_no_credentials::RULE,
    unique_cluster_names::RULE,
    unsupported_features::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[];
