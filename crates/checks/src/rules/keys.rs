//! Rules about secrets, keys, parameters and certificates.

mod certificate_both;
mod database_secrets;
mod key_retain;
mod multi_region_key_for_application;
mod parameters_both;
mod regional_keys_for_services;
mod retention;
mod secret_deletion_policy;
mod secret_replicated;
mod service_keys;
mod used_by_pair;

use crate::rule::{Rule, RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    certificate_both::RULE,
    key_retain::RULE,
    multi_region_key_for_application::RULE,
    regional_keys_for_services::RULE,
    secret_deletion_policy::RULE,
    secret_replicated::RULE,
    parameters_both::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[
    RunTime {
        code: "break-glass-credentials",
        severity: Severity::Error,
        rule: "Somebody holds credentials made for the recovery beforehand, with exactly its rights and tested; they \
               work without the identity provider's Region, and nothing in the recovery changes IAM",
        why: "nobody can log in to begin the recovery, or somebody waits for a role that cannot be made",
        checked: "by a drill that is carried out with these credentials alone",
        source: "ARC Region switch guide, \"Best practices\"; AWS Fault Isolation Boundaries, \"Global services\"",
    },
    RunTime {
        code: "secret-rotation-follows-writer",
        severity: Severity::Error,
        rule: "A secret is rotated in its own Region only, where its source is; rotation is suspended during a role \
               change, and a replica is promoted (`StopReplicationToReplica`, in the replica's Region) for long \
               outages alone, because that severs it",
        why: "a rotation in the middle of the move locks everybody out of the database",
        checked: "by a step of the runbook that suspends rotation, and one that decides about it afterwards",
        source: "AWS Secrets Manager User Guide, \"Replicate AWS Secrets Manager secrets across Regions\" and \
                 \"Promote a replica secret to a standalone secret\"",
    },
];
