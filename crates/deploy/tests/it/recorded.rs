//! Answers of CloudFormation that an emulator does not give, as its API reference and the SDK's model describe them: stacks
//! that are stuck, updates that cannot be rolled back, and change sets that know of drift.

use deploy::{Drift, Failure, Options, Standing, Told};
use emulator::{Fault, Rule};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::place::{Place, all, create_only, small};

const STACK_ID: &str = "arn:aws:cloudformation:us-east-2:111122223333:stack/small/1";
const CHANGE_SET: &str = "arn:aws:cloudformation:us-east-2:111122223333:changeSet/it/1";

fn topic() -> serde_json::Value {
    json!({"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "small"}}})
}

/// Answers an operation so, as AWS's query protocol does.
fn answers(operation: &str, result: &str) -> Rule {
    let body = format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>made-up</RequestId></ResponseMetadata></{operation}Response>"
    );
    Rule::all(Fault::answers(200, body)).operation(operation)
}

fn stack(status: &str) -> Rule {
    let result = format!(
        "<Stacks><member><StackName>small</StackName><StackId>{STACK_ID}</StackId>\
         <StackStatus>{status}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>"
    );
    answers("DescribeStacks", &result)
}

/// Events, newest first, as AWS tells them: the stack's under its own name.
fn events(token: &str, events: &[(&str, &str, &str)]) -> Rule {
    let member = |(number, (id, status, reason)): (usize, &(&str, &str, &str))| {
        let (physical, kind) = if *id == "small" {
            (STACK_ID, "AWS::CloudFormation::Stack")
        } else {
            ("it", "AWS::SNS::Topic")
        };
        let reason = if reason.is_empty() {
            String::new()
        } else {
            format!("<ResourceStatusReason>{reason}</ResourceStatusReason>")
        };
        format!(
            "<member><StackId>{STACK_ID}</StackId><EventId>{number}</EventId><StackName>small</StackName>\
             <LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId>\
             <ResourceType>{kind}</ResourceType><ResourceStatus>{status}</ResourceStatus>{reason}\
             <ClientRequestToken>{token}</ClientRequestToken><Timestamp>2026-01-01T00:00:00Z</Timestamp></member>"
        )
    };
    let members: String = events.iter().enumerate().map(member).collect();
    answers("DescribeStackEvents", &format!("<StackEvents>{members}</StackEvents>"))
}

/// How an operation that deploys names what it does with the change set.
fn token() -> String {
    let hash = Sha256::digest(CHANGE_SET);
    let hash: String = hash.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    format!("tideover-{hash}")
}

fn writes(place: &Place) -> Vec<String> {
    let writes = ["CreateChangeSet", "ExecuteChangeSet", "DeleteStack"];
    let called = place.way.called().into_iter().map(|called| called.operation);
    called.filter(|it| writes.contains(&it.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn stuck_stacks_are_told_by_their_root_and_left_as_they_are() {
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    let go_on =
        "`aws cloudformation continue-update-rollback --stack-name small --region us-east-2`";
    let again = "`--recreate small`";
    let table = [
        ("UPDATE_ROLLBACK_FAILED", "UPDATE", go_on),
        ("IMPORT_ROLLBACK_FAILED", "IMPORT", go_on),
        ("CREATE_FAILED", "CREATE", again),
        ("ROLLBACK_FAILED", "CREATE", again),
        ("ROLLBACK_COMPLETE", "CREATE", again),
        ("DELETE_FAILED", "DELETE", again),
    ];
    for (status, begun, advice) in table {
        place.way.forget();
        let failed = format!("{begun}_FAILED");
        let begins = format!("{begun}_IN_PROGRESS");
        let told = [
            ("small", status, "It ended so"),
            ("Other", failed.as_str(), "Resource creation cancelled"),
            ("Topic", failed.as_str(), "the key is disabled"),
            ("small", begins.as_str(), ""),
        ];
        place.way.rules([
            stack(status),
            events("t", &told),
            answers("GetTemplate", "<TemplateBody>{}</TemplateBody>"),
        ]);
        let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
        assert!(matches!(failure, Failure::Stuck { .. }), "{failure}");
        let told = failure.to_string();
        let what = format!(
            "`Small` in us-east-2 is {status} since `Small/TopicConstruct` failed: the key is disabled; type "
        );
        assert!(told.starts_with(&what) && told.contains(advice), "{told}");
        assert_eq!(writes(&place), [""; 0], "{status}");
    }
}

/// An update by a change set that AWS has looked at, with these changes.
fn update(changes: &str) -> Vec<Rule> {
    let id = format!("<Id>{CHANGE_SET}</Id><StackId>{STACK_ID}</StackId>");
    let described = format!(
        "<ChangeSetId>{CHANGE_SET}</ChangeSetId><StackId>{STACK_ID}</StackId><StackName>small</StackName>\
         <Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>\
         <DeploymentMode>REVERT_DRIFT</DeploymentMode><StackDriftStatus>DRIFTED</StackDriftStatus>\
         <Changes>{changes}</Changes>"
    );
    vec![
        stack("UPDATE_COMPLETE"),
        answers("GetTemplate", "<TemplateBody>{}</TemplateBody>"),
        answers("CreateChangeSet", &id),
        answers("DescribeChangeSet", &described),
        answers("ExecuteChangeSet", ""),
        answers("DeleteChangeSet", ""),
    ]
}

/// A change of a property of a resource that was changed outside CloudFormation.
fn drifted(id: &str, type_name: &str, property: &str) -> String {
    format!(
        "<member><Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>{id}</LogicalResourceId>\
         <PhysicalResourceId>it</PhysicalResourceId><ResourceType>{type_name}</ResourceType><Replacement>False</Replacement>\
         <Scope><member>Properties</member></Scope><ResourceDriftStatus>MODIFIED</ResourceDriftStatus><Details><member>\
         <Target><Attribute>Properties</Attribute><Name>{property}</Name><Path>/Properties/{property}</Path>\
         <RequiresRecreation>Never</RequiresRecreation><BeforeValue>1</BeforeValue><AfterValue>2</AfterValue>\
         <BeforeValueFrom>ACTUAL_STATE</BeforeValueFrom><AfterValueFrom>TEMPLATE</AfterValueFrom>\
         <Drift><PreviousValue>2</PreviousValue><ActualValue>1</ActualValue></Drift>\
         <AttributeChangeType>Modify</AttributeChangeType></Target><Evaluation>Static</Evaluation>\
         <ChangeSource>DirectModification</ChangeSource></member></Details></ResourceChange></member>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_cannot_be_rolled_back_is_told_with_what_to_type() {
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    let told = [
        (
            "small",
            "UPDATE_ROLLBACK_FAILED",
            "The following resource(s) failed to update: [Topic]. ",
        ),
        ("Topic", "UPDATE_FAILED", "there is no such key"),
        (
            "small",
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to update: [Topic]. ",
        ),
        ("Topic", "UPDATE_FAILED", "the key is disabled"),
        ("small", "UPDATE_IN_PROGRESS", "User Initiated"),
    ];
    let change = drifted("Topic", "AWS::SNS::Topic", "DisplayName");
    place.way.rules([events(&token(), &told)].into_iter().chain(update(&change)));
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    let Failure::Failed(failures) = &failure else { panic!("{failure}") };
    let root = failures[0].root.as_ref().unwrap();
    assert_eq!(
        (root.path.as_str(), root.reason.as_str()),
        ("Small/TopicConstruct", "the key is disabled")
    );
    assert_eq!(failures[0].status, "UPDATE_ROLLBACK_FAILED");
    assert!(
        failure.advice().contains("continue-update-rollback --stack-name small"),
        "{}",
        failure.advice()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_reviewed_before_it_is_changed_back_and_not_what_a_run_has_done() {
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    let standing = |active: &str| Standing::Recorded {
        active: Some(active.to_owned()),
        home_primary: "us-east-1".to_owned(),
        run: None,
    };
    let options = |active, reviewed: Option<&str>| Options {
        reverts_drift: true,
        reviewed: reviewed.map(str::to_owned),
        record: standing(active).into(),
        ..all(&assembly)
    };
    let done = [("small", "UPDATE_COMPLETE", ""), ("small", "UPDATE_IN_PROGRESS", "")];
    let rules = |change: &str| [events(&token(), &done)].into_iter().chain(update(change));

    place.way.rules(rules(&drifted("Topic", "AWS::SNS::Topic", "DisplayName")));
    let reviewed = place.deploy(&assembly, options("us-east-2", None)).await.unwrap();
    assert_eq!(place.forms("CreateChangeSet")[0]["DeploymentMode"], "REVERT_DRIFT");
    let planned = place.told().into_iter().find_map(|told| match told {
        Told::Planned(changes) => changes.changes.into_iter().next(),
        _ => None,
    });
    let planned = planned.unwrap();
    assert_eq!((planned.drift, planned.properties[0].is_drift), (Some(Drift::Modified), true));
    // Nothing is carried out that nobody has reviewed, nor anything else than what was.
    assert_eq!(
        (writes(&place), reviewed.stacks[0].what),
        (vec!["CreateChangeSet".to_owned()], "to update")
    );
    let other = place.deploy(&assembly, options("us-east-2", Some("other"))).await.unwrap_err();
    assert!(other.to_string().contains("is not what was reviewed as other any more"), "{other}");
    assert_eq!(place.forms("ExecuteChangeSet").len(), 0);
    let review = reviewed.review.unwrap();
    let deployed = place.deploy(&assembly, options("us-east-2", Some(&review))).await.unwrap();
    assert_eq!(deployed.stacks[0].what, "updated");
    place.way.rules(rules(&drifted("Topic", "AWS::SNS::Topic", "Tags")));
    let other = place.deploy(&assembly, options("us-east-2", Some(&review))).await.unwrap_err();
    assert!(matches!(other, Failure::Refused(_)), "{other}");

    place.way.forget();
    place.way.rules(rules(&drifted("Stage", "AWS::ApiGateway::Stage", "MethodSettings")));
    let refused = place.deploy(&assembly, options("us-east-2", None)).await.unwrap_err();
    let refused = refused.to_string();
    assert!(refused.contains("MethodSettings would be changed back"), "{refused}");
    assert_eq!(writes(&place), ["CreateChangeSet"]);
    assert_eq!(place.forms("DeleteChangeSet").len(), 1);
    place.deploy(&assembly, options("us-east-1", None)).await.unwrap();
    // Without being asked nobody looks for drift.
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    assert!(!place.forms("CreateChangeSet").last().unwrap().contains_key("DeploymentMode"));
}

/// A change of a resource without properties.
fn changed(id: &str, type_name: &str, action: &str, more: &str) -> String {
    format!(
        "<member><Type>Resource</Type><ResourceChange><Action>{action}</Action><LogicalResourceId>{id}</LogicalResourceId>\
         <PhysicalResourceId>it</PhysicalResourceId><ResourceType>{type_name}</ResourceType>{more}</ResourceChange></member>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_a_stack_in_the_stack_is_guarded_as_well() {
    let place = Place::empty();
    let nested = "AWS::CloudFormation::Stack";
    let (_folder, assembly) =
        small(json!({"Nested": {"Type": nested, "Properties": {"TemplateURL": "https://it"}}}));
    let inner = "arn:aws:cloudformation:us-east-2:111122223333:changeSet/inner/2";
    let more = format!("<Replacement>False</Replacement><ChangeSetId>{inner}</ChangeSetId>");
    let outer = changed("Nested", nested, "Modify", &more);
    let lost = changed("Table", "AWS::DynamoDB::Table", "Remove", "");
    let described = |changes: &str| {
        format!(
            "<ChangeSetId>{inner}</ChangeSetId><Status>CREATE_COMPLETE</Status><Changes>{changes}</Changes>"
        )
    };
    // The first answer is of the change set of the whole.
    let rules = |outer: &str, inner: &str| {
        let inner = answers("DescribeChangeSet", &described(inner)).after(1);
        [inner].into_iter().chain(update(outer)).collect::<Vec<_>>()
    };
    place.way.rules(rules(&outer, &lost));
    let refused = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused(_)), "{refused}");
    let why = "`Small/NestedConstruct/Table` (AWS::DynamoDB::Table) would be deleted";
    assert!(refused.to_string().contains(why), "{refused}");
    assert_eq!(place.forms("CreateChangeSet")[0]["IncludeNestedStacks"], "true");
    assert_eq!(place.forms("DescribeChangeSet").last().unwrap()["ChangeSetName"], inner);

    // What AWS does not look into is refused as a whole.
    let dark = changed("Nested", nested, "Modify", "<Replacement>False</Replacement>");
    for (change, why) in [
        (dark, "is changed, and AWS does not say what becomes of what is in it"),
        (changed("Nested", nested, "Remove", ""), "would be deleted with all that is in it"),
        (
            changed("Table", "AWS::DynamoDB::Table", "Dynamic", ""),
            "may be replaced by an empty one",
        ),
    ] {
        place.way.forget();
        place.way.rules(update(&change));
        let refused = place.deploy(&assembly, all(&assembly)).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
        assert_eq!(place.forms("ExecuteChangeSet").len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_stack_goes_only_by_name() {
    let place = Place::empty();
    let table =
        |policy: &str| json!({"Table": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": policy}});
    let (_folder, assembly) = small(table("Delete"));
    let body = json!({"Resources": table("Delete")}).to_string().replace('"', "&quot;");
    let left = "<StackResourceSummaries><member><LogicalResourceId>Table</LogicalResourceId>\
                <PhysicalResourceId>it</PhysicalResourceId><ResourceType>AWS::DynamoDB::Table</ResourceType>\
                <ResourceStatus>DELETE_FAILED</ResourceStatus></member></StackResourceSummaries>";
    place.way.rules([
        stack("DELETE_FAILED"),
        answers("GetTemplate", &format!("<TemplateBody>{body}</TemplateBody>")),
        answers("ListStackResources", left),
    ]);
    let named = |allowed: &[&str]| {
        let mut options = Options { recreate: ["small".to_owned()].into(), ..all(&assembly) };
        options.guard.replace = allowed.iter().map(|it| (*it).to_owned()).collect();
        options
    };
    let refused = place.deploy(&assembly, named(&[])).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused(_)), "{refused}");
    let why =
        "`Small/TableConstruct` (AWS::DynamoDB::Table) is left of a stack that is DELETE_FAILED";
    assert!(refused.to_string().contains(why), "{refused}");
    assert_eq!(writes(&place), [""; 0]);
    // With its name it is tried, and AWS does not know the stack here.
    let tried = place.deploy(&assembly, named(&["Table"])).await.unwrap_err();
    assert!(!matches!(tried, Failure::Refused(_)), "{tried}");
    assert_eq!(writes(&place)[0], "DeleteStack");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_change_set_that_lacks_another_stack_is_put_off() {
    let place = Place::empty();
    let (_folder, assembly) = small(topic());
    let refused = |why: &str| {
        let described = format!(
            "<ChangeSetId>{CHANGE_SET}</ChangeSetId><Status>FAILED</Status><StatusReason>{why}</StatusReason>"
        );
        let rules = update("").into_iter();
        [answers("DescribeChangeSet", &described)].into_iter().chain(rules).collect::<Vec<_>>()
    };
    let asked = |place: &Place| place.forms("CreateChangeSet").len();
    place.way.rules(refused("Template error: the role is invalid"));
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    assert!(matches!(failure, Failure::Failed(_)), "{failure}");
    assert_eq!(asked(&place), 1);
    place.way.forget();
    place.way.rules(refused("No export named it found"));
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    assert!(matches!(failure, Failure::Failed(_)), "{failure}");
    // Once when all were looked at, and once when it was its turn.
    assert_eq!(asked(&place), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_deployment_would_do_differs() {
    let place = Place::empty();
    let (_folder, mut assembly) = small(topic());
    let wanted = &mut assembly.stacks[0];
    wanted.template.json["Parameters"] = json!({"Size": {"Type": "String"}});
    let body = wanted.template.json.to_string().replace('"', "&quot;");
    let body = format!("<TemplateBody>{body}</TemplateBody>");
    let size = ("Size".to_owned(), "2".to_owned());
    for (status, parameters, besides) in [
        ("UPDATE_COMPLETE", vec![], vec![]),
        ("UPDATE_ROLLBACK_COMPLETE", vec![], vec!["it is UPDATE_ROLLBACK_COMPLETE"]),
        ("UPDATE_COMPLETE", vec![size], vec!["the value of the parameter `Size`"]),
    ] {
        place.way.rules([stack(status), answers("GetTemplate", &body)]);
        assembly.stacks[0].parameters = parameters.into_iter().collect();
        let chosen = all(&assembly).chosen;
        let compared = deploy::diff(&place.site(), &assembly, &chosen, create_only).await.unwrap();
        assert_eq!(compared.stacks[0].besides, besides, "{status}");
        assert_eq!(compared.stacks[0].is_any(), !besides.is_empty());
    }
}
