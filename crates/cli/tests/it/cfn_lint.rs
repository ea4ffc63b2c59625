//! cfn-lint finds no error and no warning in any template, whatever the file asks for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::place::Place;

/// Lints the templates of one of the files, those of each Region by the schemas of that Region; `packages` are
/// there when it is read.
#[track_caller]
fn check(name: &str, packages: &[&str]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/files").join(name);
    let text = fs::read_to_string(path).expect("the file is there");
    let place = Place::with(&text);
    for package in packages {
        place.write(package, package);
    }
    place.tideover("synth").stdout();
    let regions = templates(&place);
    assert_eq!(regions.len(), 3, "{:?}", regions.keys());
    for (region, templates) in regions {
        let outcome = place.cfn_lint(&region, &templates).outcome();
        assert_eq!(outcome.to_string(), "exit code 0\n", "{region}");
    }
}

/// Paths of templates by Region.
fn templates(place: &Place) -> BTreeMap<String, Vec<String>> {
    let manifest = place.json("cdk.out/manifest.json");
    let mut regions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for artifact in manifest["artifacts"].as_object().expect("artifacts have names").values() {
        let Some(template) = artifact["properties"]["templateFile"].as_str() else { continue };
        let environment = artifact["environment"].as_str().expect("a stack has an environment");
        let region = environment.rsplit('/').next().expect("its end is the Region");
        regions.entry(region.to_owned()).or_default().push(format!("cdk.out/{template}"));
    }
    regions
}

#[test]
fn default() {
    check("default.toml", &[]);
}

#[test]
fn europe() {
    check("europe.toml", &[]);
}

#[test]
fn asia() {
    check("asia.toml", &[]);
}

#[test]
fn a_nat_gateway_in_each_zone() {
    check("nat-in-each-zone.toml", &[]);
}

#[test]
fn adopted_zone() {
    check("adopted-zone.toml", &[]);
}

#[test]
fn own_functions() {
    check("own-functions.toml", &["build/ledger.zip", "dist/reports.zip"]);
}

#[test]
fn other_values() {
    check("other-values.toml", &[]);
}

#[test]
fn finds_what_is_wrong() {
    let place = Place::new();
    let queue = r#"{"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": "soon"}}"#;
    place.write("broken.json", format!(r#"{{"Resources": {{"Queue": {queue}}}}}"#));
    let outcome = place.cfn_lint("us-east-1", &["broken.json".to_owned()]).outcome();
    assert_eq!(outcome.exit_code, Some(2), "{outcome}");
    assert!(outcome.stdout.starts_with("E3012 "), "{outcome}");
}
