//! The validation report of the CDK.

use checks::output::validation_report;
use checks::{Report, Severity};
use expect_test::expect_file;
use serde_json::{Value as Json, json};

use crate::sample;

#[test]
fn what_stops_is_apart_from_what_is_shown() {
    let text = validation_report(&sample::report(), Severity::Blocker, None).expect("a report");
    expect_file!["validation-report.json"].assert_eq(&text);
}

#[test]
fn the_caller_says_what_stops() {
    let rows = [
        (Severity::Blocker, "failure", 1, 2),
        (Severity::Error, "failure", 2, 1),
        (Severity::Warning, "failure", 3, 0),
    ];
    for (stopping, conclusion, stops, shown) in rows {
        let text = validation_report(&sample::report(), stopping, None).expect("a report");
        let reports = read(&text)["pluginReports"].clone();
        let number = |place: usize| reports[place]["violations"].as_array().map(Vec::len);
        assert_eq!(reports[0]["conclusion"], conclusion);
        assert_eq!([number(0), number(1)], [Some(stops), Some(shown)], "{stopping}");
        assert_eq!(reports[1]["conclusion"], "success");
    }
}

#[test]
fn without_what_stops_nothing_fails() {
    let text = validation_report(&Report::default(), Severity::Warning, None).expect("a report");
    let conclusions = read(&text)["pluginReports"].clone();
    assert_eq!(conclusions[0]["conclusion"], "success");
    assert_eq!(conclusions[1]["conclusion"], "success");
}

#[test]
fn what_other_plugins_said_stays() {
    let other =
        json!({"pluginName": "other", "conclusion": "success", "violations": [], "more": 1});
    let now = json!({"version": "48.0.0", "pluginReports": [other], "extra": true}).to_string();
    let first =
        validation_report(&sample::report(), Severity::Blocker, Some(&now)).expect("a report");
    let second =
        validation_report(&sample::report(), Severity::Blocker, Some(&first)).expect("a report");
    assert_eq!(first, second, "our own is replaced");
    let file = read(&second);
    assert_eq!(file["version"], "48.0.0");
    assert_eq!(file["extra"], true);
    assert_eq!(file["pluginReports"][0], other);
    assert_eq!(file["pluginReports"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_is_no_report_is_left_alone() {
    for now in ["", "[]", "{}", r#"{"pluginReports": {}}"#, "null"] {
        let fault = validation_report(&Report::default(), Severity::Blocker, Some(now));
        let text = fault.expect_err("a fault").to_string();
        assert_eq!(text, "`validation-report.json` is not a validation report of the CDK");
    }
}

fn read(text: &str) -> Json {
    serde_json::from_str(text).expect("JSON")
}
