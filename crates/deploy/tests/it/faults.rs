//! What goes wrong on the way and in CloudFormation: the right class, the right words, and nothing lost.

use std::collections::BTreeMap;
use std::time::Duration;

use deploy::{Expected, Failure, Options, TroubleKind};
use emulator::{Fault, Rule};
use serde_json::json;

use crate::place::{ACCOUNT, Place, REGIONS, all, count, golden, removal, small};

fn topic() -> serde_json::Value {
    json!({"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "small"}}})
}

/// Requests that change something.
const WRITES: [&str; 5] = [
    "CreateChangeSet",
    "ExecuteChangeSet",
    "DeleteChangeSet",
    "DeleteStack",
    "UpdateTerminationProtection",
];

fn writes(place: &Place) -> usize {
    place.way.called().iter().filter(|it| WRITES.contains(&it.operation.as_str())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_that_are_not_bootstrapped_are_told_together() {
    let place = Place::empty();
    let assembly = golden();
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    let places = REGIONS.map(|region| format!("aws://{ACCOUNT}/{region}"));
    let command = format!("`npx cdk bootstrap {}`", places.join(" "));
    assert!(failure.advice().starts_with(&command), "{}", failure.advice());
    place.emulator.bootstrap(ACCOUNT, "us-east-1");
    place.emulator.bootstrap(ACCOUNT, "us-west-2");
    place.emulator.bootstrap_version(ACCOUNT, "us-east-2", 5);
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    assert!(failure.to_string().ends_with("us-east-2 (version 5 where 6 is needed)"), "{failure}");
    assert_eq!(writes(&place), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_account_is_not_written_to() {
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    let expected = Expected { account: Some("444455556666".to_owned()), region: None };
    let site = place.site_of(ACCOUNT, expected);
    let failure = deploy::deploy(&site, &assembly, all(&assembly)).await.unwrap_err();
    assert!(matches!(failure, Failure::WrongPlace { .. }), "{failure}");
    assert!(
        failure.to_string().contains("the credentials are of account 111122223333"),
        "{failure}"
    );
    assert_eq!(writes(&place), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_helps_is_tried_again_and_nothing_is_done_twice() {
    let faults = [
        Fault::THROTTLES,
        Fault::FAILS,
        Fault::IS_UNAVAILABLE,
        Fault::Resets,
        Fault::LosesAnswer,
        Fault::SaysAfter(500, "InternalFailure"),
    ];
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    for fault in faults {
        let operations = [
            "GetCallerIdentity",
            "DescribeStacks",
            "CreateChangeSet",
            "DescribeChangeSet",
            "ExecuteChangeSet",
            "DescribeStackEvents",
        ];
        place.way.rules(
            operations.map(|operation| Rule::all(fault.clone()).operation(operation).times(1)),
        );
        let deployed = place.deploy(&assembly, all(&assembly)).await;
        assert_eq!(deployed.map(|it| count(&it.stacks, "created")), Ok(1), "{fault:?}");
        place.way.rules([]);
        let events = place.emulator.form(
            ACCOUNT,
            "us-east-2",
            &[("Action", "DescribeStackEvents"), ("StackName", "small")],
        );
        assert_eq!(
            events.matches("<ResourceStatus>CREATE_COMPLETE</ResourceStatus>").count(),
            2,
            "{fault:?}"
        );
        let options = removal(&assembly);
        place.way.rules([Rule::all(fault.clone()).operation("DeleteStack").times(1)]);
        let destroyed = deploy::destroy(&place.site(), &assembly, &options).await;
        assert_eq!(destroyed.map(|it| it.stacks.len()), Ok(1), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_help_is_told_with_what_to_do() {
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    let table = [
        ("GetCallerIdentity", Fault::EXPIRED, TroubleKind::Credentials, "get new credentials"),
        ("DescribeStacks", Fault::EXPIRED, TroubleKind::Credentials, "get new credentials"),
        (
            "CreateChangeSet",
            Fault::DENIES,
            TroubleKind::Denied,
            "let whoever you are do `cloudformation:CreateChangeSet` on the stack `small`",
        ),
        ("ExecuteChangeSet", Fault::EXPIRED, TroubleKind::Credentials, "get new credentials"),
        (
            "DescribeStackEvents",
            Fault::DENIES,
            TroubleKind::Denied,
            "let whoever you are do `cloudformation:DescribeStackEvents`",
        ),
    ];
    for (operation, fault, kind, advice) in table {
        place.way.rules([Rule::all(fault).operation(operation).times(1)]);
        let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
        let Failure::Trouble(trouble) = &failure else { panic!("{operation}: {failure}") };
        assert_eq!(trouble.kind, kind, "{operation}: {failure}");
        assert!(failure.advice().starts_with(advice), "{operation}: {}", failure.advice());
    }
    // Whatever was begun by then is found again.
    let deployed = place.deploy(&assembly, all(&assembly)).await.unwrap();
    assert_eq!(deployed.stacks.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_says_nothing_is_given_up() {
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    place.way.rules([Rule::all(Fault::IS_UNAVAILABLE).operation("CreateChangeSet")]);
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    let Failure::Trouble(trouble) = failure else { panic!("{failure}") };
    assert_eq!(trouble.kind, TroubleKind::Unanswered);
    let asked = place.way.called().iter().filter(|it| it.operation == "CreateChangeSet").count();
    assert_eq!(asked, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_creation_is_told_by_its_root_and_made_again_when_named() {
    let place = Place::empty();
    let broken = json!({
        "Zone": {"Type": "AWS::Route53::RecordSet", "Properties": {
            "HostedZoneId": "ZNOTHERE", "Name": "a.example.com", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"],
        }},
    });
    let (_folder, assembly) = small(broken);
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    let Failure::Failed(failures) = &failure else { panic!("{failure}") };
    let root = failures[0].root.as_ref().unwrap();
    assert_eq!((root.path.as_str(), root.logical_id.as_str()), ("Small/ZoneConstruct", "Zone"));
    assert_eq!(failures[0].status, "ROLLBACK_COMPLETE");

    let (_folder, assembly) = small(topic());
    let stuck = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    assert!(matches!(stuck, Failure::Stuck { .. }), "{stuck}");
    assert!(stuck.to_string().contains("is ROLLBACK_COMPLETE since `"), "{stuck}");
    assert!(stuck.to_string().contains("`--recreate small`"), "{stuck}");
    let mut options = all(&assembly);
    options.recreate = ["small".to_owned()].into();
    let deployed = place.deploy(&assembly, options).await.unwrap();
    assert_eq!(count(&deployed.stacks, "created"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_after_the_effect_is_seen_through() {
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    let operations = ["CreateChangeSet", "ExecuteChangeSet"];
    place.way.rules(operations.map(|it| Rule::all(Fault::HangsWithAnswer).operation(it).times(1)));
    let site = place.site_with(ACCOUNT, Expected::default(), Duration::from_secs(2));
    let deployed = deploy::deploy(&site, &assembly, all(&assembly)).await.unwrap();
    assert_eq!(count(&deployed.stacks, "created"), 1);
    let asked =
        |operation| place.way.called().iter().filter(|it| it.operation == operation).count();
    assert_eq!(operations.map(asked), [2, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_does_not_let_go_of_is_taken_into_the_new_stack() {
    let place = Place::empty();
    let table = json!({
        "Type": "AWS::DynamoDB::GlobalTable",
        "DeletionPolicy": "RetainExceptOnCreate",
        "Properties": {
            "TableName": "held",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "Replicas": [{"Region": "us-east-2", "DeletionProtectionEnabled": true}],
        },
    });
    let record = json!({
        "Type": "AWS::Route53::RecordSet",
        "DependsOn": "Table",
        "Properties": {
            "HostedZoneId": "ZNOTHERE", "Name": "a.example.com", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"],
        },
    });
    let (_folder, assembly) = small(json!({"Table": table, "Record": record}));
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    let Failure::Failed(failures) = &failure else { panic!("{failure}") };
    assert_eq!(failures[0].status, "ROLLBACK_FAILED", "{failure}");

    let (_folder, assembly) = small(json!({"Table": table}));
    let mut options = all(&assembly);
    options.recreate = ["small".to_owned()].into();
    let deployed = place.deploy(&assembly, options).await.unwrap();
    assert_eq!(count(&deployed.stacks, "created"), 1);
    // What the stack retained is there yet, under the name that the new one wants.
    let imported = |form: &BTreeMap<String, String>| form.contains_key("ImportExistingResources");
    let asked: Vec<bool> = place.forms("CreateChangeSet").iter().map(imported).collect();
    assert_eq!(asked, [false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_lost_says_nothing_of_others() {
    let place = Place::empty();
    place.way.rules([Rule::all(Fault::IS_UNAVAILABLE).region("us-east-1")]);
    let there = deploy::templates_there(&place.site(), &golden()).await.unwrap();
    assert!(!there.is_empty());
    for ((region, stack), template) in there {
        let why = template.unwrap_err();
        assert_eq!(why == "the stack is not there", region != "us-east-1", "{stack}: {why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_the_bootstrap_reads_its_parameter() {
    let place = Place::bootstrapped();
    let assembly = golden();
    // One question for each Region, before any other of stacks.
    place.way.rules([Rule::all(Fault::DENIES).operation("DescribeStacks").times(2)]);
    let chosen = assembly.select(&["*Foundation*".to_owned()], true).unwrap();
    let deployed = place.deploy(&assembly, Options { chosen, ..all(&assembly) }).await.unwrap();
    assert_eq!(count(&deployed.stacks, "created"), 2);
    let asked = place.way.called().into_iter().filter(|it| it.operation == "GetParameter");
    assert_eq!(asked.count(), 2);
}
