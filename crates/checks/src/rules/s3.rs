//! Rules about buckets and their replication.

mod archive_tiers;
mod bidirectional_for_failback;
mod bucket_settings_not_replicated;
mod delete_marker_policy_explicit;
mod failed_events;
mod kms_replication_config;
pub(crate) mod logs;
mod no_auto_delete_of_payment_data;
mod no_chaining;
mod notifications;
mod object_lock_both;
mod replication_metrics_region;
pub(crate) mod replications;
mod role_permissions_complete;
mod rtc_on;
mod two_phase_create;
mod v2_needs_delete_marker_element;
mod versioning_both;

use crate::rule::{Rule, RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    archive_tiers::RULE,
    bidirectional_for_failback::RULE,
    bucket_settings_not_replicated::RULE,
    delete_marker_policy_explicit::RULE,
    failed_events::RULE,
    kms_replication_config::RULE,
    no_auto_delete_of_payment_data::RULE,
    no_chaining::RULE,
    object_lock_both::RULE,
    replication_metrics_region::RULE,
    role_permissions_complete::RULE,
    rtc_on::RULE,
    two_phase_create::RULE,
    v2_needs_delete_marker_element::RULE,
    versioning_both::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[
    RunTime {
        code: "s3-existing-objects-batch",
        severity: Severity::Error,
        rule: "Objects that were there before the replication rule, failed ones and replicas are copied by Batch \
               Replication, with a role of its own, before the other Region counts as ready.",
        why: "Old evidence is absent in the other Region, because a rule copies only what is written after it.",
        checked: "By the report of the finished Batch Replication job and a comparison of both buckets' inventories; no \
                  template has either.",
        source: "Amazon S3 User Guide, \"Replicating existing objects with Batch Replication\"",
    },
    RunTime {
        code: "s3-no-bucket-config-in-recovery",
        severity: Severity::Blocker,
        rule: "No step of the takeover creates a bucket or changes the configuration of one.",
        why: "The step hangs while us-east-1 is down, because most such calls depend on it, whatever Region the bucket \
              is in.",
        checked: "In the runbook: none of its steps calls `s3:CreateBucket` or `s3:PutBucket*`.",
        source: "AWS Fault Isolation Boundaries, \"Global services\"",
    },
];
