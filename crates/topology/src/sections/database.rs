//! `[database]`: the Aurora PostgreSQL global database.

use std::fmt;

use crate::reader::Section;
use crate::rule::{Rule, keep, lower, lower_or_digit, shaped};
use crate::words;

/// The cluster of each Region; both are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// The version of the engine, the same in both Regions.
    pub engine_version: EngineVersion,
    /// The class of every instance.
    pub instance_class: InstanceClass,
    /// How many instances each Region has.
    pub instances: u32,
    /// The name of the database.
    pub name: String,
    /// The name of the master user.
    pub user: String,
    /// How long automated backups are kept, in days.
    pub backup_days: u32,
    /// When automated backups are taken.
    pub backup_window: BackupWindow,
}

/// A version of Aurora PostgreSQL, such as 17.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EngineVersion {
    /// The number before the dot.
    pub major: u32,
    /// The number after the dot.
    pub minor: u32,
}

/// A memory-optimized class of database instances, such as `db.r6g.large`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceClass {
    text: String,
    memory_gib: u64,
}

/// A daily window of at least 30 minutes, in UTC; it may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupWindow {
    /// Its beginning, in minutes after midnight.
    pub start: u32,
    /// Its end, in minutes after midnight.
    pub end: u32,
}

pub(crate) fn read(file: &mut Section<'_, '_>) -> Database {
    file.section("database", |section| Database {
        engine_version: section.text("engine_version", "17.7", &ENGINE_VERSION),
        instance_class: section.text("instance_class", "db.r6g.large", &INSTANCE_CLASS),
        instances: section.integer("instances", 2, 1..=15),
        name: section.text("name", "payments", &DATABASE_NAME),
        user: section.text("user", "paymentadmin", &USER),
        backup_days: section.integer("backup_days", 7, 7..=35),
        backup_window: section.text("backup_window", "03:00-04:00", &BACKUP_WINDOW),
    })
}

/// Each major version with runs of its minor versions (Aurora PostgreSQL release calendar,
/// autumn 2026).
const SUPPORTED: [(u32, &[(u32, u32)]); 5] = [
    (18, &[(3, 3)]),
    (17, &[(4, 9)]),
    (16, &[(8, 13)]),
    (15, &[(10, 17)]),
    (14, &[(6, 6), (17, 22)]),
];

impl EngineVersion {
    /// The family of parameter groups, such as `aurora-postgresql17`.
    #[must_use]
    pub fn family(self) -> String {
        format!("aurora-postgresql{}", self.major)
    }

    fn find(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let major = major.parse().ok()?;
        let minor = minor.parse().ok()?;
        let version = Self { major, minor };
        (version.is_supported() && version.to_string() == text).then_some(version)
    }

    fn is_supported(self) -> bool {
        let within = |(first, last): &(u32, u32)| (*first..=*last).contains(&self.minor);
        SUPPORTED.iter().any(|(major, runs)| *major == self.major && runs.iter().any(within))
    }
}

impl fmt::Display for EngineVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

const ENGINE_VERSION: Rule<EngineVersion> = Rule {
    pattern: "^1[4-8]\\.[0-9]{1,2}$",
    example: "17.7",
    read: |text| {
        EngineVersion::find(text).ok_or_else(|| {
            format!(
                "{}; type \"17.7\", which has long-term support (rule aurora-version-supported)",
                supported()
            )
        })
    },
};

/// The supported versions in words.
fn supported() -> String {
    let run = |major: u32, (first, last): &(u32, u32)| {
        if first == last {
            format!("{major}.{first}")
        } else {
            format!("{major}.{first} to {major}.{last}")
        }
    };
    let runs: Vec<String> = SUPPORTED
        .iter()
        .flat_map(|(major, runs)| runs.iter().map(|minors| run(*major, minors)))
        .collect();
    words::or(&runs)
}

impl InstanceClass {
    /// The class as AWS writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The connections that an instance accepts when nothing else is configured: one for every
    /// 9,531,392 bytes of memory, and at most 5,000 (Amazon Aurora User Guide).
    #[must_use]
    pub fn max_connections(&self) -> u32 {
        let connections = (self.memory_gib << 30) / 9_531_392;
        u32::try_from(connections).map_or(5_000, |connections| connections.min(5_000))
    }

    fn find(text: &str) -> Option<Self> {
        let (family, size) = text.strip_prefix("db.")?.split_once('.')?;
        let digit = family.chars().nth(1)?;
        let memory_of_large = match family.chars().next()? {
            'r' if ('5'..='9').contains(&digit) => 16,
            'x' if ('1'..='9').contains(&digit) => 32,
            _ => return None,
        };
        let suffix = family.get(2..)?;
        suffix.chars().all(lower).then_some(())?;
        Some(Self { text: text.to_owned(), memory_gib: memory_of_large * larges(size)? })
    }
}

/// How many times as large as `large` this size is.
fn larges(size: &str) -> Option<u64> {
    match size {
        "large" => Some(1),
        "xlarge" => Some(2),
        _ => match size.strip_suffix("xlarge")? {
            times @ ("2" | "4" | "8" | "12" | "16" | "24" | "32" | "48") => {
                times.parse::<u64>().ok().map(|times| times * 2)
            }
            _ => None,
        },
    }
}

impl fmt::Display for InstanceClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

const INSTANCE_CLASS: Rule<InstanceClass> = Rule {
    pattern: "^db\\.(r[5-9]|x[1-9])[a-z]*\\.(large|(2|4|8|12|16|24|32|48)?xlarge)$",
    example: "db.r6g.large",
    read: |text| {
        InstanceClass::find(text).ok_or_else(|| {
            if text.starts_with("db.t") {
                "a memory-optimized class such as \"db.r6g.large\"; a global database takes no \
                 burstable class (rule aurora-global-memory-class)"
                    .to_owned()
            } else {
                "a memory-optimized class of the families r5 to r9 or x, such as \
                 \"db.r6g.large\" (rule aurora-global-memory-class)"
                    .to_owned()
            }
        })
    },
};

const DATABASE_NAME: Rule<String> = Rule {
    pattern: "^[a-z][a-z0-9_]{0,62}$",
    example: "payments",
    read: |text| {
        let rest = |c: char| lower_or_digit(c) || c == '_';
        if is_reserved(text) {
            return Err(reserved("payments"));
        }
        keep(
            text,
            shaped(text, lower, rest, 63),
            "1 to 63 lower-case letters, digits and `_`, beginning with a letter",
        )
    },
};

const USER: Rule<String> = Rule {
    pattern: "^[a-z][a-z0-9_]{0,15}$",
    example: "paymentadmin",
    read: |text| {
        let rest = |c: char| lower_or_digit(c) || c == '_';
        if is_reserved(text) {
            return Err(reserved("paymentadmin"));
        }
        keep(
            text,
            shaped(text, lower, rest, 16),
            "1 to 16 lower-case letters, digits and `_`, beginning with a letter",
        )
    },
};

fn reserved(instead: &str) -> String {
    format!("a name that PostgreSQL and Aurora do not reserve, such as \"{instead}\"")
}

/// Whether Aurora or PostgreSQL keeps this name to itself.
fn is_reserved(name: &str) -> bool {
    name.starts_with("rds") || name.starts_with("pg_") || RESERVED.split(' ').any(|r| r == name)
}

/// Names of Aurora's own, and the reserved key words of PostgreSQL (its manual, appendix C).
const RESERVED: &str = "admin administrator postgres public root template0 template1 \
    all analyse analyze and any array as asc asymmetric both case cast check collate column \
    constraint create current_catalog current_date current_role current_time current_timestamp \
    current_user default deferrable desc distinct do else end except false fetch for foreign \
    from grant group having in initially intersect into lateral leading limit localtime \
    localtimestamp not null offset on only or order placing primary references returning \
    select session_user some symmetric system_user table then to trailing true union unique \
    user using variadic when where window with";

impl BackupWindow {
    /// How long it is, in minutes.
    #[must_use]
    pub fn minutes(self) -> u32 {
        (DAY + self.end - self.start) % DAY
    }

    fn find(text: &str) -> Option<Self> {
        let (start, end) = text.split_once('-')?;
        Some(Self { start: minutes(start)?, end: minutes(end)? })
    }
}

/// Minutes in a day.
const DAY: u32 = 24 * 60;

/// A time such as `03:00`, in minutes after midnight.
fn minutes(text: &str) -> Option<u32> {
    let two_digits = |text: &str, most: u32| {
        let good = text.len() == 2 && text.chars().all(|c| c.is_ascii_digit());
        let number: u32 = good.then(|| text.parse().ok())??;
        (number <= most).then_some(number)
    };
    let (hours, minutes) = text.split_once(':')?;
    Some(two_digits(hours, 23)? * 60 + two_digits(minutes, 59)?)
}

impl fmt::Display for BackupWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        write!(f, "{}-{}", time(self.start), time(self.end))
    }
}

const BACKUP_WINDOW: Rule<BackupWindow> = Rule {
    pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$",
    example: "03:00-04:00",
    read: |text| match BackupWindow::find(text) {
        Some(window) if window.minutes() >= 30 => Ok(window),
        Some(_) => Err("a window of at least 30 minutes, such as \"03:00-04:00\"".to_owned()),
        None => Err("a window in UTC as hh:mm-hh:mm, such as \"03:00-04:00\"".to_owned()),
    },
};
