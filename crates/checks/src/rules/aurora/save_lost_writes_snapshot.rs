//! How long the snapshot of lost writes is kept.

use super::BACKUP_DAYS_MIN;
use super::members::{Member, Members};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

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
    let members = Members::of(design);
    for member in members.iter() {
        judge.subject();
        let retention = member.cluster.at(PERIOD);
        let Some(days) = judge.number(&retention) else { continue };
        if days.unwrap_or(DAYS_DEFAULT) < BACKUP_DAYS_MIN {
            let found = match days {
                Some(days) => format!("`BackupRetentionPeriod` is `{days}`"),
                None => "`BackupRetentionPeriod` is not set, so that backups are kept for one day"
                    .to_owned(),
            };
            judge.finding(
                &retention,
                found,
                format!("set `{PERIOD}: {}` or more", wanted(&members, member)),
            );
        }
    }
}

/// Where a cluster says for how many days it keeps backups.
const PERIOD: &str = "BackupRetentionPeriod";

/// The least that a member needs, and not less than its partner has.
fn wanted(members: &Members<'_>, member: &Member<'_>) -> f64 {
    let partner = members.partner(member);
    let partner = partner.and_then(|partner| partner.cluster.at(PERIOD).number().known());
    partner.unwrap_or_default().max(BACKUP_DAYS_MIN)
}
