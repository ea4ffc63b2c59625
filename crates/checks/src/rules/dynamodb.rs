//! Rules about global tables of DynamoDB.

mod autoscaling_inside;
mod cmk_same_kind_each_region;
mod dax_stale;
mod disassociation_protection;
mod key_loss_orphans_replica;
mod mrec_is_last_writer_wins;
mod mrsc_for_control_and_idempotency;
mod mrsc_limits;
mod mrsc_region_sets;
mod one_stack_owns_all_replicas;
mod owner_stack_in_standby;
mod pitr_each_replica;
mod purpose;
pub(super) mod replicas;
mod replication_latency_alarm;
mod run_time;
mod stream_required;
mod streams_in_both_regions;

use crate::rule::{Rule, RunTime};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    autoscaling_inside::RULE,
    cmk_same_kind_each_region::RULE,
    dax_stale::RULE,
    disassociation_protection::RULE,
    key_loss_orphans_replica::RULE,
    mrec_is_last_writer_wins::RULE,
    mrsc_for_control_and_idempotency::RULE,
    mrsc_limits::RULE,
    mrsc_region_sets::RULE,
    one_stack_owns_all_replicas::RULE,
    owner_stack_in_standby::RULE,
    pitr_each_replica::RULE,
    replication_latency_alarm::RULE,
    stream_required::RULE,
    streams_in_both_regions::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = run_time::RULES;
