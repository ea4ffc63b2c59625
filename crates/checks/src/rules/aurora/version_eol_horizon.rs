//! Versions whose support ends soon.

use super::versions::{self, MAJOR_DAYS, Release};
use crate::date::Date;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

/// Days before the end of a minor version's support.
const MINOR_DAYS: i64 = 180;

rule! {
    /// The support of a global database's version does not end soon.
    ///
    /// ## What is checked
    ///
    /// For Aurora PostgreSQL, by the release calendar as it stood on 22 November 2026: the minor version is
    /// supported for another 180 days and the major version for another 365, counted from the day of the check, or
    /// from the calendar's own day where none is given.
    ///
    /// ## Why it hurts
    ///
    /// A global database is not upgraded automatically: somebody must plan it, in both Regions, with a rehearsal.
    /// After the end of a minor version members of it cannot be built anew; after that of a major version Extended
    /// Support is charged by the hour and core.
    ///
    /// ## What to change
    ///
    /// Upgrade all members by one `ModifyGlobalCluster`: within the major version to its newest minor version; to
    /// another major version, such as `17.7` with long-term support, with `--allow-major-version-upgrade` and after a
    /// rehearsal. Then let the template say the same version.
    ///
    /// ## Source
    ///
    /// Release Notes for Aurora PostgreSQL, "Release calendar for Aurora PostgreSQL".
    "aurora-version-eol-horizon": Warning, NoWayHome, Derived, Template;
    why: "nothing upgrades a global database by itself, and a member of a version without support cannot be built anew after a loss";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let today = versions::today(design);
    for (version, places) in versions::of_postgres(design, judge) {
        judge.subject();
        let Some(release) = Release::parse(&version) else { continue };
        // A version that is gone already is reported by the rule about those.
        if let Some(end) = ending(release, today)
            && !release.is_withdrawn()
        {
            judge.finding_with(
                &places[0],
                &places[1..],
                format!("`EngineVersion` is `{version}`: {end}"),
                release.upgrade(today),
            );
        }
    }
}

/// What ends or has ended, if it is near.
fn ending(release: Release, today: Date) -> Option<String> {
    let Release { major, .. } = release;
    if let Some(last) = release.minor_ends()
        && (0..=MINOR_DAYS).contains(&last.days_since(today))
    {
        return Some(format!(
            "its support ends on {last}, {} days after {today}",
            last.days_since(today)
        ));
    }
    let last = release.major_ends()?;
    match last.days_since(today) {
        ..0 => Some(format!(
            "standard support of Aurora PostgreSQL {major} ended on {last}, so that Extended Support is charged"
        )),
        days @ 0..=MAJOR_DAYS => Some(format!(
            "standard support of Aurora PostgreSQL {major} ends on {last}, {days} days after {today}"
        )),
        _ => None,
    }
}
