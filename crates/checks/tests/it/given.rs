//! What one stack gives to another is known there, in whichever way it crosses.

use checks::{Design, Settings, Source};

#[test]
fn what_a_custom_resource_carries_to_another_region_is_known() {
    let writer = r#"{"Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "receipts"}},
        "Writer": {"Type": "Custom::CrossRegionExportWriter", "Properties": {"WriterProps": {"exports":
            {"/cdk/exports/Primary/Arn": {"Fn::GetAtt": ["Bucket", "Arn"]}}}}}}}"#;
    let reader = r#"{"Resources": {
        "Reader": {"Type": "Custom::CrossRegionExportReader"},
        "Other": {"Type": "AWS::SSM::Parameter", "Properties":
            {"Value": {"Fn::GetAtt": ["Reader", "/cdk/exports/Primary/Arn"]}}}}}"#;
    check(writer, reader, "Value", Some("arn:aws:s3:::receipts"));
}

#[test]
fn what_an_output_of_another_region_gives_is_known() {
    let giver = r#"{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "receipts"}}},
        "Outputs": {"Name": {"Value": {"Ref": "Bucket"}}}}"#;
    let taker = |output: &str| {
        let taken = format!(
            r#"{{"StackName": "Standby", "OutputName": "{output}", "Region": "us-east-2"}}"#
        );
        format!(
            r#"{{"Resources": {{"Other": {{"Type": "AWS::SSM::Parameter", "Properties":
            {{"Value": {{"Fn::GetStackOutput": {taken}}}}}}}}}}}"#
        )
    };
    check(giver, &taker("Name"), "Value", Some("receipts"));
    check(giver, &taker("Nothing"), "Value", None);
}

#[test]
fn what_a_deployment_gives_to_parameters_can_be_told() {
    let template = r#"{"Parameters": {"Role": {"Type": "String", "Default": "primary"}},
        "Conditions": {"P": {"Fn::Equals": [{"Ref": "Role"}, "primary"]}},
        "Resources": {"Other": {"Type": "AWS::SSM::Parameter", "Properties":
            {"Value": {"Fn::If": ["P", "first", "second"]}}}}}"#;
    let settings = Settings::parse(
        "[[parameters]]\nname = \"Role\"\nvalue = \"standby\"\nregion = \"us-east-2\"\nstack = \"Pay*\"\n",
        "settings",
    );
    let stack = |name: &str, region: &str| Source {
        text: template.to_owned(),
        name: name.to_owned(),
        region: Some(region.to_owned()),
        ..Source::default()
    };
    let sources =
        [stack("Pay-1", "us-east-1"), stack("Pay-2", "us-east-2"), stack("Other", "us-east-2")];
    let design =
        Design::new(&sources, settings.expect("settings")).expect("templates that can be read");
    let values =
        design.of("AWS::SSM::Parameter").map(|resource| resource.at("Value").text().known());
    let values: Vec<Option<String>> = values.collect();
    assert_eq!(
        values,
        [Some("first".to_owned()), Some("second".to_owned()), Some("first".to_owned())]
    );
}

/// A property of `Other` in the second template, as text.
#[track_caller]
fn check(standby: &str, primary: &str, property: &str, expected: Option<&str>) {
    let sources = [("Standby", "us-east-2", standby), ("Primary", "us-east-1", primary)];
    let sources = sources.map(|(name, region, text)| Source {
        text: text.to_owned(),
        name: name.to_owned(),
        stack_name: name.to_owned(),
        region: Some(region.to_owned()),
        ..Source::default()
    });
    let design = Design::new(&sources, Settings::default()).expect("templates that can be read");
    let other = design.resources().find(|resource| resource.id() == "Other").expect("it is there");
    let value = other.at(property).value().known();
    let found = value.and_then(|value| design.text(value).known());
    assert_eq!(found.as_deref(), expected);
}
