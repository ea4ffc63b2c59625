//! Well-built designs of one Region: no blocker and no error is a false alarm.
//!
//! Where each template comes from stands in `tests/good/ORIGIN.md`.

use checks::{Report, Settings, Severity};

use super::{folder, judged, stack, templates};

/// Findings that a template of one Region must not get.
fn alarms(report: &Report) -> Vec<String> {
    let grave = report.findings.iter().filter(|finding| finding.severity != Severity::Warning);
    grave
        .map(|finding| format!("{} {}: {}", finding.rule, finding.spot.resource, finding.found))
        .collect()
}

#[test]
fn no_alarm_is_raised() {
    let files = templates(&folder("crates/checks/tests/good"));
    assert!(files.len() >= 10, "only {} templates", files.len());
    for file in files {
        let report = judged(&[stack(&file, "us-east-1")], Settings::default());
        assert_eq!(alarms(&report), Vec::<String>::new(), "{}", file.display());
    }
}

/// They are unrelated, so that nothing of one may be held against another.
#[test]
fn no_alarm_is_raised_over_all_together() {
    let files = templates(&folder("crates/checks/tests/good"));
    let stacks: Vec<_> = files.iter().map(|file| stack(file, "eu-west-1")).collect();
    assert_eq!(alarms(&judged(&stacks, Settings::default())), Vec::<String>::new());
}
