//! Rules about Aurora global databases.

mod config_parity;
mod deletion_protection;
mod empty_identifier_detaches;
mod endpoint_choice_explicit;
mod endpoints;
mod engine_version_on_global_only;
mod global_memory_class;
mod kms_key_per_region;
mod lag_alarms;
mod lag_alarms_where_emitted;
mod members;
mod no_auto_minor_upgrade;
mod no_autoscaling_on_secondary;
mod no_managed_master_password;
mod no_write_forwarding_for_ledger;
mod parameters;
mod primary_form;
mod rds_proxy_per_region;
mod rpo_param_two_regions;
mod run_time;
mod same_version_both_regions;
mod save_lost_writes_snapshot;
mod secondary_has_reader;
mod secondary_no_credentials;
mod serverless_v2_min;
mod source_arn_never_follows_the_writer;
mod two_instances_each_region;
mod unique_cluster_names;
mod unsupported_features;
mod use_rpolag_for_loss;
mod version_eol_horizon;
mod version_supported;
mod versions;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    config_parity::RULE,
    deletion_protection::RULE,
    empty_identifier_detaches::RULE,
    endpoint_choice_explicit::RULE,
    engine_version_on_global_only::RULE,
    global_memory_class::RULE,
    kms_key_per_region::RULE,
    lag_alarms_where_emitted::RULE,
    no_auto_minor_upgrade::RULE,
    no_autoscaling_on_secondary::RULE,
    no_managed_master_password::RULE,
    no_write_forwarding_for_ledger::RULE,
    primary_form::RULE,
    rds_proxy_per_region::RULE,
    rpo_param_two_regions::RULE,
    same_version_both_regions::RULE,
    save_lost_writes_snapshot::RULE,
    secondary_has_reader::RULE,
    secondary_no_credentials::RULE,
    serverless_v2_min::RULE,
    source_arn_never_follows_the_writer::RULE,
    two_instances_each_region::RULE,
    unique_cluster_names::RULE,
    unsupported_features::RULE,
    use_rpolag_for_loss::RULE,
    version_eol_horizon::RULE,
    version_supported::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = run_time::RULES;

/// Days in which people can find the snapshot of lost writes and copy it, and for which every member keeps backups.
pub(super) const BACKUP_DAYS_MIN: f64 = 7.0;

/// The clusters of each global database in the two Regions of the pair, for rules of other areas: primary's, standby's.
pub(super) fn pairs(design: &crate::Design) -> Vec<(crate::Resource<'_>, crate::Resource<'_>)> {
    let members = members::Members::of(design);
    members.pairs().map(|(primary, standby)| (primary.cluster, standby.cluster)).collect()
}
