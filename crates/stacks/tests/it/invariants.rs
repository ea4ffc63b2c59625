//! What holds for every resource of a kind, in every topology of the variety: rules of the product that a
//! template can obey.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{VARIETY, files, list, resources, statements, topology};

/// Runs a check over every resource of these types.
#[track_caller]
fn each(types: &[&str], holds: impl Fn(&Value) -> bool) {
    let mut seen = BTreeSet::new();
    for text in VARIETY {
        for (stack, id, resource) in resources(&files(text)) {
            let kind = resource["Type"].as_str().unwrap().to_owned();
            if types.contains(&kind.as_str()) {
                assert!(holds(&resource), "{stack} {id}: {resource:#}");
                seen.insert(kind);
            }
        }
    }
    assert_eq!(seen.len(), types.len(), "only {seen:?} occur");
}

/// Rules `cfn-deletion-and-replace-policy`, `kms-key-retain`, `secret-deletion-policy`,
/// `s3-no-auto-delete-of-payment-data`.
#[test]
fn data_outlives_its_stack() {
    let stateful = [
        "AWS::Backup::BackupVault",
        "AWS::DynamoDB::GlobalTable",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::RDS::GlobalCluster",
        "AWS::Route53::HostedZone",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
    ];
    each(&stateful, |resource| {
        resource["DeletionPolicy"] == "RetainExceptOnCreate"
            && resource["UpdateReplacePolicy"] == "Retain"
    });
}

/// Rule `aurora-deletion-protection`.
#[test]
fn databases_are_protected() {
    each(&["AWS::RDS::DBCluster", "AWS::RDS::GlobalCluster"], |resource| {
        resource["Properties"]["DeletionProtection"] == true
    });
}

/// Rule `aurora-secondary-no-credentials`.
#[test]
fn only_one_cluster_has_credentials() {
    each(&["AWS::RDS::DBCluster"], |resource| {
        let properties = &resource["Properties"];
        let joins = properties.get("GlobalClusterIdentifier").is_some();
        let of_its_own = ["MasterUsername", "MasterUserPassword", "DatabaseName"];
        of_its_own.iter().all(|name| properties.get(name).is_some() != joins)
    });
}

/// Rule `aurora-engine-version-on-global-only`: RDS does not take the version over, and means its default of the day.
#[test]
fn clusters_have_one_version() {
    for text in VARIETY {
        let all = resources(&files(text)).into_iter();
        let clusters = all.filter(|(_, _, one)| one["Type"] == "AWS::RDS::DBCluster");
        let versions: Vec<Value> =
            clusters.map(|(_, _, one)| one["Properties"]["EngineVersion"].clone()).collect();
        let version = topology(text).database.engine_version.to_string();
        assert_eq!(versions, [version.as_str(), version.as_str()]);
    }
}

/// Rule `secret-one-replicated`: one stack has a secret, and the standby reads a replica under its own key.
#[test]
fn secrets_are_one_for_both_regions() {
    for text in VARIETY {
        let standby = topology(text).regions.standby;
        for (stack, id, resource) in resources(&files(text)) {
            if resource["Type"] == "AWS::SecretsManager::Secret" {
                assert!(stack.starts_with("Primary"), "{stack} {id}");
                let replicas = &resource["Properties"]["ReplicaRegions"];
                assert_eq!(list(replicas).len(), 1, "{stack} {id}");
                assert_eq!(replicas[0]["Region"], standby.name(), "{stack} {id}");
                assert!(replicas[0]["KmsKeyId"].is_string(), "{stack} {id}");
            }
        }
    }
}

/// CloudFormation overwrites what an operator stored as soon as this is another text than before: it is this one
/// for ever.
#[test]
fn who_is_called_back_is_never_overwritten() {
    each(&["AWS::SecretsManager::Secret"], |resource| {
        let properties = &resource["Properties"];
        let is_for_callbacks = properties["Name"].to_string().ends_with("/webhooks\"");
        let value = is_for_callbacks.then_some(r#"{"endpoints":[]}"#);
        properties["SecretString"].as_str() == value
            && properties.get("GenerateSecretString").is_none() == is_for_callbacks
    });
}

/// Rule `cw-missing-data-explicit`, and nobody is left untold.
#[test]
fn alarms_say_what_silence_means_and_whom_they_tell() {
    each(&["AWS::CloudWatch::Alarm"], |resource| {
        let properties = &resource["Properties"];
        properties["TreatMissingData"].is_string() && properties["AlarmActions"].is_array()
    });
}

/// Rule `cw-ratio-alarm-guard`.
#[test]
fn ratios_are_guarded() {
    each(&["AWS::CloudWatch::Alarm"], |resource| {
        let expressions = resource["Properties"]["Metrics"].as_array().into_iter().flatten();
        let mut divisions = expressions
            .filter_map(|query| query["Expression"].as_str())
            .filter(|text| text.contains('/'));
        divisions.all(|text| text.starts_with("IF(FILL(all, 0) >= "))
    });
}

/// Rule `lambda-artifact-in-own-region`.
#[test]
fn code_comes_from_the_functions_own_region() {
    each(&["AWS::Lambda::Function"], |resource| {
        let bucket = &resource["Properties"]["Code"]["S3Bucket"]["Fn::Sub"];
        bucket == "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    });
}

/// Rule `lambda-esm-disabled-in-standby`, in both Regions because either may be the standby.
#[test]
fn mappings_wait_for_activation() {
    each(&["AWS::Lambda::EventSourceMapping"], |resource| {
        resource["Properties"]["Enabled"] == false
    });
}

/// Rules `r53-no-endpoint-check-on-switch-record`, `r53-alias-hc-and-eth`.
#[test]
fn records_move_only_by_the_switch() {
    each(&["AWS::Route53::RecordSet"], |resource| {
        let properties = &resource["Properties"];
        let switched = properties.get("Weight").is_some();
        let check = properties.get("HealthCheckId").map(Value::to_string);
        let by_switch = !switched || check.is_some_and(|check| check.contains("Switch"));
        by_switch && properties["AliasTarget"]["EvaluateTargetHealth"] == false
    });
}

/// Least privilege: nobody may do everything, and only these actions know no narrower resource.
#[test]
fn roles_name_actions_and_resources() {
    let without_resource = [
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "cloudwatch:PutMetricData",
        "ec2:",
        "lambda:ListEventSourceMappings",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "s3:ListAllMyBuckets",
        "xray:",
    ];
    each(&["AWS::IAM::Role"], |resource| {
        statements(resource).into_iter().all(|statement| {
            list(&statement["Action"]).iter().filter_map(Value::as_str).all(|action| {
                let narrow = list(&statement["Resource"]).iter().all(|resource| resource != "*");
                !action.contains('*')
                    && (narrow || without_resource.iter().any(|known| action.starts_with(known)))
            })
        })
    });
}
