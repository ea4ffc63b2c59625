//! `[monitoring]`: thresholds of alarms, and who hears of them.

use crate::reader::Section;
use crate::rule::{Rule, keep};
use crate::sections::dns::is_domain;

/// When an alarm goes off, the same in both Regions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitoring {
    /// E-mail address that alarms are sent to.
    pub email: Option<String>,
    /// Lag of the standby's database above which an alarm goes off, in seconds.
    pub replication_lag_seconds: u32,
    /// Open connections to a database above which an alarm goes off.
    pub database_connections: u32,
    /// Failed invocations of a function above which an alarm goes off, in percent.
    pub function_error_percent: u32,
    /// Responses 5XX of the API above which an alarm goes off, in percent.
    pub api_error_percent: u32,
    /// How often each Region asks the other whether it is alive, in minutes.
    pub canary_minutes: u32,
    /// How long log groups keep events, in days.
    pub log_retention_days: u32,
}

/// The retention periods that CloudWatch Logs offers, in days.
const RETENTION_DAYS: &[u32] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

pub(crate) fn read(file: &mut Section<'_, '_>) -> Monitoring {
    file.section("monitoring", |section| Monitoring {
        email: section.optional_text("email", &EMAIL),
        replication_lag_seconds: section.integer("replication_lag_seconds", 10, 1..=3_600),
        database_connections: section.integer("database_connections", 100, 1..=5_000),
        function_error_percent: section.integer("function_error_percent", 5, 1..=100),
        api_error_percent: section.integer("api_error_percent", 1, 1..=100),
        canary_minutes: section.integer("canary_minutes", 1, 1..=60),
        log_retention_days: section.one_of("log_retention_days", 365, RETENTION_DAYS),
    })
}

const EMAIL: Rule<String> = Rule {
    pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]+$",
    example: "oncall@example.com",
    read: |text| {
        let good = text
            .split_once('@')
            .is_some_and(|(user, domain)| is_user(user) && is_domain(&domain.to_lowercase()));
        keep(text, good, "an e-mail address such as \"oncall@example.com\"")
    },
};

fn is_user(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    (1..=64).contains(&text.len()) && text.chars().all(good)
}
