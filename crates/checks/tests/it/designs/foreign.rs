//! Designs of others for two Regions: they are paired, and what is said of them is reviewed as a diff.
//!
//! Where each comes from, and which faults it has, stands in `tests/foreign/ORIGIN.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use checks::{Design, Settings, Source, assembly};
use expect_test::expect_file;

use super::{folder, read, stack};

#[track_caller]
fn check(name: &str, sources: &[Source]) {
    let design = Design::new(sources, Settings::default()).expect("templates that can be read");
    let mut text = design.pairing().explained(design.stacks()).join("\n") + "\n\n";
    let report = checks::check(&design);
    let mut findings: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for finding in &report.findings {
        let key = (finding.severity.word(), finding.rule, finding.spot.stack.as_str());
        *findings.entry(key).or_default() += 1;
    }
    for ((severity, rule, stack), count) in findings {
        writeln!(text, "{severity:<7}  {rule}: {stack} ({count})").expect("a string takes it");
    }
    let unjudged: usize = report.unjudged.len();
    writeln!(text, "\n{unjudged} could not be judged, {} were not seen", report.unseen.len())
        .expect("a string takes it");
    expect_file![folder(&format!("crates/checks/tests/foreign/{name}.txt"))].assert_eq(&text);
}

fn file(name: &str, region: &str) -> Source {
    let source = stack(&folder(&format!("crates/checks/tests/foreign/{name}")), region);
    Source { name: format!("{}-{region}", source.name), ..source }
}

fn stacks_of_assembly(name: &str) -> Vec<Source> {
    let directory = folder(&format!("crates/checks/tests/foreign/{name}"));
    let manifest = assembly::manifest(&read(&directory.join("manifest.json"))).expect("a manifest");
    let stacks = manifest.stacks.into_iter();
    stacks.map(|stack| Source { text: read(&directory.join(&stack.file)), ..stack }).collect()
}

#[test]
fn one_template_in_two_regions() {
    let of = |region| file("active-passive-api/stack.yaml", region);
    check("active-passive-api", &[of("us-east-1"), of("us-west-2")]);
}

#[test]
fn an_assembly_of_six_stacks() {
    check("cdk-shop", &stacks_of_assembly("cdk-shop"));
}

#[test]
fn members_made_by_custom_resources() {
    check("aurora-custom-resources", &stacks_of_assembly("aurora-custom-resources"));
}

#[test]
fn a_global_database_in_two_templates() {
    let primary = file("aurora-global/primary.yaml", "eu-west-1");
    check("aurora-global", &[primary, file("aurora-global/secondary.yaml", "eu-central-1")]);
}

#[test]
fn records_by_latency() {
    let of = |region| file(&format!("latency-api/{region}.yaml"), region);
    check("latency-api", &[of("us-east-1"), of("us-west-2")]);
}

#[test]
fn three_regions() {
    let of = |region| file(&format!("legacy-global-table/{region}.json"), region);
    let coordinator = file("legacy-global-table/coordinator.json", "us-east-1");
    check("legacy-global-table", &[of("us-east-1"), of("us-east-2"), of("us-west-2"), coordinator]);
}
