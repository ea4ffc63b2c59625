//! `[dns]`: the name of the API, and the checks that decide which Region it leads to.

use crate::reader::Section;
use crate::rule::{Rule, keep, lower_digit_or_hyphen, lower_or_digit, shaped};

/// Where clients find the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dns {
    /// The public hosted zone's domain name, without a final dot.
    pub zone: String,
    /// The id of a public hosted zone to adopt; without one, a zone is created.
    pub hosted_zone_id: Option<String>,
    /// The label of the API's name in the zone.
    pub record: String,
    /// Time between two health checks from one place, in seconds.
    pub check_interval_seconds: u32,
    /// Checks in a row that must fail, or succeed, to change the answer.
    pub check_failures: u32,
}

impl Dns {
    /// The name that clients use, such as `api.payment-dev.example.com`.
    #[must_use]
    pub fn host(&self) -> String {
        format!("{}.{}", self.record, self.zone)
    }
}

/// The most characters of a certificate's first name (AWS Certificate Manager).
const HOST_MOST: usize = 64;

/// Reads the table; the zone of a system without one is `default_zone`.
pub(crate) fn read(file: &mut Section<'_, '_>, default_zone: String) -> Dns {
    file.section("dns", |section| {
        let dns = Dns {
            zone: section.optional_text("zone", &ZONE).unwrap_or(default_zone),
            hosted_zone_id: section.optional_text("hosted_zone_id", &HOSTED_ZONE_ID),
            record: section.text("record", "api", &RECORD),
            check_interval_seconds: section.one_of("check_interval_seconds", 30, &[10, 30]),
            check_failures: section.integer("check_failures", 3, 1..=10),
        };
        check_host(section, &dns);
        dns
    })
}

fn check_host(section: &mut Section<'_, '_>, dns: &Dns) {
    let host = dns.host();
    if host.len() > HOST_MOST && section.is_sound(&["zone", "record"]) {
        let found = format!("the host name `{host}` of {} characters", host.len());
        let allowed = format!("at most {HOST_MOST} characters, because its certificate bears it");
        section.fault("zone", found, allowed);
    }
}

const ZONE: Rule<String> = Rule {
    pattern: "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
    example: "payment.example.com",
    read: |text| {
        keep(
            text,
            is_domain(text),
            "a domain name in lower case without a final dot, such as \"payment.example.com\"",
        )
    },
};

const HOSTED_ZONE_ID: Rule<String> = Rule {
    pattern: "^Z[A-Z0-9]{1,31}$",
    example: "Z0123456789ABC",
    read: |text| {
        let rest = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        keep(
            text,
            text.len() > 1 && shaped(text, |c| c == 'Z', rest, 32),
            "the id of a hosted zone such as \"Z0123456789ABC\"",
        )
    },
};

const RECORD: Rule<String> = Rule {
    pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
    example: "api",
    read: |text| keep(text, is_label(text), "one label of a host name, such as \"api\""),
};

/// Whether this is a lower-case domain name of two labels or more.
pub(crate) fn is_domain(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(is_label)
        && last.starts_with(|c: char| c.is_ascii_lowercase())
}

fn is_label(text: &str) -> bool {
    shaped(text, lower_or_digit, lower_digit_or_hyphen, 63) && !text.ends_with('-')
}
