//! What people who type commands may do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use expect_test::expect;
use serde_json::Value;
use stacks::{CHARACTERS_MAX, Operator, permissions};

use crate::{VARIETY, files, list, statements, templates, topology};

const ACCOUNT: &str = "111122223333";

const OPERATORS: [Operator; 5] = [
    Operator::Looker,
    Operator::Approver,
    Operator::Activator,
    Operator::Runner,
    Operator::Deployer,
];

fn allowed(text: &str, operator: Operator) -> Vec<Value> {
    let policies = permissions(&topology(text), operator, ACCOUNT);
    policies.iter().flat_map(|policy| list(&policy["Statement"])).collect()
}

fn texts(value: &Value) -> impl Iterator<Item = String> {
    list(value).into_iter().map(|one| one.as_str().unwrap().to_owned())
}

/// Actions, by what they are allowed on.
#[test]
fn who_may_do_what() {
    let mut told = String::new();
    for operator in OPERATORS {
        let count = permissions(&topology(""), operator, ACCOUNT).len();
        writeln!(told, "{operator:?}, {count}").unwrap();
        let statements = allowed("", operator);
        let actions: BTreeSet<String> =
            statements.iter().flat_map(|one| texts(&one["Action"])).collect();
        for action in actions {
            writeln!(told, "  {action}").unwrap();
        }
    }
    expect![[r#"
        Looker, 1
          apigateway:GET
          cloudformation:DescribeStacks
          cloudformation:GetTemplate
          cloudwatch:DescribeAlarms
          cloudwatch:GetMetricData
          dynamodb:GetItem
          kms:Decrypt
          lambda:GetFunctionConcurrency
          lambda:GetFunctionConfiguration
          lambda:InvokeFunction
          lambda:ListEventSourceMappings
          rds:DescribeDBClusters
          rds:DescribeGlobalClusters
        Approver, 1
          apigateway:GET
          cloudformation:DescribeStacks
          cloudformation:GetTemplate
          cloudwatch:DescribeAlarms
          cloudwatch:GetMetricData
          dynamodb:GetItem
          dynamodb:PutItem
          kms:Decrypt
          lambda:GetFunctionConcurrency
          lambda:GetFunctionConfiguration
          lambda:InvokeFunction
          lambda:ListEventSourceMappings
          rds:DescribeDBClusters
          rds:DescribeGlobalClusters
          states:SendTaskSuccess
        Activator, 1
          apigateway:GET
          cloudformation:DescribeStacks
          cloudformation:GetTemplate
          cloudwatch:DescribeAlarms
          cloudwatch:GetMetricData
          dynamodb:GetItem
          dynamodb:PutItem
          kms:Decrypt
          lambda:GetFunctionConcurrency
          lambda:GetFunctionConfiguration
          lambda:InvokeFunction
          lambda:ListEventSourceMappings
          lambda:UpdateEventSourceMapping
          rds:DescribeDBClusters
          rds:DescribeGlobalClusters
        Runner, 2
          apigateway:GET
          apigateway:PATCH
          cloudformation:DescribeStacks
          cloudformation:GetTemplate
          cloudwatch:DescribeAlarms
          cloudwatch:DisableAlarmActions
          cloudwatch:EnableAlarmActions
          cloudwatch:GetMetricData
          dynamodb:GetItem
          dynamodb:PutItem
          dynamodb:Scan
          kms:CreateGrant
          kms:Decrypt
          kms:DescribeKey
          kms:GenerateDataKey
          lambda:GetFunctionConcurrency
          lambda:GetFunctionConfiguration
          lambda:InvokeFunction
          lambda:ListEventSourceMappings
          lambda:PutFunctionConcurrency
          lambda:UpdateEventSourceMapping
          rds:CopyDBClusterSnapshot
          rds:DescribeDBClusterSnapshots
          rds:DescribeDBClusters
          rds:DescribeGlobalClusters
          rds:FailoverGlobalCluster
          rds:RemoveFromGlobalCluster
          rds:RestoreDBClusterFromSnapshot
          rds:SwitchoverGlobalCluster
          s3:PutObject
          s3:PutObjectRetention
          states:SendTaskSuccess
          states:StartExecution
        Deployer, 1
          dynamodb:GetItem
          kms:Decrypt
          sts:AssumeRole
    "#]]
    .assert_eq(&told);
}

#[test]
fn nothing_is_for_all_of_an_account() {
    /// What knows no resource, or is asked of all of them; the Region is a condition.
    const OF_ALL: [&str; 3] =
        ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "lambda:ListEventSourceMappings"];
    for text in VARIETY {
        for operator in OPERATORS {
            for policy in permissions(&topology(text), operator, ACCOUNT) {
                assert!(policy.to_string().len() <= CHARACTERS_MAX, "{operator:?} {text}");
                assert!(!policy.to_string().contains("${"), "{operator:?} {policy}");
            }
            for statement in allowed(text, operator) {
                for action in texts(&statement["Action"]) {
                    assert!(!action.contains('*'), "{operator:?} {action}");
                    if statement["Resource"] == "*" {
                        assert!(OF_ALL.contains(&action.as_str()), "{operator:?} {action}");
                        let regions =
                            &statement["Condition"]["StringEquals"]["aws:RequestedRegion"];
                        assert!(regions.is_string(), "{operator:?} {action}");
                    }
                }
            }
        }
    }
}

/// Pairs of an action and what it is allowed on, by which conditions.
fn pairs(statements: &[Value]) -> BTreeSet<(String, String, String)> {
    let mut pairs = BTreeSet::new();
    for statement in statements {
        for action in texts(&statement["Action"]) {
            for resource in list(&statement["Resource"]) {
                let resource = resource.as_str().or_else(|| resource["Fn::Sub"].as_str());
                let resource = resource.unwrap_or_default();
                let resource = resource.replace("${AWS::Partition}", "aws");
                let resource = resource.replace("${AWS::AccountId}", ACCOUNT);
                pairs.insert((action.clone(), resource, statement["Condition"].to_string()));
            }
        }
    }
    pairs
}

/// Whoever types a run may do what the functions of runs do in both Regions, but what only those have to do with:
/// logs, traces, and telling people.
#[test]
fn who_types_a_run_may_do_what_its_function_does() {
    for text in VARIETY {
        let templates = templates(&files(text));
        let by_hand = pairs(&allowed(text, Operator::Runner));
        let runbooks = templates.iter().filter(|(id, _)| id.contains("Runbook"));
        let roles =
            runbooks.flat_map(|(_, template)| statements(&template["Resources"]["RunbookRole"]));
        let mut missing: BTreeMap<String, String> = BTreeMap::new();
        for (action, resource, condition) in pairs(&roles.collect::<Vec<_>>()) {
            let own = ["logs:", "xray:", "sns:"].iter().any(|service| action.starts_with(service));
            // Telling people, by a topic that is encrypted.
            let signals = condition.contains("\"sns.") || condition.contains("Fn::Sub");
            // An alarm's run looks at the alarms of the witness Region; people look at pages.
            let of_alarms = text.contains("[automatic]") && action == "cloudwatch:DescribeAlarms";
            let known = by_hand.contains(&(action.clone(), resource.clone(), condition.clone()));
            if !own && !signals && !of_alarms && !known {
                missing.insert(action, format!("{resource} {condition}"));
            }
        }
        assert!(missing.is_empty(), "{text}: {missing:#?}");
    }
}

#[test]
fn who_looks_changes_nothing() {
    let changes = ["Put", "Update", "Delete", "Failover", "Switchover", "Remove", "Start", "Send"];
    for statement in allowed("", Operator::Looker) {
        for action in texts(&statement["Action"]) {
            let (_, verb) = action.split_once(':').unwrap();
            assert!(!changes.iter().any(|change| verb.starts_with(change)), "{action}");
            assert!(verb != "PATCH", "{action}");
        }
    }
}
