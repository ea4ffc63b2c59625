//! Versions of Aurora, and until when they are supported.
//!
//! The calendar is a copy of the page "Release calendar for Aurora PostgreSQL", as it stood on 22 November 2026.

use std::collections::BTreeMap;

use super::members::Members;
use crate::date::Date;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;

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

    /// The version with long-term support to go to, as a fragment.
    pub(super) fn instead(self) -> &'static str {
        match (self.major, self.minor.unwrap_or_default()) {
            (15, ..10) => "`15.10` (long-term support)",
            (16, ..8) => "`16.8` (long-term support)",
            (17, 7..) | (18.., _) => "a newer version with long-term support",
            _ => "`17.7` (long-term support)",
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
