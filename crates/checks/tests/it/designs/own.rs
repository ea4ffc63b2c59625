//! Our own default design: nothing is found that is not allowed with a reason.

use checks::{Date, Settings, Source, assembly};

use super::{folder, judged, read};

/// The golden assembly, as the CDK CLI would read it.
fn stacks() -> Vec<Source> {
    let golden = folder("crates/stacks/golden");
    let manifest = assembly::manifest(&read(&golden.join("manifest.json"))).expect("a manifest");
    let stacks = manifest.stacks.into_iter();
    stacks.map(|stack| Source { text: read(&golden.join(&stack.file)), ..stack }).collect()
}

/// The settings that the workspace has for itself, on a day before any of its allowances ends.
fn settings() -> Settings {
    let text = read(&folder("tideover-check.toml"));
    let settings =
        Settings::parse(&text, "tideover-check.toml").expect("settings that can be read");
    Settings { rto_seconds: Some(300), today: Date::new(2026, 11, 27), ..settings }
}

#[test]
fn what_is_found_is_allowed_with_a_reason() {
    let report = judged(&stacks(), settings());
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            format!(
                "{} {}/{}: {}",
                finding.rule, finding.spot.stack, finding.spot.resource, finding.found
            )
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(report.unused, vec![], "allowances that allow nothing");
}

#[test]
fn every_rule_of_what_it_has_is_judged() {
    let report = judged(&stacks(), settings());
    let judged = report.subjects.values().filter(|subjects| **subjects > 0).count();
    assert!(
        judged * 10 >= report.subjects.len() * 6,
        "only {judged} of {} rules apply",
        report.subjects.len()
    );
    assert_eq!(report.recovery_time.map(|time| time.seconds()), Some(240));
}
