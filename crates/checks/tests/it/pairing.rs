//! Which Regions form the pair, in which roles, and what says so.

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

#[track_caller]
fn check(stacks: &[(&str, &str)], settings: Settings, expected: Expect) {
    let sources: Vec<Source> =
        stacks.iter().map(|(place, template)| stack(place, template)).collect();
    let design = Design::new(&sources, settings).expect("templates that can be read");
    expected.assert_eq(&design.pairing().explained(design.stacks()).join("\n"));
}

#[test]
fn names_and_shapes_tell_layers() {
    check(
        &[
            ("PrimaryApi-dev@us-east-1", ROLE),
            ("SecondaryApi-dev@us-east-2", ROLE),
            ("Tools@us-east-1", FOUR),
        ],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            us-east-1 is the home primary: the name of `PrimaryApi-dev` suggests it, and nothing surer does
            `PrimaryApi-dev` and `SecondaryApi-dev` are one layer: both are `api-dev`, and 100 % of their resource types are the same
            `Tools` in us-east-1 has no counterpart"#]],
    );
    check(
        &[("app@eu-west-1", FOUR), ("other@eu-central-1", FOUR), ("edge@us-east-1", ROLE)],
        Settings::default(),
        expect![[r#"
            eu-central-1 and eu-west-1 are the pair: 1 layer is in both
            nothing says which Region is the home primary; eu-central-1 is taken for it: say it in the settings
            `other` and `app` are one layer: 100 % of their resource types are the same
            `edge` in us-east-1 has no counterpart"#]],
    );
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
fn a_database_tells_roles_more_surely_than_names() {
    let source = r#"{"Resources": {
        "Global": {"Type": "AWS::RDS::GlobalCluster", "Properties": {"SourceDBClusterIdentifier": {"Ref": "Cluster"}}},
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"MasterUsername": "u"}}}}"#;
    let member = r#"{"Resources": {
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"GlobalClusterIdentifier": "payments"}}}}"#;
    check(
        &[("StandbyData@eu-west-1", source), ("PrimaryData@eu-west-2", member)],
        Settings::default(),
        expect![[r#"
            eu-west-1 and eu-west-2 are the pair: 1 layer is in both
            eu-west-1 is the home primary: `StandbyData` declares the global cluster `Global`
            `StandbyData` and `PrimaryData` are one layer: both are `data`, and 50 % of their resource types are the same"#]],
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
fn the_cdk_names_one_resource_in_two_ways() {
    let with = |id: &str| {
        format!(
            r#"{{"Resources": {{"{id}": {{"Type": "AWS::SNS::Topic"}}, "Other": {{"Type": "AWS::SNS::Topic"}}}}}}"#
        )
    };
    let (left, right) = (with("PrimaryTopic0A1B2C3D"), with("StandbyTopicFFEE0011"));
    let sources = [stack("A@us-east-1", &left), stack("A@us-east-2", &right)];
    let design = Design::new(&sources, Settings::default()).expect("templates that can be read");
    let topic = design
        .of("AWS::SNS::Topic")
        .find(|topic| topic.id().starts_with("Primary"))
        .expect("it is there");
    assert_eq!(design.counterpart(topic).map(|other| other.id()), Some("StandbyTopicFFEE0011"));
}
