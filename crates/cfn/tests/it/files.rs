//! The files around the templates: manifest, asset manifests, tree.

use cfn::ec2::Vpc;
use cfn::{Asset, Stack, immutable};
use expect_test::{Expect, expect};

use crate::stack;

fn assembly() -> Vec<Stack> {
    let mut first = stack("First", "us-east-1");
    first.environment.account = Some("123456789012".to_owned());
    first.add("Vpc", Vpc::default());
    first.termination_protection = true;
    first.tags.insert("Team".to_owned(), "payments".to_owned());
    first
        .assets
        .insert(Asset { hash: "ab12".to_owned(), description: "code of a function".to_owned() });
    let mut second = stack("Second", "us-east-2");
    second.add("Vpc", Vpc::default());
    second.depends_on.insert("First".into());
    second.warnings.push("something in the way".to_owned());
    second.notes.push("something to know".to_owned());
    vec![first, second]
}

#[track_caller]
fn check(file: &str, expected: Expect) {
    expected.assert_eq(&cfn::assembly::render(&assembly()).unwrap()[file]);
}

#[test]
fn names() {
    let files = cfn::assembly::render(&assembly()).unwrap();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "First.assets.json",
        "First.template.json",
        "Second.assets.json",
        "Second.template.json",
        "cdk.out",
        "manifest.json",
        "tree.json",
    ];
    assert_eq!(names, expected);
}

#[test]
fn manifest() {
    check(
        "manifest.json",
        expect![[r#"
            {
             "artifacts": {
              "First": {
               "dependencies": [
                "First.assets"
               ],
               "displayName": "First",
               "environment": "aws://123456789012/us-east-1",
               "metadata": {
                "/First/Vpc": [
                 {
                  "data": "Vpc",
                  "type": "aws:cdk:logicalId"
                 }
                ]
               },
               "properties": {
                "additionalDependencies": [
                 "First.assets"
                ],
                "assumeRoleArn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-deploy-role-${AWS::AccountId}-us-east-1",
                "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
                "cloudFormationExecutionRoleArn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-us-east-1",
                "lookupRole": {
                 "arn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-lookup-role-${AWS::AccountId}-us-east-1",
                 "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
                 "requiresBootstrapStackVersion": 8
                },
                "requiresBootstrapStackVersion": 6,
                "stackName": "name-first",
                "stackTemplateAssetObjectUrl": "s3://cdk-hnb659fds-assets-${AWS::AccountId}-us-east-1/2a2355b8c4c30f2646e0268a4574dab7fa1217336f3f4d09a1b5baa41a2eda2f.json",
                "tags": {
                 "Team": "payments"
                },
                "templateFile": "First.template.json",
                "terminationProtection": true,
                "validateOnSynth": false
               },
               "type": "aws:cloudformation:stack"
              },
              "First.assets": {
               "properties": {
                "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
                "file": "First.assets.json",
                "requiresBootstrapStackVersion": 6
               },
               "type": "cdk:asset-manifest"
              },
              "Second": {
               "dependencies": [
                "First",
                "Second.assets"
               ],
               "displayName": "Second",
               "environment": "aws://unknown-account/us-east-2",
               "metadata": {
                "/Second": [
                 {
                  "data": "something in the way",
                  "type": "aws:cdk:warning"
                 },
                 {
                  "data": "something to know",
                  "type": "aws:cdk:info"
                 }
                ],
                "/Second/Vpc": [
                 {
                  "data": "Vpc",
                  "type": "aws:cdk:logicalId"
                 }
                ]
               },
               "properties": {
                "additionalDependencies": [
                 "Second.assets"
                ],
                "assumeRoleArn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-deploy-role-${AWS::AccountId}-us-east-2",
                "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
                "cloudFormationExecutionRoleArn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-us-east-2",
                "lookupRole": {
                 "arn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-lookup-role-${AWS::AccountId}-us-east-2",
                 "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
                 "requiresBootstrapStackVersion": 8
                },
                "requiresBootstrapStackVersion": 6,
                "stackName": "name-second",
                "stackTemplateAssetObjectUrl": "s3://cdk-hnb659fds-assets-${AWS::AccountId}-us-east-2/2a2355b8c4c30f2646e0268a4574dab7fa1217336f3f4d09a1b5baa41a2eda2f.json",
                "tags": {},
                "templateFile": "Second.template.json",
                "terminationProtection": false,
                "validateOnSynth": false
               },
               "type": "aws:cloudformation:stack"
              },
              "Second.assets": {
               "properties": {
                "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
                "file": "Second.assets.json",
                "requiresBootstrapStackVersion": 6
               },
               "type": "cdk:asset-manifest"
              },
              "Tree": {
               "properties": {
                "file": "tree.json"
               },
               "type": "cdk:tree"
              }
             },
             "version": "36.0.0"
            }
        "#]],
    );
}

#[test]
fn asset_manifest() {
    check(
        "First.assets.json",
        expect![[r#"
        {
         "dockerImages": {},
         "files": {
          "2a2355b8c4c30f2646e0268a4574dab7fa1217336f3f4d09a1b5baa41a2eda2f": {
           "destinations": {
            "123456789012-us-east-1": {
             "assumeRoleArn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-file-publishing-role-${AWS::AccountId}-us-east-1",
             "bucketName": "cdk-hnb659fds-assets-${AWS::AccountId}-us-east-1",
             "objectKey": "2a2355b8c4c30f2646e0268a4574dab7fa1217336f3f4d09a1b5baa41a2eda2f.json",
             "region": "us-east-1"
            }
           },
           "displayName": "template of First",
           "source": {
            "packaging": "file",
            "path": "First.template.json"
           }
          },
          "ab12": {
           "destinations": {
            "123456789012-us-east-1": {
             "assumeRoleArn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-file-publishing-role-${AWS::AccountId}-us-east-1",
             "bucketName": "cdk-hnb659fds-assets-${AWS::AccountId}-us-east-1",
             "objectKey": "ab12.zip",
             "region": "us-east-1"
            }
           },
           "displayName": "code of a function",
           "source": {
            "packaging": "file",
            "path": "asset.ab12.zip"
           }
          }
         },
         "version": "36.0.0"
        }
    "#]],
    );
}

#[test]
fn tree() {
    check(
        "tree.json",
        expect![[r#"
        {
         "tree": {
          "children": {
           "First": {
            "children": {
             "Vpc": {
              "attributes": {
               "aws:cdk:cloudformation:type": "AWS::EC2::VPC"
              },
              "id": "Vpc",
              "path": "First/Vpc"
             }
            },
            "id": "First",
            "path": "First"
           },
           "Second": {
            "children": {
             "Vpc": {
              "attributes": {
               "aws:cdk:cloudformation:type": "AWS::EC2::VPC"
              },
              "id": "Vpc",
              "path": "Second/Vpc"
             }
            },
            "id": "Second",
            "path": "Second"
           }
          },
          "id": "App",
          "path": ""
         },
         "version": "tree-0.1"
        }
    "#]],
    );
}

#[test]
fn immutable_properties() {
    let vpc = immutable("AWS::EC2::VPC").unwrap();
    assert!(vpc.create_only.contains(&"/properties/CidrBlock"), "{vpc:?}");
    let cluster = immutable("AWS::RDS::DBCluster").unwrap();
    assert!(cluster.create_only.contains(&"/properties/KmsKeyId"), "{cluster:?}");
    let identifier = "/properties/GlobalClusterIdentifier";
    assert!(cluster.conditionally_create_only.contains(&identifier), "{cluster:?}");
    assert_eq!(immutable("AWS::No::Such"), None);
}
