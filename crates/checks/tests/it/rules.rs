//! Every rule against its fixtures: one that keeps it, one that breaks it, and what is said of the second.
//!
//! What a rule cannot know stands in `unknown.yaml`, what it is not about in `silent.yaml`; where several of them
//! cannot be one design, in `unknown-WORD.yaml` and so on.
//!
//! A fixture is one file with the templates of several stacks, each under `NAME@REGION`. Besides a template's
//! sections a stack may have `Stack`, with `Tags`, `TerminationProtection` and `Dependencies`. The pair is us-east-1
//! and us-east-2 unless `Settings` says otherwise.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use checks::{Design, Report, Settings, Source};
use expect_test::expect_file;
use serde_json::Value as Json;

#[test]
fn every_rule_has_its_fixtures() {
    let folders: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the folder of fixtures")
        .map(|entry| entry.expect("a folder").file_name().into_string().expect("a plain name"))
        .collect();
    let codes: BTreeSet<String> = checks::rules::all().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(folders, codes, "folders of tests/rules against codes of rules");
}

#[test]
fn what_keeps_a_rule_is_judged_and_not_reported() {
    for rule in checks::rules::all() {
        let report = judged(rule.code, "pass.yaml");
        assert_eq!(said(&report, rule.code), "", "{}: pass.yaml is reported", rule.code);
        assert!(
            report.subjects[rule.code] > 0,
            "{}: nothing in pass.yaml is judged by it",
            rule.code
        );
    }
}

#[test]
fn what_breaks_a_rule_is_reported() {
    for rule in checks::rules::all() {
        let report = judged(rule.code, "fail.yaml");
        let broken = report.findings.iter().any(|finding| finding.rule == rule.code);
        assert!(broken, "{}: fail.yaml is not reported", rule.code);
        expect_file![folder().join(rule.code).join("messages.txt")]
            .assert_eq(&said(&report, rule.code));
    }
}

#[test]
fn what_cannot_be_known_is_not_reported() {
    for (code, file) in fixtures("unknown") {
        let report = judged(code, &file);
        let broken = report.findings.iter().any(|finding| finding.rule == code);
        assert!(!broken, "{code}: {file} is reported: {}", said(&report, code));
        let unjudged = report.unjudged.iter().any(|unjudged| unjudged.rule == code);
        assert!(unjudged, "{code}: {file} leaves nothing unjudged");
    }
}

#[test]
fn what_a_rule_is_not_about_is_not_reported() {
    for (code, file) in fixtures("silent") {
        assert_eq!(said(&judged(code, &file), code), "", "{code}: {file} is reported");
    }
}

/// The fixtures of a kind, such as `unknown.yaml` and `unknown-watch.yaml`, each with the code of its rule.
fn fixtures(kind: &str) -> Vec<(&'static str, String)> {
    let rules = checks::rules::all().flat_map(|rule| {
        let files = std::fs::read_dir(folder().join(rule.code)).expect("a folder of fixtures");
        let names = files.map(|file| file.expect("a file").file_name().into_string());
        names.map(|name| (rule.code, name.expect("a plain name")))
    });
    let mut found: Vec<_> = rules.filter(|(_, name)| name.starts_with(kind)).collect();
    found.sort();
    found
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

/// What all rules say of a fixture.
fn judged(code: &str, file: &str) -> Report {
    let path = folder().join(code).join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let fixture =
        checks::parse(&text).unwrap_or_else(|fault| panic!("{}: {fault:?}", path.display()));
    let stacks = fixture.as_object().expect("stacks by name").iter();
    let sources: Vec<Source> = stacks.filter(|(name, _)| *name != "Settings").map(source).collect();
    let design =
        Design::new(&sources, settings(&fixture["Settings"])).expect("templates that can be read");
    checks::check(&design)
}

fn source((key, template): (&String, &Json)) -> Source {
    let (name, region) =
        key.split_once('@').unwrap_or_else(|| panic!("`{key}` is not NAME@REGION"));
    let stack = &template["Stack"];
    let tags = stack["Tags"].as_object().into_iter().flatten();
    let names = stack["Dependencies"].as_array().into_iter().flatten();
    Source {
        file: format!("{name}.yaml"),
        text: template.to_string(),
        name: name.to_owned(),
        stack_name: name.to_owned(),
        region: Some(region.to_owned()),
        tags: tags.map(|(tag, value)| (tag.clone(), text(value))).collect(),
        termination_protection: stack["TerminationProtection"].as_bool(),
        dependencies: names.map(text).collect(),
        ..Source::default()
    }
}

fn settings(json: &Json) -> Settings {
    Settings {
        primary: Some(json["Primary"].as_str().unwrap_or("us-east-1").to_owned()),
        standby: Some(json["Standby"].as_str().unwrap_or("us-east-2").to_owned()),
        rto_seconds: json["RtoSeconds"].as_u64().and_then(|seconds| u32::try_from(seconds).ok()),
        today: json["Today"].as_str().map(|day| day.parse().expect("a day")),
        ..Settings::default()
    }
}

fn text(json: &Json) -> String {
    json.as_str().expect("a text").to_owned()
}

/// The findings and doubts of one rule, as lines.
fn said(report: &Report, code: &str) -> String {
    let mut lines = String::new();
    for finding in report.findings.iter().filter(|finding| finding.rule == code) {
        let spot = &finding.spot;
        let (severity, consequence) = (finding.severity, finding.consequence.word());
        let place = [&spot.stack, &spot.resource, &spot.property].map(String::as_str).join(" / ");
        writeln!(lines, "{severity} {consequence}: {place}").expect("a string takes it");
        writeln!(lines, "  found   {}", finding.found).expect("a string takes it");
        writeln!(lines, "  why     {}", finding.why).expect("a string takes it");
        writeln!(lines, "  change  {}", finding.change).expect("a string takes it");
        for spot in &finding.related {
            let place =
                [&spot.stack, &spot.resource, &spot.property].map(String::as_str).join(" / ");
            writeln!(lines, "  also    {place}").expect("a string takes it");
        }
    }
    for unjudged in report.unjudged.iter().filter(|unjudged| unjudged.rule == code) {
        let spot = &unjudged.spot;
        let place = [&spot.stack, &spot.resource, &spot.property].map(String::as_str).join(" / ");
        writeln!(lines, "not judged: {place}: {}", unjudged.why).expect("a string takes it");
    }
    lines
}
