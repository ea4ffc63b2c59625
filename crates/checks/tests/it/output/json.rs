//! The report for programs.

use checks::Report;
use checks::output::{Lines, json};
use expect_test::expect_file;
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::sample;

#[test]
fn everything_is_in_it() {
    let told = json(&sample::report(), &sample::lines());
    expect_file!["report.json"].assert_eq(&told);
}

#[test]
fn a_report_without_anything_has_every_key() {
    let [full, empty] = [sample::report(), Report::default()].map(|report| {
        let json: Json = serde_json::from_str(&json(&report, &Lines::default())).expect("JSON");
        json.as_object().expect("an object").keys().cloned().collect::<Vec<_>>()
    });
    assert_eq!(full, empty);
}

proptest! {
    #[test]
    fn it_is_read_back_as_it_was(report in super::reports()) {
        let json: Json = serde_json::from_str(&json(&report, &Lines::default())).expect("JSON");
        let read = json["findings"].as_array().expect("findings");
        prop_assert_eq!(read.len(), report.findings.len());
        for (read, finding) in read.iter().zip(&report.findings) {
            prop_assert_eq!(read["found"].as_str(), Some(finding.found.as_str()));
            prop_assert_eq!(read["place"]["stack"].as_str(), Some(finding.spot.stack.as_str()));
            prop_assert_eq!(read["note"].as_str(), finding.note.as_deref());
        }
    }
}
