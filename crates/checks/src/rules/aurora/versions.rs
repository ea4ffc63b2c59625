//! Versions of Aurora, and until when they are supported.
//!
//! The calendar is a copy of the page "Release calendar for Aurora PostgreSQL", as it stood on 22 November 2026.

use std::collections::BTreeMap;

use super::members::Members;
use crate::date::Date;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;

/// Days before the end of a major version's standard support in which to leave it.
pub(super) const MAJOR_DAYS: i64 = 365;

/// Major and minor version, such as 17 and 7; a text may name the major version alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Release {
    pub(super) major: u32,
    pub(super) minor: Option<u32>,
}

impl Release {
    /// The release that an `EngineVersion` names, such as `17.7` or `8.0.mysql_aurora.3.04.0`.
    pub(super) fn parse(version: &str) -> Option<Self> {
        let numbers = version.split_once("mysql_aurora.").map_or(version, |(_, rest)| rest);
        let mut parts = numbers.split(['.', '-']);
        let major = parts.next()?.parse().ok()?;
        Some(Self { major, minor: parts.next().and_then(|minor| minor.parse().ok()) })
    }

    /// Whether two releases are certainly not the same.
    pub(super) fn differs(self, other: Self) -> bool {
        let minors = self.minor.zip(other.minor);
        self.major != other.major || minors.is_some_and(|(mine, theirs)| mine != theirs)
    }

    /// Whether Aurora PostgreSQL had withdrawn it on the day of the calendar.
    pub(super) fn is_withdrawn(self) -> bool {
        let Some(minor) = self.minor else { return self.major < 11 };
        match self.major {
            0..=10 => true,
            11 => minor < 21 && minor != 9,
            12 => minor < 22 && minor != 9,
            13 => minor < 23 && minor != 9,
            14 => minor < 17 && minor != 6,
            15 => minor < 10,
            16 => minor < 8,
            17 => minor < 4,
            _ => false,
        }
    }

    /// The last day of this minor version, where the calendar names one.
    pub(super) fn minor_ends(self) -> Option<Date> {
        match (self.major, self.minor?) {
            (14, 17) | (15, 12) | (17, 4) => Date::new(2026, 11, 30),
            (15, 13) | (16, 9) | (17, 5) => Date::new(2026, 12, 31),
            _ => None,
        }
    }

    /// The last day of the major version in standard support.
    pub(super) fn major_ends(self) -> Option<Date> {
        match self.major {
            11 => Date::new(2024, 2, 29),
            12 => Date::new(2025, 2, 28),
            13 => Date::new(2026, 2, 28),
            14 => Date::new(2027, 2, 28),
            15 => Date::new(2028, 2, 29),
            16 => Date::new(2029, 2, 28),
            17 => Date::new(2030, 2, 28),
            18 => Date::new(2031, 2, 28),
            _ => None,
        }
    }

    /// How to go on within the major version, as a fragment: what RDS can do to all members at once.
    pub(super) fn next_minor(self) -> Option<&'static str> {
        match (self.major, self.minor?) {
            (14, ..22) => Some("`14.22`, the newest 14 of the calendar"),
            (15, ..10) => {
                Some("`15.10` (long-term support) or `15.17`, the newest 15 of the calendar")
            }
            (15, ..17) => Some("`15.17`, the newest 15 of the calendar"),
            (16, ..8) => {
                Some("`16.8` (long-term support) or `16.13`, the newest 16 of the calendar")
            }
            (16, ..13) => Some("`16.13`, the newest 16 of the calendar"),
            (17, ..7) => Some("`17.7` (long-term support)"),
            _ => None,
        }
    }

    /// The command that upgrades every member, and what comes of it, as a fragment. A later major version is named
    /// where this one has nothing newer, or ends.
    pub(super) fn upgrade(self, today: Date) -> String {
        const COMMAND: &str = "`aws rds modify-global-cluster --engine-version VERSION";
        let major_stays = self.major_ends().is_none_or(|last| last.days_since(today) > MAJOR_DAYS);
        match self.next_minor().filter(|_| major_stays) {
            Some(version) => format!("upgrade to {version}, by {COMMAND}`"),
            None if self.major < 17 => format!(
                "rehearse and plan the upgrade to `17.7` (long-term support), by {COMMAND} --allow-major-version-upgrade`"
            ),
            None => format!(
                "plan the upgrade to a newer version, by {COMMAND}`, with `--allow-major-version-upgrade` if its major version is another"
            ),
        }
    }
}

/// The day that versions are compared with: the user's today, or else the calendar's own.
pub(super) fn today(design: &Design) -> Date {
    let calendar = || Date::new(2026, 11, 22).expect("the calendar was copied on a day");
    design.settings().today.unwrap_or_else(calendar)
}

/// Where global databases of Aurora PostgreSQL and their members say a version, by that version.
pub(super) fn of_postgres<'d>(
    design: &'d Design,
    judge: &mut Judge<'_>,
) -> BTreeMap<String, Vec<Place<'d>>> {
    let members = Members::of(design);
    let is_postgres = |engine: Option<String>| engine.as_deref() == Some("aurora-postgresql");
    let globals = design
        .of("AWS::RDS::GlobalCluster")
        .filter(|global| is_postgres(global.at("Engine").text().known()));
    let clusters =
        members.iter().filter(|member| is_postgres(member.engine())).map(|member| member.cluster);
    let mut versions: BTreeMap<String, Vec<Place<'d>>> = BTreeMap::new();
    for place in globals.chain(clusters).map(|resource| resource.at("EngineVersion")) {
        if let Some(version) = judge.text(&place).flatten() {
            versions.entry(version).or_default().push(place);
        }
    }
    versions
}
