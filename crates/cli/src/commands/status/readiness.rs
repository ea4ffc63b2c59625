//! Whether a failover could be done now, as text and as JSON, for Regions in AWS and on this machine alike.

use runbook::{Readiness, Requirement};
use serde::Serialize;

/// How everything is, and whether a failover could be done now.
#[derive(Serialize)]
pub(super) struct Told<'a, T> {
    #[serde(flatten)]
    status: &'a T,
    is_ready: bool,
    conditions: Vec<Condition<'a>>,
}

/// What must be so for a failover.
#[derive(Serialize)]
struct Condition<'a> {
    what: &'a str,
    is_met: bool,
    evidence: &'a str,
    age_ms: u64,
}

impl<'a, T> Told<'a, T> {
    pub(super) fn of(status: &'a T, readiness: &'a Readiness) -> Self {
        let conditions = readiness.requirements.iter().map(|requirement| Condition {
            what: requirement.what,
            is_met: requirement.is_met,
            evidence: &requirement.evidence,
            age_ms: requirement.age.0,
        });
        Self { status, is_ready: readiness.is_ready(), conditions: conditions.collect() }
    }
}

/// The line for monitoring, and each condition below it.
pub(super) fn text(readiness: &Readiness) -> String {
    let verdict = if readiness.is_ready() { "yes" } else { "no" };
    let lines = readiness.requirements.iter().map(line);
    format!("failover now   {verdict}\n{}", lines.collect::<String>())
}

fn line(requirement: &Requirement) -> String {
    let Requirement { what, is_met, evidence, age } = requirement;
    let mark = if *is_met { "ok " } else { "NO " };
    let age = if age.0 > 0 { format!(", {} s ago", age.0 / 1_000) } else { String::new() };
    format!("  {mark} {what}: {evidence}{age}\n")
}
