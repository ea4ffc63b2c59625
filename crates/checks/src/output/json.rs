//! A report for programs: one JSON document, `tideover-check/1`, in which everything has its order.
//!
//! `docs/check-files.md` tells every key. Keys may be added under the same number; a program that reads it leaves those
//! that it does not know.

use std::collections::BTreeMap;

use serde::Serialize;

use super::lines::Lines;
use crate::baseline::Fingerprint;
use crate::recovery_time::RecoveryTime;
use crate::report::{Finding, Report, Spot};
use crate::rule::Severity;
use crate::settings::Allowance;

/// The format, which changes when a key changes its meaning or goes.
const FORMAT: &str = "tideover-check/1";

/// The report as JSON.
#[must_use]
pub fn json(report: &Report, lines: &Lines) -> String {
    let document = Document::of(report, lines);
    let text = serde_json::to_string_pretty(&document).expect("texts and numbers are JSON");
    text + "\n"
}

#[derive(Serialize)]
struct Document<'r> {
    format: &'static str,
    regions: Option<Regions<'r>>,
    summary: Summary,
    findings: Vec<FindingJson<'r>>,
    allowed: Vec<AllowedJson<'r>>,
    unused_allowances: Vec<AllowanceJson<'r>>,
    known: Vec<FindingJson<'r>>,
    gone: Vec<Gone<'r>>,
    unjudged: Vec<Doubt<'r>>,
    unseen: Vec<Doubt<'r>>,
    recovery_time: Option<TimeJson<'r>>,
    subjects: &'r BTreeMap<&'static str, usize>,
}

/// What a takeover takes at least; a part that nothing says has no seconds.
#[derive(Serialize)]
struct TimeJson<'r> {
    at_least_seconds: u32,
    parts: Vec<PartJson<'r>>,
}

#[derive(Serialize)]
struct PartJson<'r> {
    name: &'static str,
    seconds: Option<u32>,
    source: &'r str,
}

impl<'r> TimeJson<'r> {
    fn of(time: &'r RecoveryTime) -> Self {
        let parts = time.parts.iter();
        let parts = parts.map(|part| PartJson {
            name: part.name,
            seconds: part.seconds,
            source: &part.source,
        });
        Self { at_least_seconds: time.seconds(), parts: parts.collect() }
    }
}

#[derive(Serialize)]
struct Regions<'r> {
    primary: &'r str,
    standby: &'r str,
    /// Whether nothing says which is which.
    guessed: bool,
}

/// How many of what; blockers, errors and warnings are findings that count.
#[derive(Serialize)]
struct Summary {
    blockers: usize,
    errors: usize,
    warnings: usize,
    allowed: usize,
    known: usize,
    gone: usize,
    unjudged: usize,
    unseen: usize,
}

#[derive(Serialize)]
struct FindingJson<'r> {
    rule: &'r str,
    severity: &'static str,
    consequence: &'static str,
    place: Place<'r>,
    found: &'r str,
    why: &'r str,
    change: &'r str,
    related: Vec<Place<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'r str>,
}

#[derive(Serialize)]
struct Place<'r> {
    stack: &'r str,
    region: &'r str,
    file: &'r str,
    line: Option<usize>,
    resource: &'r str,
    #[serde(rename = "type")]
    kind: &'r str,
    construct_path: Option<&'r str>,
    property: &'r str,
}

#[derive(Serialize)]
struct AllowedJson<'r> {
    #[serde(flatten)]
    finding: FindingJson<'r>,
    allowance: AllowanceJson<'r>,
}

#[derive(Serialize)]
struct AllowanceJson<'r> {
    rule: &'r str,
    resource: Option<&'r str>,
    reason: &'r str,
    expires: String,
    file: &'r str,
    line: usize,
}

#[derive(Serialize)]
struct Gone<'r> {
    #[serde(flatten)]
    fingerprint: &'r Fingerprint,
    count: u32,
}

#[derive(Serialize)]
struct Doubt<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'r str>,
    place: Place<'r>,
    why: &'r str,
}

impl<'r> Document<'r> {
    fn of(report: &'r Report, lines: &Lines) -> Self {
        let finding = |finding: &'r Finding| FindingJson::of(finding, lines);
        let allowed = report.allowed.iter().map(|(one, allowance)| AllowedJson {
            finding: finding(one),
            allowance: AllowanceJson::of(allowance),
        });
        let gone =
            report.gone.iter().map(|(fingerprint, count)| Gone { fingerprint, count: *count });
        let doubt = |rule: Option<&'r str>, spot: &'r Spot, why: &'r str| Doubt {
            rule,
            place: Place::of(spot, lines),
            why,
        };
        Self {
            format: FORMAT,
            regions: report.regions.as_ref().map(|[primary, standby]| Regions {
                primary,
                standby,
                guessed: report.roles_are_guessed,
            }),
            summary: Summary::of(report),
            findings: report.findings.iter().map(finding).collect(),
            allowed: allowed.collect(),
            unused_allowances: report.unused.iter().map(AllowanceJson::of).collect(),
            known: report.known.iter().map(finding).collect(),
            gone: gone.collect(),
            unjudged: report
                .unjudged
                .iter()
                .map(|one| doubt(Some(one.rule), &one.spot, &one.why))
                .collect(),
            unseen: report.unseen.iter().map(|one| doubt(None, &one.spot, &one.why)).collect(),
            recovery_time: report.recovery_time.as_ref().map(TimeJson::of),
            subjects: &report.subjects,
        }
    }
}

impl Summary {
    fn of(report: &Report) -> Self {
        Self {
            blockers: report.count(Severity::Blocker),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            allowed: report.allowed.len(),
            known: report.known.len(),
            gone: report.gone.values().map(|count| *count as usize).sum(),
            unjudged: report.unjudged.len(),
            unseen: report.unseen.len(),
        }
    }
}

impl<'r> FindingJson<'r> {
    fn of(finding: &'r Finding, lines: &Lines) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity.word(),
            consequence: finding.consequence.word(),
            place: Place::of(&finding.spot, lines),
            found: &finding.found,
            why: &finding.why,
            change: &finding.change,
            related: finding.related.iter().map(|spot| Place::of(spot, lines)).collect(),
            note: finding.note.as_deref(),
        }
    }
}

impl<'r> Place<'r> {
    fn of(spot: &'r Spot, lines: &Lines) -> Self {
        Self {
            stack: &spot.stack,
            region: &spot.region,
            file: &spot.file,
            line: lines.of(spot),
            resource: &spot.resource,
            kind: &spot.kind,
            construct_path: spot.construct_path.as_deref(),
            property: &spot.property,
        }
    }
}

impl<'r> AllowanceJson<'r> {
    fn of(allowance: &'r Allowance) -> Self {
        Self {
            rule: allowance.rule,
            resource: allowance.resource.as_deref(),
            reason: &allowance.reason,
            expires: allowance.expires.to_string(),
            file: &allowance.file,
            line: allowance.line,
        }
    }
}
