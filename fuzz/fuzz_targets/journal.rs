//! A kept journal of any text: it is read or refused, and whatever is read is reported on in every form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use report::{Known, Report, journal, journal_text};

fuzz_target!(|text: &str| {
    let Ok(entries) = journal(text) else { return };
    let last = entries.last().expect("a journal has entries");
    let report = Report::of(&entries, &Known::default(), last.at, "0");
    let report = report.expect("a journal begins with a plan");
    assert!(serde_json::from_str::<serde_json::Value>(&report.json()).is_ok());
    assert!(!report.html().is_empty() && !report.markdown().is_empty() && !report.text().is_empty());
    assert_eq!(journal(&journal_text(&entries)), Ok(entries));
});
