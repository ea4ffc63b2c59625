//! The root of a failure among the events that follow from it.

use super::*;

fn event(logical_id: &str, status: &str, reason: Option<&str>) -> Event {
    Event {
        id: format!("{logical_id}-{status}"),
        logical_id: logical_id.to_owned(),
        path: format!("Stack/{logical_id}"),
        type_name: "AWS::SNS::Topic".to_owned(),
        physical_id: String::new(),
        status: status.to_owned(),
        reason: reason.map(str::to_owned),
        is_of_stack: logical_id == "stack",
        token: None,
    }
}

#[test]
fn the_root_is_the_first_that_failed_by_itself() {
    let cancelled = Some("Resource creation cancelled");
    let table: [(&[Event], Option<&str>); 5] = [
        (
            &[
                event("stack", "CREATE_IN_PROGRESS", None),
                event("A", "CREATE_FAILED", cancelled),
                event("B", "CREATE_FAILED", Some("no such key")),
                event("C", "CREATE_FAILED", Some("later")),
                event(
                    "stack",
                    "ROLLBACK_IN_PROGRESS",
                    Some("The following resource(s) failed to create: [A, B]"),
                ),
            ],
            Some("B"),
        ),
        (
            &[event("stack", "UPDATE_ROLLBACK_IN_PROGRESS", Some("No export named x"))],
            Some("stack"),
        ),
        (&[event("A", "UPDATE_FAILED", Some("Resource update cancelled"))], Some("A")),
        (
            &[
                event("stack", "CREATE_FAILED", Some("why")),
                event("A", "CREATE_FAILED", Some("why")),
            ],
            Some("A"),
        ),
        (&[event("A", "CREATE_COMPLETE", None)], None),
    ];
    for (events, wanted) in table {
        assert_eq!(root_cause(events).map(|event| event.logical_id.as_str()), wanted, "{events:?}");
    }
}

#[test]
fn an_operation_begins_with_the_stack() {
    assert!(event("stack", "UPDATE_IN_PROGRESS", None).is_beginning());
    assert!(!event("A", "UPDATE_IN_PROGRESS", None).is_beginning());
    assert!(!event("stack", "UPDATE_ROLLBACK_IN_PROGRESS", None).is_beginning());
    assert!(!event("stack", "REVIEW_IN_PROGRESS", None).is_beginning());
}
