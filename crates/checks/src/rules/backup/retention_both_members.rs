//! How long the members of a global database keep backups.

use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::rules::aurora;

rule! {
    /// Both members of a global database say how long they keep backups, and the standby's not less.
    ///
    /// ## What is checked
    ///
    /// `BackupRetentionPeriod` is there on both clusters of every global database of the pair, and the standby's is
    /// not the smaller one. Absent means one day.
    ///
    /// ## Why it hurts
    ///
    /// After promotion the window of the new primary starts from its own setting: a mistake of the day before
    /// yesterday can then not be undone, though the old primary kept weeks.
    ///
    /// ## What to change
    ///
    /// The same number on both, and 7 or more (`aurora-save-lost-writes-snapshot`):
    ///
    /// ```yaml
    /// BackupRetentionPeriod: 14
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using switchover or failover in Amazon Aurora Global Database"; what follows is our
    /// conclusion.
    "backup-retention-both-members": Error, NoWayHome, Derived, Pair;
    why: "after the takeover the new primary keeps backups for its own period, which may be one day";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (primary, standby) in aurora::pairs(design) {
        judge.subject();
        let days = [days(judge, primary, standby), days(judge, standby, primary)];
        if let [Some(Some(here)), Some(Some(there))] = days
            && there < here
        {
            judge.finding_with(
                &standby.at(PERIOD),
                &[primary.at(PERIOD)],
                format!("the standby keeps backups for {there} days, the primary for {here}"),
                change(here),
            );
        }
    }
}

/// Where a cluster says for how many days it keeps backups.
const PERIOD: &str = "BackupRetentionPeriod";

/// The days, if they are known; that nothing is said is reported.
fn days(
    judge: &mut Judge<'_>,
    cluster: Resource<'_>,
    partner: Resource<'_>,
) -> Option<Option<f64>> {
    let period = cluster.at(PERIOD);
    let days = judge.number(&period)?;
    if days.is_none() {
        judge.finding(
            &period,
            format!("`{PERIOD}` is absent in {}, which means one day", cluster.region()),
            change(partner.at(PERIOD).number().known().unwrap_or_default()),
        );
    }
    Some(days)
}

/// As many days as the other member has, and enough to find the snapshot of lost writes.
fn change(partner_days: f64) -> String {
    format!("set `{PERIOD}: {}` or more", partner_days.max(aurora::BACKUP_DAYS_MIN))
}
