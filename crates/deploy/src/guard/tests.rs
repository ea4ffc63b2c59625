//! What is refused, and what a name allows.

use serde_json::json;

use super::*;
use crate::changes::{PropertyChange, Recreation};

fn change(action: Action, type_name: &str, replacement: Replacement) -> Change {
    Change {
        action,
        logical_id: "It".to_owned(),
        type_name: type_name.to_owned(),
        path: "Stack/It".to_owned(),
        physical_id: None,
        replacement,
        is_kept: false,
        drift: None,
        properties: vec![PropertyChange {
            name: "TableName".to_owned(),
            recreation: Recreation::Always,
            is_drift: false,
        }],
    }
}

fn changes(change: Change) -> Changes {
    let (stack, region) = ("Stack".to_owned(), "us-east-1".to_owned());
    Changes { stack, region, is_new: false, changes: vec![change] }
}

fn recorded(active: Option<&str>) -> Standing {
    let active = active.map(str::to_owned);
    Standing::Recorded { active, home_primary: "us-east-1".to_owned(), run: None }
}

const TABLE: &str = "AWS::DynamoDB::GlobalTable";

#[test]
fn what_holds_data_is_not_lost_unnamed() {
    use Replacement::{Always, Never, Perhaps};
    let table = [
        (
            Action::Modify,
            TABLE,
            Always,
            Some("would be replaced by an empty one by the change of TableName"),
        ),
        (
            Action::Modify,
            TABLE,
            Perhaps,
            Some("may be replaced by an empty one by the change of TableName"),
        ),
        (Action::Modify, TABLE, Never, None),
        (Action::Remove, TABLE, Never, Some("would be deleted")),
        (Action::Add, TABLE, Never, None),
        (Action::Remove, "AWS::KMS::Key", Never, Some("would be deleted")),
        (Action::Remove, "AWS::FSx::FileSystem", Never, Some("would be deleted")),
        (
            Action::Remove,
            "AWS::CloudFormation::Stack",
            Never,
            Some("would be deleted with all that is in it"),
        ),
        (Action::Modify, "AWS::CloudFormation::Stack", Never, None),
        (Action::Remove, "AWS::IAM::Role", Never, None),
        (Action::Modify, "AWS::Lambda::Function", Always, None),
    ];
    for (action, type_name, replacement, wanted) in table {
        let changes = changes(change(action, type_name, replacement));
        let refused = Guard::default().refuses(&changes, &BTreeSet::new(), &Standing::None);
        let why = refused.first().map(|refusal| refusal.why.clone());
        let wanted = wanted.map(|wanted| format!("({type_name}) {wanted}"));
        assert_eq!(why, wanted, "{action:?} {type_name} {replacement:?}");
    }
}

#[test]
fn a_name_lets_it_happen() {
    let changes = changes(change(Action::Remove, TABLE, Replacement::Never));
    for name in ["It", "Stack/It"] {
        let guard = Guard { replace: BTreeSet::from([name.to_owned()]), ..Guard::default() };
        assert_eq!(guard.refuses(&changes, &BTreeSet::new(), &Standing::None), []);
    }
}

#[test]
fn what_is_made_anew_has_nothing_to_lose() {
    let changes =
        Changes { is_new: true, ..changes(change(Action::Add, TABLE, Replacement::Never)) };
    assert_eq!(Guard::default().refuses(&changes, &BTreeSet::new(), &recorded(None)), []);
}

#[test]
fn after_a_failover_roles_are_left_alone() {
    let changes = changes(change(Action::Modify, "AWS::Route53::RecordSet", Replacement::Never));
    let refused =
        |standing: &Standing| Guard::default().refuses(&changes, &BTreeSet::new(), standing).len();
    assert_eq!(refused(&recorded(Some("us-east-1"))), 0);
    assert_eq!(refused(&recorded(Some("us-east-2"))), 1);
    assert_eq!(refused(&recorded(None)), 1);
    assert_eq!(refused(&Standing::None), 0);
    // Who deploys without reading the record does not know, and it may be so.
    assert_eq!(refused(&Standing::Unreadable("no answer".to_owned())), 1);
    let guard = Guard { roles: BTreeSet::from(["It".to_owned()]), ..Guard::default() };
    assert_eq!(guard.refuses(&changes, &BTreeSet::new(), &recorded(Some("us-east-2"))), []);
}

#[test]
fn nothing_happens_during_a_run_or_in_the_dark() {
    let Standing::Recorded { active, home_primary, .. } = recorded(Some("us-east-1")) else {
        return;
    };
    let open = Standing::Recorded { active, home_primary, run: Some("r-1".to_owned()) };
    let dark = Standing::Unreadable("no answer".to_owned());
    let blind = Guard { without_record: true, ..Guard::default() };
    assert!(
        Guard::default()
            .refuses_all(&open)
            .is_some_and(|it| it.advice.contains("tideover resume r-1"))
    );
    assert!(blind.refuses_all(&open).is_some());
    assert!(Guard::default().refuses_all(&dark).is_some());
    assert!(blind.refuses_all(&dark).is_none());
    assert!(Guard::default().refuses_all(&Standing::None).is_none());
}

#[test]
fn a_cluster_that_leaves_its_global_cluster_is_found() {
    let template = |member: Json| json!({"Resources": {"It": {"Type": "AWS::RDS::DBCluster", "Properties": member}}});
    let member = template(json!({"GlobalClusterIdentifier": "payment"}));
    for (new, is_emptied) in [
        (json!({}), true),
        (json!({"GlobalClusterIdentifier": ""}), true),
        (json!({"GlobalClusterIdentifier": {"Ref": "Global"}}), false),
    ] {
        let emptied = emptied(&member, &template(new.clone()));
        assert_eq!(emptied.contains("It"), is_emptied, "{new}");
    }
    assert!(emptied(&template(json!({})), &template(json!({}))).is_empty());
    let changes = changes(change(Action::Modify, "AWS::RDS::DBCluster", Replacement::Never));
    let refused =
        Guard::default().refuses(&changes, &BTreeSet::from(["It".to_owned()]), &Standing::None);
    assert!(refused[0].why.contains("would leave its global cluster"), "{}", refused[0]);
}

#[test]
fn what_runs_have_changed_on_purpose_is_not_changed_back() {
    let table = [
        ("AWS::Lambda::EventSourceMapping", "Enabled", [true, false, true]),
        ("AWS::Lambda::Function", "ReservedConcurrentExecutions", [false, false, true]),
        ("AWS::ApiGateway::Stage", "MethodSettings", [false, false, true]),
        ("AWS::CloudWatch::Alarm", "ActionsEnabled", [false, false, true]),
        ("AWS::CloudWatch::Alarm", "Threshold", [false, false, false]),
        ("AWS::RDS::DBCluster", "GlobalClusterIdentifier", [true, true, true]),
        ("AWS::SNS::Topic", "DisplayName", [false, false, false]),
    ];
    for (type_name, property, wanted) in table {
        let mut changes = changes(change(Action::Modify, type_name, Replacement::Never));
        let standings = [recorded(Some("us-east-1")), Standing::None, recorded(Some("us-east-2"))];
        let refused = |changes: &Changes, guard: Guard| {
            standings.each_ref().map(|it| !guard.refuses(changes, &BTreeSet::new(), it).is_empty())
        };
        // What a template says otherwise than before takes it back as well, but for what services do by themselves.
        let is_of_service = property == "GlobalClusterIdentifier";
        for (is_drift, wanted) in
            [(true, wanted), (false, if is_of_service { [false, false, true] } else { wanted })]
        {
            let name = property.to_owned();
            let recreation = Recreation::Never;
            changes.changes[0].properties = vec![PropertyChange { name, recreation, is_drift }];
            let told = format!("{type_name} {property} {is_drift}");
            assert_eq!(refused(&changes, Guard::default()), wanted, "{told}");
            let named = Guard { roles: BTreeSet::from(["It".to_owned()]), ..Guard::default() };
            assert_eq!(refused(&changes, named), [false; 3], "{told}");
        }
    }
}
