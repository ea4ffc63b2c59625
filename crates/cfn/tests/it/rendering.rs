//! How values, references and attributes are written.

use cfn::ec2::{Subnet, Vpc};
use cfn::logs::LogGroup;
use cfn::sns::Topic;
use cfn::ssm::Parameter;
use cfn::ssm::parameter::ParameterType;
use cfn::{
    Attributes, Condition, Json, Stack, Value, availability_zone, concat, join, only_if, set, sub,
};
use expect_test::{Expect, expect};

use crate::stack;

/// The template of stack `id` among these.
#[track_caller]
fn check(stacks: &[Stack], id: &str, expected: Expect) {
    let files = cfn::assembly::render(stacks).unwrap();
    expected.assert_eq(&files[&format!("{id}.template.json")]);
}

fn parameter(value: impl Into<Value<String>>) -> Parameter {
    Parameter::new(ParameterType::String, value)
}

#[test]
fn references_within_a_stack() {
    let mut one = stack("One", "us-east-1");
    let vpc = one.add("Vpc", Vpc { cidr_block: set("10.0.0.0/16"), ..Vpc::default() });
    one.add(
        "Subnet",
        Subnet { availability_zone: set(availability_zone(1)), ..Subnet::new(vpc.reference()) },
    );
    one.add("Id", parameter(concat(["vpc=".into(), vpc.reference().into()])));
    one.add("Range", parameter(vpc.default_security_group()));
    check(
        &[one],
        "One",
        expect![[r#"
            {
             "AWSTemplateFormatVersion": "2010-09-09",
             "Description": "A stack",
             "Resources": {
              "Id": {
               "Properties": {
                "Type": "String",
                "Value": {
                 "Fn::Sub": "vpc=${Vpc}"
                }
               },
               "Type": "AWS::SSM::Parameter"
              },
              "Range": {
               "Properties": {
                "Type": "String",
                "Value": {
                 "Fn::GetAtt": [
                  "Vpc",
                  "DefaultSecurityGroup"
                 ]
                }
               },
               "Type": "AWS::SSM::Parameter"
              },
              "Subnet": {
               "Properties": {
                "AvailabilityZone": {
                 "Fn::Select": [
                  1,
                  {
                   "Fn::GetAZs": ""
                  }
                 ]
                },
                "VpcId": {
                 "Ref": "Vpc"
                }
               },
               "Type": "AWS::EC2::Subnet"
              },
              "Vpc": {
               "Properties": {
                "CidrBlock": "10.0.0.0/16"
               },
               "Type": "AWS::EC2::VPC"
              }
             }
            }
        "#]],
    );
}

/// A reference to another stack of the Region becomes an export there and an import here.
#[test]
fn references_between_stacks() {
    let mut owner = stack("Owner", "us-east-1");
    let topic = owner.add("Topic", Topic::default());
    let vpc = owner.add("Vpc", Vpc::default());
    owner.output("VpcId", "Said by the author", vpc.reference());
    let mut user = stack("User", "us-east-1");
    user.add("Exported", parameter(vpc.reference()));
    user.add("Added", parameter(concat(["topic ".into(), topic.topic_arn().into()])));
    let stacks = [user, owner];
    check(
        &stacks,
        "Owner",
        expect![[r#"
            {
             "AWSTemplateFormatVersion": "2010-09-09",
             "Description": "A stack",
             "Outputs": {
              "ExportTopicTopicArn": {
               "Description": "Imported by other stacks of this Region",
               "Export": {
                "Name": "name-owner:ExportTopicTopicArn"
               },
               "Value": {
                "Fn::GetAtt": [
                 "Topic",
                 "TopicArn"
                ]
               }
              },
              "VpcId": {
               "Description": "Said by the author",
               "Export": {
                "Name": "name-owner:VpcId"
               },
               "Value": {
                "Ref": "Vpc"
               }
              }
             },
             "Resources": {
              "Topic": {
               "Type": "AWS::SNS::Topic"
              },
              "Vpc": {
               "Type": "AWS::EC2::VPC"
              }
             }
            }
        "#]],
    );
    check(
        &stacks,
        "User",
        expect![[r#"
            {
             "AWSTemplateFormatVersion": "2010-09-09",
             "Description": "A stack",
             "Resources": {
              "Added": {
               "Properties": {
                "Type": "String",
                "Value": {
                 "Fn::Join": [
                  "",
                  [
                   "topic ",
                   {
                    "Fn::ImportValue": "name-owner:ExportTopicTopicArn"
                   }
                  ]
                 ]
                }
               },
               "Type": "AWS::SSM::Parameter"
              },
              "Exported": {
               "Properties": {
                "Type": "String",
                "Value": {
                 "Fn::ImportValue": "name-owner:VpcId"
                }
               },
               "Type": "AWS::SSM::Parameter"
              }
             }
            }
        "#]],
    );
}

#[test]
fn attributes_parameters_and_conditions() {
    let mut one = stack("One", "us-east-1");
    let first = one.add_with("First", LogGroup::default(), Attributes::retained());
    one.parameters.insert(
        "Mode".to_owned(),
        cfn::Parameter {
            description: "How".to_owned(),
            default: "off".to_owned(),
            allowed: vec!["off".to_owned(), "on".to_owned()],
        },
    );
    let on = Condition { parameter: "Mode".to_owned(), equals: "on".to_owned() };
    one.conditions.insert("On".to_owned(), on);
    let second = LogGroup {
        log_group_name: Some(only_if("On", "second")),
        retention_in_days: set(30),
        ..LogGroup::default()
    };
    let metadata = cfn::Object::from([("Why".to_owned(), Json::from("a test"))]);
    let attributes = Attributes {
        condition: Some("On".to_owned()),
        metadata,
        ..Attributes::after(&first).and_after(&first)
    };
    one.add_with("Second", second, attributes);
    one.add("Mode2", parameter(one.parameter::<String>("Mode")));
    check(
        &[one],
        "One",
        expect![[r#"
            {
             "AWSTemplateFormatVersion": "2010-09-09",
             "Conditions": {
              "On": {
               "Fn::Equals": [
                {
                 "Ref": "Mode"
                },
                "on"
               ]
              }
             },
             "Description": "A stack",
             "Parameters": {
              "Mode": {
               "AllowedValues": [
                "off",
                "on"
               ],
               "Default": "off",
               "Description": "How",
               "Type": "String"
              }
             },
             "Resources": {
              "First": {
               "DeletionPolicy": "RetainExceptOnCreate",
               "Type": "AWS::Logs::LogGroup",
               "UpdateReplacePolicy": "Retain"
              },
              "Mode2": {
               "Properties": {
                "Type": "String",
                "Value": {
                 "Ref": "Mode"
                }
               },
               "Type": "AWS::SSM::Parameter"
              },
              "Second": {
               "Condition": "On",
               "DependsOn": "First",
               "Metadata": {
                "Why": "a test"
               },
               "Properties": {
                "LogGroupName": {
                 "Fn::If": [
                  "On",
                  "second",
                  {
                   "Ref": "AWS::NoValue"
                  }
                 ]
                },
                "RetentionInDays": 30
               },
               "Type": "AWS::Logs::LogGroup"
              }
             }
            }
        "#]],
    );
}

#[test]
fn plain_text_knows_no_stacks() {
    #[track_caller]
    fn check(value: impl Into<Json>, expected: &str) {
        assert_eq!(value.into().plain_text(), expected);
    }
    let vpc = |id| stack(id, "us-east-1").add("Vpc", Vpc::default());
    check(vpc("One").reference(), "Ref(Vpc)");
    check(vpc("Two").reference(), "Ref(Vpc)");
    check(vpc("Two").default_security_group(), "GetAtt(Vpc.DefaultSecurityGroup)");
    check(join(", ", Json::list(["a", "b"])), r#"Join(", ",["a","b"])"#);
    check(concat(["a".into(), sub("${AWS::Region}").into()]), r#"Concat("a",Sub(${AWS::Region}))"#);
    check(availability_zone(2), "Select(2,AvailabilityZones)");
    check(only_if::<String>("Some", "x"), r#"If(Some,"x",NoValue)"#);
    check(Json::object([("b", 1.into()), ("a", true.into())]), r#"{"a":true,"b":1}"#);
    check(stack("One", "us-east-1").parameter::<String>("Mode"), "Parameter(Mode)");
}

/// Text is joined by the shortest function that can hold its parts.
#[test]
fn text() {
    #[track_caller]
    fn check(value: impl Into<Value<String>>, expected: &str) {
        let mut one = stack("One", "us-east-1");
        one.add("Vpc", Vpc::default());
        one.add("It", parameter(value));
        let files = cfn::assembly::render(&[one]).unwrap();
        let template: serde_json::Value =
            serde_json::from_str(&files["One.template.json"]).unwrap();
        assert_eq!(template["Resources"]["It"]["Properties"]["Value"].to_string(), expected);
    }
    let zone = || Json::from(availability_zone(0));
    let region = || Json::from(sub("${AWS::Region}"));
    check("plain", r#""plain""#);
    check("${AWS::Region}", r#""${AWS::Region}""#);
    check(sub("no placeholder"), r#""no placeholder""#);
    check(sub("in ${AWS::Region}"), r#"{"Fn::Sub":"in ${AWS::Region}"}"#);
    check(concat(["a".into(), "b".into()]), r#""ab""#);
    check(concat(["a ".into(), region()]), r#"{"Fn::Sub":"a ${AWS::Region}"}"#);
    check(concat(["${x} ".into(), region()]), r#"{"Fn::Sub":"${!x} ${AWS::Region}"}"#);
    check(join(" ", Json::list(["a", "b"])), r#"{"Fn::Join":[" ",["a","b"]]}"#);
    check(
        concat(["a ".into(), zone()]),
        r#"{"Fn::Join":["",["a ",{"Fn::Select":[0,{"Fn::GetAZs":""}]}]]}"#,
    );
}
