//! A report as SARIF 2.1.0, for code scanning services and editors.
//!
//! One result for each finding. What is allowed is a suppressed result, what a baseline knows is an unchanged one, what
//! could not be judged is a notification of the run. Findings that are gone are left out: services that do not know
//! `baselineState` would show them as open.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::lines::Lines;
use super::page::markdown;
use super::uri;
use crate::baseline::Fingerprint;
use crate::report::{Finding, Report, Spot};
use crate::rule::{Rule, Severity};
use crate::rules;
use crate::settings::Allowance;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as SARIF.
#[must_use]
pub fn sarif(report: &Report, lines: &Lines) -> String {
    let log = json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run(report, lines)]});
    serde_json::to_string_pretty(&log).expect("texts and numbers are JSON") + "\n"
}

fn run(report: &Report, lines: &Lines) -> Json {
    let broken = [&report.findings, &report.known].into_iter().flatten();
    let allowed = report.allowed.iter().map(|(finding, _)| finding);
    let rules: BTreeMap<&str, usize> = broken.chain(allowed).map(|one| (one.rule, 0)).collect();
    let places = rules.into_keys().enumerate().map(|(place, code)| (code, place)).collect();
    let writer = Writer { lines, rules: places };
    json!({
        "tool": {"driver": {
            "name": "tideover check",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": writer.rules.keys().filter_map(|code| rules::find(code)).map(rule).collect::<Vec<_>>(),
        }},
        "columnKind": "unicodeCodePoints",
        "invocations": [{
            "executionSuccessful": true,
            "toolExecutionNotifications": writer.notifications(report),
        }],
        "results": writer.results(report),
    })
}

fn rule(rule: &Rule) -> Json {
    json!({
        "id": rule.code,
        "shortDescription": {"text": rule.summary()},
        "fullDescription": {"text": format!("{} When it is broken, {}.", rule.summary(), rule.why)},
        "help": {"text": markdown(rule), "markdown": markdown(rule)},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "severity": rule.severity.word(),
            "consequence": rule.consequence.word(),
            "problem.severity": level(rule.severity),
            "precision": "high",
            "tags": ["disaster-recovery", rule.consequence.word()],
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocker | Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

struct Writer<'r> {
    lines: &'r Lines,
    /// The place of each rule in the list of rules.
    rules: BTreeMap<&'r str, usize>,
}

/// How many results of each fingerprint were written.
type Written = BTreeMap<Fingerprint, usize>;

impl Writer<'_> {
    fn results(&self, report: &Report) -> Vec<Json> {
        let compared = !report.known.is_empty() || !report.gone.is_empty();
        let state = |state: &'static str| compared.then_some(state);
        let mut written = Written::new();
        let mut results = Vec::new();
        // What was there first keeps its fingerprint when more of the same comes.
        for finding in &report.known {
            results.push(self.result(finding, state("unchanged"), None, &mut written));
        }
        for (finding, allowance) in &report.allowed {
            results.push(self.result(finding, state("new"), Some(allowance), &mut written));
        }
        for finding in &report.findings {
            results.push(self.result(finding, state("new"), None, &mut written));
        }
        results
    }

    fn result(
        &self,
        finding: &Finding,
        baseline_state: Option<&str>,
        allowance: Option<&Allowance>,
        written: &mut Written,
    ) -> Json {
        let fingerprint = fingerprint(finding, written);
        let mut result = json!({
            "ruleId": finding.rule,
            "ruleIndex": self.rules.get(finding.rule),
            "level": level(finding.severity),
            "message": {"text": message(finding)},
            "locations": [self.location(&finding.spot)],
            // The second is the one that GitHub compares.
            "partialFingerprints": {
                "tideoverCheck/v1": fingerprint,
                "primaryLocationLineHash": fingerprint,
            },
            "properties": {
                "severity": finding.severity.word(),
                "consequence": finding.consequence.word(),
            },
        });
        if !finding.related.is_empty() {
            result["relatedLocations"] = self.related(&finding.related);
        }
        if let Some(state) = baseline_state {
            result["baselineState"] = state.into();
        }
        if let Some(allowance) = allowance {
            result["suppressions"] = json!([suppression(allowance)]);
        }
        result
    }

    fn related(&self, spots: &[Spot]) -> Json {
        let locations = spots.iter().enumerate().map(|(place, spot)| {
            let mut location = self.location(spot);
            location["id"] = (place + 1).into();
            location["message"] = json!({"text": "has part in it"});
            location
        });
        locations.collect()
    }

    fn location(&self, spot: &Spot) -> Json {
        let (name, path) = match (spot.resource.as_str(), &spot.construct_path) {
            ("", None) => (&spot.stack, spot.stack.clone()),
            (_, None) => (&spot.resource, format!("{}/{}", spot.stack, spot.resource)),
            (_, Some(path)) => (&spot.resource, path.clone()),
        };
        let mut location = json!({
            "logicalLocations": [{"name": name, "fullyQualifiedName": path, "kind": "resource"}],
        });
        if !spot.file.is_empty() {
            location["physicalLocation"] = json!({
                "artifactLocation": {"uri": uri::reference(&spot.file)},
                // Services want a line: a file that is not at hand has its first one.
                "region": {"startLine": self.lines.of(spot).unwrap_or(1)},
            });
        }
        location
    }

    fn notifications(&self, report: &Report) -> Vec<Json> {
        let unjudged = report.unjudged.iter().map(|one| {
            let text = format!("`{}` could not be judged: {}.", one.rule, one.why);
            (text, &one.spot)
        });
        let unseen =
            report.unseen.iter().map(|one| (format!("No rule sees it: {}.", one.why), &one.spot));
        let notes = unjudged.chain(unseen).map(|(text, spot)| {
            json!({"level": "note", "message": {"text": text}, "locations": [self.location(spot)]})
        });
        notes.collect()
    }
}

fn message(finding: &Finding) -> String {
    let note = finding.note.as_ref().map(|note| format!(" Note: {note}.")).unwrap_or_default();
    format!("{}: {}. To change: {}.{note}", finding.found, finding.why, finding.change)
}

fn suppression(allowance: &Allowance) -> Json {
    json!({
        "kind": "external",
        "status": "accepted",
        "justification": format!("{} (until: {})", allowance.reason, allowance.expires),
        "location": {"physicalLocation": {
            "artifactLocation": {"uri": uri::reference(&allowance.file)},
            "region": {"startLine": allowance.line.max(1)},
        }},
    })
}

/// The fingerprint in one line, different from those that were written.
fn fingerprint(finding: &Finding, written: &mut Written) -> String {
    let one = Fingerprint::of(finding);
    let parts = [&one.rule, &one.stack, &one.region, &one.resource, &one.property];
    let line = parts.map(|part| uri::part(part)).join("/");
    let number = written.entry(one).or_default();
    *number += 1;
    format!("{line}:{number}")
}
