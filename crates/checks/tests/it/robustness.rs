//! Odd and hostile templates: a clear answer, within bounds, and never a panic.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use checks::{Answer, Design, Report, Settings, Source};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// The template deployed in both Regions of a pair.
fn twice(template: &str) -> Vec<Source> {
    let of = |region: &str| Source {
        file: "template".to_owned(),
        text: template.to_owned(),
        name: format!("stack-{region}"),
        stack_name: "stack".to_owned(),
        region: Some(region.to_owned()),
        ..Source::default()
    };
    vec![of("us-east-1"), of("us-east-2")]
}

fn judged(template: &str) -> Report {
    let settings = Settings {
        primary: Some("us-east-1".to_owned()),
        standby: Some("us-east-2".to_owned()),
        rto_seconds: Some(60),
        ..Settings::default()
    };
    checks::check(&Design::new(&twice(template), settings).expect("a template that can be read"))
}

/// The class of the instance `Instance` of a template.
fn class(template: &str) -> Answer<String> {
    let design =
        Design::new(&twice(template), Settings::default()).expect("a template that can be read");
    let instance = design.of("AWS::RDS::DBInstance").next().expect("there is an instance");
    instance.at("DBInstanceClass").text()
}

/// A template whose conditions rest on each other, so many times, around a last one.
fn nested(depth: usize, value: &str) -> String {
    let mut class = format!("\"{value}\"");
    for _ in 0..depth {
        class = format!(r#"{{"Fn::If": ["Open", {class}, "db.r6g.large"]}}"#);
    }
    format!(
        r#"{{"Parameters": {{"Open": {{"Type": "String"}}}},
            "Conditions": {{"Open": {{"Fn::Equals": [{{"Ref": "Open"}}, "yes"]}}}},
            "Resources": {{"Instance": {{"Type": "AWS::RDS::DBInstance", "Properties": {{"DBInstanceClass": {class}}}}}}}}}"#
    )
}

#[test]
fn conditions_within_conditions() {
    assert_eq!(class(&nested(200, "db.r6g.large")), Answer::Known("db.r6g.large".to_owned()));
    assert!(matches!(class(&nested(200, "db.t3.medium")), Answer::Unknown(_)));
    assert_eq!(
        judged(&nested(400, "db.t3.medium")).unjudged.len(),
        0,
        "no rule asks about a stand-alone instance"
    );
}

#[test]
fn conditions_in_a_circle() {
    let template = r#"{"Conditions": {"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}},
        "Resources": {"Instance": {"Type": "AWS::RDS::DBInstance", "Condition": "A"}}}"#;
    let report = judged(template);
    assert_eq!(report.findings.len(), 0);
    assert!(report.unseen[0].why.contains("rests on itself"), "{}", report.unseen[0].why);
}

#[test]
fn a_long_chain_of_conditions() {
    let chain: Vec<String> = (0..5_000)
        .map(|number| format!(r#""C{number}": {{"Condition": "C{}"}}"#, number + 1))
        .collect();
    let template = format!(
        r#"{{"Conditions": {{{}, "C5000": {{"Fn::Equals": ["a", "a"]}}}},
            "Resources": {{"Topic": {{"Type": "AWS::SNS::Topic", "Condition": "C0"}}}}}}"#,
        chain.join(", ")
    );
    judged(&template);
}

#[test]
fn references_in_circles() {
    let template = r#"{"Parameters": {"P": {"Type": "String", "Default": {"Ref": "P"}}},
        "Mappings": {"M": {"a": {"b": {"Fn::FindInMap": ["M", "a", "b"]}}}},
        "Resources": {
            "A": {"Type": "AWS::RDS::DBCluster", "Properties": {"DBClusterIdentifier": {"Ref": "B"}}},
            "B": {"Type": "AWS::RDS::DBCluster", "Properties": {"DBClusterIdentifier": {"Ref": "A"}, "GlobalClusterIdentifier": {"Fn::FindInMap": ["M", "a", "b"]}}},
            "C": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "x-${C}"}}},
            "D": {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"X": {"Fn::GetAtt": ["D", "Outputs.X"]}}}}},
        "Outputs": {"X": {"Value": {"Fn::ImportValue": "x"}, "Export": {"Name": "x"}}}}"#;
    judged(template);
}

#[test]
fn a_template_of_a_megabyte() {
    let resources: Vec<String> = (0..7_000)
        .map(|number| {
            format!(
                r#""Bucket{number}": {{"Type": "AWS::S3::Bucket", "Properties": {{"BucketName": {{"Fn::Sub": "bucket-{number}-${{AWS::Region}}"}}, "Tags": [{{"Key": "number", "Value": "{number}"}}]}}}}"#
            )
        })
        .collect();
    let template = format!(r#"{{"Resources": {{{}}}}}"#, resources.join(",\n"));
    assert!(template.len() > 1_000_000);
    judged(&template);
}

/// Sections and properties of types that they cannot have.
#[test]
fn what_is_no_template() {
    for template in [
        r#"{"Resources": []}"#,
        r#"{"Resources": {"A": null, "B": 1, "C": {"Type": 5}, "D": {"Type": "AWS::RDS::DBCluster", "Properties": []}}}"#,
        r#"{"Conditions": 1, "Parameters": "x", "Mappings": [], "Outputs": {"O": 1, "P": {"Value": null}}, "Resources": {}}"#,
        r#"{"Resources": {"A": {"Type": "AWS::RDS::DBCluster", "Properties": {"Fn::If": []}, "DependsOn": 5}}}"#,
        r#"{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": ["${", 1]}}}}}"#,
    ] {
        judged(template);
    }
}

/// Every fixture of every rule, as the templates of its stacks.
fn fixtures() -> Vec<Json> {
    let folders = std::fs::read_dir(folder()).expect("the folder of fixtures");
    let files = folders.flat_map(|rule| {
        let rule = rule.expect("a folder").path();
        ["pass.yaml", "fail.yaml"].map(|file| rule.join(file))
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
        .iter()
        .map(|file| {
            checks::parse(&std::fs::read_to_string(file).expect("a fixture")).expect("YAML")
        })
        .collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

/// What may stand in place of anything.
fn odd() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        prop_oneof![Just(-1_i64), Just(0), Just(1), Just(i64::MAX), -10_i64..100_000]
            .prop_map(Json::from),
        any::<f64>()
            .prop_filter("JSON has none but finite numbers", |number| number.is_finite())
            .prop_map(Json::from),
        "[a-zA-Z0-9:/.*${}() é-]{0,12}".prop_map(Json::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[{"Ref": "AWS::NoValue"}]])),
        Just(json!({"Ref": "Unset"})),
        Just(json!({"Fn::If": ["Open", "a", {"Ref": "AWS::NoValue"}]})),
        Just(json!({"Fn::GetAtt": ["Cluster", "Arn"]})),
        Just(json!({"Fn::Sub": "arn:aws:${AWS::Region}:${?}"})),
    ]
}

/// How many values there are in a document, itself included.
fn count(json: &Json) -> usize {
    let inside: usize = match json {
        Json::Array(items) => items.iter().map(count).sum(),
        Json::Object(entries) => entries.values().map(count).sum(),
        _ => 0,
    };
    inside + 1
}

/// Replaces the value of this number, counted as [`count`] counts.
fn replace(json: &mut Json, number: &mut usize, value: &Json) {
    if *number == 0 {
        *json = value.clone();
        *number = usize::MAX;
        return;
    }
    *number -= 1;
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| replace(item, number, value)),
        Json::Object(entries) => {
            entries.values_mut().for_each(|entry| replace(entry, number, value))
        }
        _ => {}
    }
}

/// The stacks of a fixture, each with a parameter and a condition of which nothing is known.
fn sources(fixture: &Json) -> Vec<Source> {
    let stacks = fixture.as_object().into_iter().flatten().filter_map(|(key, template)| {
        let (name, region) = key.split_once('@')?;
        let mut template = template.clone();
        let unknown = template.as_object_mut()?;
        unknown.entry("Parameters").or_insert_with(|| json!({"Unset": {"Type": "String"}}));
        unknown
            .entry("Conditions")
            .or_insert_with(|| json!({"Open": {"Fn::Equals": [{"Ref": "Unset"}, "x"]}}));
        Some(Source {
            file: name.to_owned(),
            text: template.to_string(),
            name: name.to_owned(),
            stack_name: name.to_owned(),
            region: Some(region.to_owned()),
            ..Source::default()
        })
    });
    stacks.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_odd_value_makes_a_rule_panic(
        choice in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), odd()), 1..4),
    ) {
        let fixtures = FIXTURES.get_or_init(fixtures);
        let mut fixture = choice.get(fixtures).clone();
        for (place, value) in changes {
            let mut number = 1 + place.index(count(&fixture));
            replace(&mut fixture, &mut number, &value);
        }
        let settings = Settings { rto_seconds: Some(60), ..Settings::default() };
        if let Ok(design) = Design::new(&sources(&fixture), settings) {
            drop(checks::check(&design));
        }
    }
}

static FIXTURES: OnceLock<Vec<Json>> = OnceLock::new();
