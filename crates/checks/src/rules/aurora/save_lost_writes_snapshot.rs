//! How long the snapshot of lost writes is kept.

use super::members::Members;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

/// Days in which people can find the snapshot and copy it.
const DAYS_MIN: f64 = 7.0;
/// What RDS takes where the template says nothing.
const DAYS_DEFAULT: f64 = 1.0;

rule! {
    /// Backups of every member are kept for seven days or more, because the snapshot of lost writes expires with
    /// them.
    ///
    /// ## What is checked
    ///
    /// `BackupRetentionPeriod` of each member of a global database is 7 or more; left out it is 1. Whether the
    /// snapshot was found and copied only the runbook can show.
    ///
    /// ## Why it hurts
    ///
    /// After a managed failover Aurora tries to keep the old volume as the snapshot
    /// `rds:unplanned-global-failover-…` in the old Region. It is the only copy of the payments that were not
    /// replicated, and it expires with the old cluster's automatic backups. Either Region may be the old one.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// BackupRetentionPeriod: 7
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using switchover or failover in Amazon Aurora Global Database".
    "aurora-save-lost-writes-snapshot": Blocker, DataLost, Documented, Template;
    why: "the only copy of payments that were not replicated expires with the old cluster's backups, before anybody has looked for it";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for member in Members::of(design).iter() {
        judge.subject();
        let retention = member.cluster.at("BackupRetentionPeriod");
        let Some(days) = judge.number(&retention) else { continue };
        if days.unwrap_or(DAYS_DEFAULT) < DAYS_MIN {
            let found = match days {
                Some(days) => format!("`BackupRetentionPeriod` is `{days}`"),
                None => "`BackupRetentionPeriod` is not set, so that backups are kept for one day"
                    .to_owned(),
            };
            judge.finding(
                &retention,
                found,
                "set `BackupRetentionPeriod: 7` or more on the members of both Regions",
            );
        }
    }
}
