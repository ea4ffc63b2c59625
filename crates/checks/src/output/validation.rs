//! A report as the `validation-report.json` of a CDK assembly, which the CDK CLI shows and obeys.
//!
//! The CLI (read and tried: 2.1148.1) reads the file in `synth`, `deploy` and the like, and stops with exit code 1 where a
//! plugin's report that has violations in the chosen stacks concludes `failure`; `--strict` also stops it at a
//! violation whose severity is `warning`. So findings that are to stop it are one report and the others, which are
//! shown only, are another: a warning in one stack must not fail because of a blocker in another.

use serde_json::{Value as Json, json};

use super::fold::{Fold, folds};
use crate::report::{Finding, Report, Spot};
use crate::rule::Severity;
use crate::settings::Allowance;

/// The name of the file in the folder of an assembly.
pub const VALIDATION_REPORT_FILE: &str = "validation-report.json";

/// What the CLI calls us.
const PLUGIN: &str = "tideover check";

/// The schema's version: a low one, because the CLI refuses newer ones than its own.
const VERSION: &str = "36.0.0";

/// Why a file that is there cannot be added to.
#[derive(Debug, thiserror::Error)]
#[error("`{VALIDATION_REPORT_FILE}` is not a validation report of the CDK")]
pub struct ValidationReportFault(#[source] Option<serde_json::Error>);

/// The text of the file: findings of severity `stopping` and graver stop the CLI. What other plugins have said in the
/// text that is there now is kept.
///
/// # Errors
///
/// The text that is there is no such report.
pub fn validation_report(
    report: &Report,
    stopping: Severity,
    now: Option<&str>,
) -> Result<String, ValidationReportFault> {
    let mut file = match now {
        None => json!({"version": VERSION, "title": "Validation Report", "pluginReports": []}),
        Some(text) => {
            serde_json::from_str(text).map_err(|error| ValidationReportFault(Some(error)))?
        }
    };
    let reports = file.get_mut("pluginReports").and_then(Json::as_array_mut);
    let reports = reports.ok_or(ValidationReportFault(None))?;
    reports.retain(|report| report["pluginName"] != PLUGIN);
    reports.extend(plugin_reports(report, stopping));
    Ok(format!("{file:#}\n"))
}

fn plugin_reports(report: &Report, stopping: Severity) -> [Json; 2] {
    let (stop, show): (Vec<Finding>, Vec<Finding>) =
        report.findings.iter().cloned().partition(|finding| finding.severity <= stopping);
    let allowed = report.allowed.iter().map(|(finding, allowance)| suppressed(finding, allowance));
    let mut shown = plugin_report("success", &show);
    shown["suppressedViolations"] = allowed.collect();
    let conclusion = if stop.is_empty() { "success" } else { "failure" };
    [plugin_report(conclusion, &stop), shown]
}

fn plugin_report(conclusion: &str, findings: &[Finding]) -> Json {
    let folds = folds(findings);
    json!({
        "pluginName": PLUGIN,
        "pluginVersion": env!("CARGO_PKG_VERSION"),
        "conclusion": conclusion,
        "violations": folds.iter().map(violation).collect::<Vec<_>>(),
    })
}

fn violation(fold: &Fold<'_>) -> Json {
    violation_of(fold.first, &fold.spots)
}

fn violation_of(finding: &Finding, spots: &[&Spot]) -> Json {
    let note = finding.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    json!({
        "ruleName": finding.rule,
        "description": format!("{}; {}{note}", finding.found, finding.why),
        "suggestedFix": finding.change,
        "severity": match finding.severity {
            Severity::Blocker => "fatal",
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "ruleMetadata": {"consequence": finding.consequence.word()},
        "violatingConstructs": spots.iter().map(|spot| construct(spot)).collect::<Vec<_>>(),
    })
}

/// An allowed finding, which the CLI does not show.
fn suppressed(finding: &Finding, allowance: &Allowance) -> Json {
    let mut violation = violation_of(finding, &[&finding.spot]);
    violation["acknowledgedId"] = format!("{}::{}", PLUGIN.replace(' ', "-"), finding.rule).into();
    violation["reason"] = format!("{} (until: {})", allowance.reason, allowance.expires).into();
    violation
}

/// The CLI leaves out what is in none of the chosen stacks, by the path: one that is not known is the stack's.
fn construct(spot: &Spot) -> Json {
    let path = spot.construct_path.as_ref().unwrap_or(&spot.stack);
    let mut construct = json!({"constructPath": path});
    if !spot.resource.is_empty() {
        let mut resource = json!({"templatePath": spot.file, "logicalId": spot.resource});
        if !spot.property.is_empty() {
            resource["propertyPaths"] = json!([spot.property]);
        }
        construct["cloudFormationResource"] = resource;
    }
    construct
}
