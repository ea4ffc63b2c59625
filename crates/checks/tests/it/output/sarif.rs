//! SARIF, against its schema and its snapshot.

use boon::{Compiler, SchemaIndex, Schemas};
use checks::Report;
use checks::output::{Lines, sarif};
use expect_test::expect_file;
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::sample;

const SCHEMA: &str = include_str!("../../sarif/sarif-schema-2.1.0.json");

#[test]
fn it_says_everything_in_the_words_of_the_schema() {
    let mut log = read(&sarif(&sample::report(), &sample::lines()));
    Schema::new().check(&log);
    // Rules have their own texts, which change without this.
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("rules") {
        let code = rule["id"].as_str().expect("a code");
        let page = rule["help"]["markdown"].as_str().expect("a page");
        assert!(page.starts_with(&format!("# `{code}`\n")), "{page}");
        for key in ["shortDescription", "fullDescription", "help"] {
            rule[key] = "…".into();
        }
    }
    expect_file!["report.sarif"].assert_eq(&format!("{log:#}\n"));
}

#[test]
fn the_help_of_every_rule_fits() {
    let [one, ..] = &sample::report().findings[..] else { panic!("a finding") };
    let findings = checks::rules::all().map(|rule| {
        let mut finding = one.clone();
        (finding.rule, finding.severity) = (rule.code, rule.severity);
        finding
    });
    let report = Report { findings: findings.collect(), ..Report::default() };
    let log = read(&sarif(&report, &Lines::default()));
    Schema::new().check(&log);
    let run = &log["runs"][0];
    for result in run["results"].as_array().expect("results") {
        let place = usize::try_from(result["ruleIndex"].as_u64().expect("a place")).expect("small");
        assert_eq!(run["tool"]["driver"]["rules"][place]["id"], result["ruleId"]);
    }
}

#[test]
fn the_schema_refuses_what_is_not_sarif() {
    let good = read(&sarif(&sample::report(), &sample::lines()));
    let mut bad = good.clone();
    bad["runs"][0]["results"][0]["level"] = "blocker".into();
    let mut worse = good.clone();
    let place = &mut worse["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    place["artifactLocation"]["uri"] = "a b".into();
    let schema = Schema::new();
    assert_eq!([&good, &bad, &worse].map(|log| schema.faults(log).is_none()), [true, false, false]);
}

#[test]
fn findings_at_one_place_have_fingerprints_of_their_own() {
    let [one, ..] = &sample::report().findings[..] else { panic!("a finding") };
    let report = Report { findings: vec![one.clone(), one.clone()], ..Report::default() };
    let log = read(&sarif(&report, &Lines::default()));
    let of = |place: usize| {
        log["runs"][0]["results"][place]["partialFingerprints"]["tideoverCheck/v1"].clone()
    };
    assert_ne!(of(0), of(1));
}

#[test]
fn paths_are_references() {
    let rows = [
        ("cdk.out/a.template.json", "cdk.out/a.template.json"),
        ("/tmp/a b/ü.yaml", "file:///tmp/a%20b/%C3%BC.yaml"),
        ("a:b/c?d#e%", "a%3Ab/c%3Fd%23e%25"),
        (r"C:\app\a.yaml", "file:///C%3A/app/a.yaml"),
    ];
    for (file, uri) in rows {
        let mut report = sample::report();
        report.findings.truncate(1);
        report.findings[0].spot.file = file.to_owned();
        report = Report { findings: report.findings, ..Report::default() };
        let log = read(&sarif(&report, &Lines::default()));
        let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], uri);
    }
}

proptest! {
    // The schema takes its time.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_in_a_report_it_is_sarif(report in super::reports()) {
        thread_local!(static SCHEMA: Schema = Schema::new());
        let log = read(&sarif(&report, &Lines::default()));
        SCHEMA.with(|schema| schema.check(&log));
    }
}

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn new() -> Self {
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.add_resource("sarif.json", read(SCHEMA)).expect("a resource");
        let mut schemas = Schemas::new();
        let index = compiler.compile("sarif.json", &mut schemas).expect("a schema");
        Self { schemas, index }
    }

    fn faults(&self, log: &Json) -> Option<String> {
        self.schemas.validate(log, self.index).err().map(|faults| faults.to_string())
    }

    #[track_caller]
    fn check(&self, log: &Json) {
        assert_eq!(self.faults(log), None, "{log:#}");
    }
}

fn read(text: &str) -> Json {
    serde_json::from_str(text).expect("JSON")
}
