//! What is refused before anything is changed, and what a name lets happen.

use std::sync::atomic::{AtomicUsize, Ordering};

use deploy::{
    Action, Assembly, DestroyOptions, Failure, Image, Options, Record, Replacement, Standing, Told,
};
use serde_json::{Value as Json, json};

use crate::place::{Place, all, chain, count, create_only, removal, small};

fn table(name: &str) -> Json {
    json!({"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }}})
}

async fn refused(place: &Place, assembly: &Assembly, options: Options) -> String {
    let failure = place.deploy(assembly, options).await.unwrap_err();
    assert!(matches!(failure, Failure::Refused(_)), "{failure}");
    failure.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_replaced_only_by_name() {
    let place = Place::empty();
    let (_old, assembly) = small(table("old"));
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    let (_new, assembly) = small(table("new"));
    place.told();
    let why = refused(&place, &assembly, all(&assembly)).await;
    assert!(why.contains("`Small/TableConstruct` (AWS::DynamoDB::Table) would be replaced by an empty one by the change of TableName"), "{why}");
    assert!(why.contains("`--allow-replace Table`"), "{why}");
    let planned = place.told().into_iter().find_map(|told| match told {
        Told::Planned(changes) => Some(changes.changes[0].replacement),
        _ => None,
    });
    assert_eq!(planned, Some(Replacement::Always));
    // Nothing was left behind.
    let fields = [("Action", "ListChangeSets"), ("StackName", "small")];
    let left = place.emulator.form(crate::place::ACCOUNT, "us-east-2", &fields);
    assert!(!left.contains("<ExecutionStatus>AVAILABLE"), "{left}");

    let compared =
        deploy::diff(&place.site(), &assembly, &all(&assembly).chosen, create_only).await.unwrap();
    assert_eq!(compared.stacks[0].changes.changes[0].replacement, Replacement::Always);
    let mut options = all(&assembly);
    options.guard.replace = ["Table".to_owned()].into();
    let deployed = place.deploy(&assembly, options).await.unwrap();
    assert_eq!(count(&deployed.stacks, "updated"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_let_go_only_by_name() {
    let place = Place::empty();
    let mut resources = table("kept");
    resources["Topic"] = json!({"Type": "AWS::SNS::Topic"});
    let (_old, assembly) = small(resources);
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    let (_new, assembly) = small(json!({"Topic": {"Type": "AWS::SNS::Topic"}}));
    let why = refused(&place, &assembly, all(&assembly)).await;
    assert!(why.contains("(AWS::DynamoDB::Table) would be deleted"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deployed_under_a_run_or_against_a_failover() {
    let place = Place::empty();
    let mapping = |limit: u32| {
        json!({"Check": {"Type": "AWS::Route53::HealthCheck", "Properties": {
            "HealthCheckConfig": {"Type": "HTTPS", "FullyQualifiedDomainName": "a.example.com", "FailureThreshold": limit},
        }}})
    };
    let (_old, assembly) = small(mapping(3));
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    let (_new, assembly) = small(mapping(4));
    let standing = |active: &str, run: Option<&str>| Standing::Recorded {
        active: Some(active.to_owned()),
        home_primary: "us-east-1".to_owned(),
        run: run.map(str::to_owned),
    };
    place.way.forget();
    let open = Options { record: standing("us-east-1", Some("r-7")).into(), ..all(&assembly) };
    let why = refused(&place, &assembly, open).await;
    assert!(why.contains("the run `r-7` is open"), "{why}");
    assert_eq!(place.way.called().len(), 0);

    let away = Options { record: standing("us-east-2", None).into(), ..all(&assembly) };
    let why = refused(&place, &assembly, away.clone()).await;
    assert!(why.contains("us-east-2 is active instead of us-east-1"), "{why}");
    let mut named = away;
    named.guard.roles = ["Check".to_owned()].into();
    assert_eq!(count(&place.deploy(&assembly, named).await.unwrap().stacks, "updated"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_is_destroyed_by_name_or_left_and_taken_in_again() {
    let place = Place::empty();
    let (_old, assembly) = small(table("held"));
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    let mut options = removal(&assembly);
    let refused = deploy::destroy(&place.site(), &assembly, &options).await.unwrap_err();
    assert!(refused.to_string().contains("`--delete-data Table`"), "{refused}");
    options.delete_data = ["Small/TableConstruct".to_owned()].into();
    let destroyed = deploy::destroy(&place.site(), &assembly, &options).await.unwrap();
    assert_eq!((destroyed.stacks.len(), destroyed.kept.len()), (1, 0));

    let mut resources = table("left");
    resources["Table"]["DeletionPolicy"] = json!("Retain");
    let (_new, assembly) = small(resources);
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    options.delete_data.clear();
    let destroyed = deploy::destroy(&place.site(), &assembly, &options).await.unwrap();
    assert_eq!(destroyed.kept[0].physical_id, "left");
    place.told();
    let again = Options { imports_existing: true, ..all(&assembly) };
    place.deploy(&assembly, again).await.unwrap();
    let planned = place.told().into_iter().find_map(|told| match told {
        Told::Planned(changes) => Some(changes.changes[0].action),
        _ => None,
    });
    assert_eq!(planned, Some(Action::Import));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_image_is_not_built_here() {
    let place = Place::empty();
    let (folder, mut assembly) = small(json!({"Topic": {"Type": "AWS::SNS::Topic"}}));
    let manifest = folder.path().join("small.assets.json");
    let image = |id: &str| Image { id: id.to_owned(), manifest: manifest.clone() };
    assembly.stacks[0].images = vec![image("1a"), image("2b")];
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    assert!(failure.to_string().starts_with("`1a` of `"), "{failure}");
    let command = format!("`npx cdk-assets publish --path {} 1a 2b`", manifest.display());
    assert!(failure.advice().starts_with(&command), "{}", failure.advice());
    assert!(!place.way.called().iter().any(|it| it.operation == "CreateChangeSet"));
    let published = Options { images_published: true, ..all(&assembly) };
    assert_eq!(count(&place.deploy(&assembly, published).await.unwrap().stacks, "created"), 1);
    // What is as it is wanted needs no image.
    assert_eq!(
        count(&place.deploy(&assembly, all(&assembly)).await.unwrap().stacks, "unchanged"),
        1
    );
}

fn topic(name: &str) -> Json {
    json!({"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}})
}

/// A record that says that no run is open so often, and then that one is.
fn opened_after(quiet: usize) -> Record {
    let asked = AtomicUsize::new(0);
    Record::read_by(move || {
        let is_open = asked.fetch_add(1, Ordering::SeqCst) >= quiet;
        std::future::ready(Standing::Recorded {
            active: Some("us-east-1".to_owned()),
            home_primary: "us-east-1".to_owned(),
            run: is_open.then(|| "r-8".to_owned()),
        })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_begins_meanwhile_stops_what_is_not_begun() {
    let place = Place::empty();
    let (_folder, assembly) = chain(&[("One", topic("one")), ("Two", topic("two"))]);
    // It is read once in the beginning, and once before each stack.
    let at_once = Options { record: opened_after(1), ..all(&assembly) };
    let refused = place.deploy(&assembly, at_once).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused(_)), "{refused}");
    assert_eq!(place.forms("ExecuteChangeSet").len(), 0);

    let half_way = Options { record: opened_after(2), ..all(&assembly) };
    let stopped = place.deploy(&assembly, half_way).await.unwrap_err();
    let Failure::HalfWay { done, causes } = &stopped else { panic!("{stopped}") };
    assert_eq!(done[..], ["`One` in us-east-2 created".to_owned()]);
    assert!(matches!(causes[..], [Failure::Refused(_)]), "{stopped}");
    assert!(stopped.to_string().contains("the run `r-8` is open"), "{stopped}");
    assert!(stopped.advice().contains("what is done stays done"), "{}", stopped.advice());
    assert_eq!(place.forms("ExecuteChangeSet").len(), 1);
    place.deploy(&assembly, all(&assembly)).await.unwrap();

    let mut options = DestroyOptions { record: opened_after(1), ..removal(&assembly) };
    let refused = deploy::destroy(&place.site(), &assembly, &options).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused(_)), "{refused}");
    assert_eq!(place.forms("DeleteStack").len(), 0);
    // Each stack is looked at twice.
    options.record = opened_after(3);
    let stopped = deploy::destroy(&place.site(), &assembly, &options).await.unwrap_err();
    let Failure::HalfWay { done, .. } = &stopped else { panic!("{stopped}") };
    assert_eq!(done[..], ["`Two` is taken away".to_owned()]);
    assert_eq!(place.forms("DeleteStack").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_shows_and_leaves_everything_as_it_is() {
    let place = Place::empty();
    let (_old, assembly) = small(topic("old"));
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    let (_new, assembly) = chain(&[("Small", topic("new")), ("Other", topic("other"))]);
    place.way.forget();
    place.told();
    let rehearsal = Options { is_rehearsal: true, ..all(&assembly) };
    let told = place.deploy(&assembly, rehearsal).await.unwrap();
    let became: Vec<_> = told.stacks.iter().map(|it| (it.stack.as_str(), it.what)).collect();
    assert_eq!(became, [("Other", "to create"), ("Small", "to update")]);
    let planned = place.told().into_iter().filter(|told| matches!(told, Told::Planned(_)));
    assert_eq!(planned.count(), 2);
    assert_eq!(
        (place.forms("CreateChangeSet").len(), place.forms("DeleteChangeSet").len()),
        (1, 1)
    );
    assert_eq!(place.forms("ExecuteChangeSet").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_source_that_is_made_where_payments_are_taken_is_told() {
    let place = Place::empty();
    let resources = |batch: u32| {
        json!({
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
            "Worker": {"Type": "AWS::Lambda::Function", "Properties": {
                "Runtime": "python3.13", "Handler": "index.it", "Code": {"ZipFile": "def it(event, context): pass"},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            }},
            "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
                "Enabled": false, "BatchSize": batch,
                "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "FunctionName": {"Ref": "Worker"},
            }},
        })
    };
    let active = |region: &str| Standing::Recorded {
        active: Some(region.to_owned()),
        home_primary: region.to_owned(),
        run: None,
    };
    let (_folder, assembly) = small(resources(1));
    let options = |region| Options { record: active(region).into(), ..all(&assembly) };
    let made = place.deploy(&assembly, options("us-east-2")).await.unwrap();
    assert_eq!(made.stacks[0].asleep, ["Small/MappingConstruct"]);

    let (_folder, assembly) = small(resources(2));
    let options = |region| Options { record: active(region).into(), ..all(&assembly) };
    let why = refused(&place, &assembly, options("us-east-2")).await;
    assert!(why.contains("would be turned off by the change where it is on"), "{why}");
    // In the other Region it is off.
    let changed = place.deploy(&assembly, options("us-east-1")).await.unwrap();
    assert_eq!((count(&changed.stacks, "updated"), changed.stacks[0].asleep.len()), (1, 0));
}
