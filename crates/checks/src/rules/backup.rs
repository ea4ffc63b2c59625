//! Rules about backups.

mod cross_region_copy;
mod replication_is_not_backup;
mod retention_both_members;
mod selections;

use crate::rule::{Rule, RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[Rule] =
    &[cross_region_copy::RULE, retention_both_members::RULE, replication_is_not_backup::RULE];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[RunTime {
    code: "backup-restore-tested",
    severity: Severity::Error,
    rule: "A backup is restored into an account or network of its own, and the ledger's invariants hold there, at least \
           once a year and after each material change.",
    why: "Backups that were never restored fail to restore when both Regions have the same ruin.",
    checked: "In a drill, with its date and result as evidence.",
    source: "Regulation (EU) 2022/2554 (DORA), article 12; AWS Well-Architected, Reliability Pillar, \"Plan for disaster \
             recovery\"",
}];
