//! Which Regions form the pair, in which roles, and what says so.

mod layers;
mod roles;

use checks::{Design, Settings, Source};
use expect_test::{Expect, expect};

/// A stack of one bucket, queue, topic and table.
const FOUR: &str = r#"{"Resources": {
    "Bucket": {"Type": "AWS::S3::Bucket"}, "Queue": {"Type": "AWS::SQS::Queue"},
    "Topic": {"Type": "AWS::SNS::Topic"}, "Table": {"Type": "AWS::DynamoDB::Table"}}}"#;
/// A stack of one role.
const ROLE: &str = r#"{"Resources": {"Role": {"Type": "AWS::IAM::Role"}}}"#;

fn stack(place: &str, template: &str) -> Source {
    let (name, region) = place.split_once('@').expect("NAME@REGION");
    Source {
        file: format!("{name}.json"),
        text: template.to_owned(),
        name: name.to_owned(),
        stack_name: name.to_owned(),
        region: Some(region.to_owned()),
        ..Source::default()
    }
}

fn design(stacks: &[(&str, &str)], settings: Settings) -> Design {
    let sources: Vec<Source> =
        stacks.iter().map(|(place, template)| stack(place, template)).collect();
    Design::new(&sources, settings).expect("templates that can be read")
}

#[track_caller]
fn check(stacks: &[(&str, &str)], settings: Settings, expected: Expect) {
    let design = design(stacks, settings);
    expected.assert_eq(&design.pairing().explained(design.stacks()).join("\n"));
}

/// A template of these resources: `ID TYPE {PROPERTIES}` each.
fn template(resources: &[&str]) -> String {
    let entries = resources.iter().map(|resource| {
        let mut parts = resource.splitn(3, ' ');
        let id = parts.next().expect("an id");
        let kind = parts.next().expect("a type");
        let properties = parts.next().unwrap_or("{}");
        format!(r#""{id}": {{"Type": "AWS::{kind}", "Properties": {properties}}}"#)
    });
    let entries: Vec<String> = entries.collect();
    format!(
        r#"{{"Parameters": {{"P": {{"Type": "String"}}}}, "Conditions": {{"Unknown": {{"Fn::Equals": [{{"Ref": "P"}}, "1"]}}}}, "Resources": {{{}}}}}"#,
        entries.join(", ")
    )
}

fn pair_of(primary: &str, standby: &str) -> Settings {
    Settings { primary: Some(primary.into()), standby: Some(standby.into()), ..Settings::default() }
}

#[test]
fn unrelated_stacks_are_no_pair() {
    check(
        &[("app@eu-west-1", FOUR), ("certificate@us-east-1", ROLE)],
        Settings::default(),
        expect![[r#"
            there is no pair: no two stacks of eu-west-1, us-east-1 do the same work
            `app` in eu-west-1 has no counterpart
            `certificate` in us-east-1 has no counterpart"#]],
    );
    check(
        &[("app@eu-west-1", FOUR)],
        Settings::default(),
        expect![[r#"
        there is no pair: everything is in eu-west-1
        `app` in eu-west-1 has no counterpart"#]],
    );
}

#[test]
fn settings_win() {
    let settings = Settings {
        primary: Some("us-east-2".into()),
        standby: Some("us-east-1".into()),
        layers: vec![("Green".into(), "Blue".into())],
        ..Settings::default()
    };
    check(
        &[("Blue@us-east-1", ROLE), ("Green@us-east-2", FOUR)],
        settings,
        expect![[r#"
        us-east-2 and us-east-1 are the pair: the settings say so
        us-east-2 is the home primary: the settings say so
        `Green` and `Blue` are one layer: the settings say so"#]],
    );
}

#[test]
fn a_region_that_is_none_ends() {
    let manifest = r#"{"artifacts": {"a-b": {"type": "aws:cloudformation:stack", "environment": "aws://1/-",
        "properties": {"templateFile": "a.json"}}}}"#;
    let manifest = checks::assembly::manifest(manifest).expect("a manifest");
    assert_eq!(manifest.stacks[0].region, None);
    check(
        &[("a-b@-", ROLE), ("a-b@us-east-1", ROLE)],
        Settings::default(),
        expect![[r#"
        - and us-east-1 are the pair: 1 layer is in both
        nothing says which Region is the home primary; - is taken for it: say it in the settings
        `a-b` and `a-b` are one layer: both are `a-b`, and 100 % of their resource types are the same"#]],
    );
}

#[test]
fn another_pair_is_told_as_not_seen() {
    let places = ["Dev@us-east-1", "DevDr@us-east-2", "Prod@us-west-2", "ProdDr@eu-west-1"];
    let design = design(&places.map(|place| (place, FOUR)), Settings::default());
    let unseen = checks::check(&design).unseen;
    let told: Vec<String> =
        unseen.iter().map(|unseen| format!("{}: {}", unseen.spot.stack, unseen.why)).collect();
    expect![[r#"
        Dev: us-east-1 and us-east-2 look like another pair: check it by itself with `[regions]`
        DevDr: us-east-1 and us-east-2 look like another pair: check it by itself with `[regions]`"#]].assert_eq(&told.join("\n"));
}

#[test]
fn settings_that_name_nothing_are_faults() {
    let settings = Settings {
        layers: vec![
            ("Green".into(), "Blue".into()),
            ("Green".into(), "Green".into()),
            ("Reed".into(), "Blue".into()),
        ],
        ..pair_of("us-east-1", "us-east-3")
    };
    let stacks = [("Blue@us-east-1", ROLE), ("Green@us-east-2", FOUR)];
    let design = design(&stacks, settings);
    expect![[r#"
        `[regions]` names us-east-3, and no template is in it: the templates are in us-east-1, us-east-2
        `[[layers]]` names `Green` and `Blue`, which are not in the two Regions of one pair
        `[[layers]]` names `Green` and `Green`, which are not in the two Regions of one pair
        `[[layers]]` names `Reed`, and no stack is called so: there are `Blue`, `Green`"#]].assert_eq(&design.pairing().faults().join("\n"));
    let settings = Settings {
        layers: vec![("Blue".into(), "Green".into())],
        ..pair_of("us-east-1", "us-east-2")
    };
    assert_eq!(self::design(&stacks, settings).pairing().faults(), [] as [String; 0]);
}
