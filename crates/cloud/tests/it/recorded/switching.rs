//! Switches that take a while, and those that somebody else turns at the same time.

use emulator::{Fault, Rule};
use expect_test::expect;
use runbook::ActionName::{
    CheckPreconditions, MuteAlarms, StartWorkers, StopIntake, StopSource, UnmuteAlarms,
};
use runbook::{Notes, Observed, PlanKind};

use super::answers::{event_source, event_sources};
use super::numbers::{alarms, nothing};
use super::{EAST_1, EAST_2, Recorded, always_says, once, outcome};

const LIST: &str = "GET /2015-03-31/event-source-mappings";
const UPDATE: &str = "PUT /2015-03-31/event-source-mappings";

#[tokio::test]
async fn event_sources_follow_after_a_while() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let rules = [
        once(EAST_1, LIST, event_sources("Enabled")),
        once(EAST_1, UPDATE, event_source("Disabling")),
        once(EAST_1, LIST, event_sources("Disabling")),
        always_says(EAST_1, LIST, event_sources("Disabled")),
    ];
    assert_eq!(outcome(&run.attempt(StopIntake, rules).await), "Done");
    expect![[r#"
        us-east-1 GET /2015-03-31/event-source-mappings
        us-east-1 PUT /2015-03-31/event-source-mappings/14e0db71-xmpl-4eb5-b481-8945cf9d10c2 {"Enabled":false}
        us-east-1 GET /2015-03-31/event-source-mappings × 2
    "#]].assert_eq(&run.asked());
    let mut told = String::new();
    for (what, wrong) in [
        ("being changed by another", Fault::Says(400, "ResourceInUseException")),
        ("gone", Fault::Says(404, "ResourceNotFoundException")),
        ("too many requests", Fault::Says(429, "TooManyRequestsException")),
        ("no permission", Fault::Says(403, "AccessDeniedException")),
    ] {
        let rules = [
            always_says(EAST_2, LIST, event_sources("Disabled")),
            Rule::all(wrong).operation(UPDATE),
        ];
        told += &format!("{what}: {}\n", outcome(&run.look(StartWorkers, rules).await));
    }
    expect![[r#"
        being changed by another: not done yet: ResourceInUseException (400): as the test wants it
        gone: refused, other: ResourceNotFoundException (404): as the test wants it
        too many requests: not done yet: TooManyRequestsException (429): as the test wants it
        no permission: refused, other: AccessDeniedException (403): as the test wants it
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn what_cannot_be_stopped_in_the_source_is_told_and_does_not_hide_the_rest() {
    let run = Recorded::of(PlanKind::Failover).await;
    let rules = [
        Rule::all(Fault::THROTTLES).operation(LIST),
        Rule::all(Fault::Says(403, "AccessDeniedException")).operation("GET /2019-09-30/functions"),
        Rule::all(Fault::answers(200, r#"{"item": []}"#)).operation("GET /restapis"),
    ];
    expect!["not done yet: event sources: not done yet: ThrottlingException (400): as the test wants it; functions: refused: AccessDeniedException (403): as the test wants it; stage: refused: there is no API `payment-api-test`"].assert_eq(&outcome(&run.look(StopSource, rules).await));
}

#[tokio::test]
async fn alarms_are_muted_and_seen_to_be() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let calls =
        |calls| alarms(&[("payment-test-Errors", false, calls), ("payment-test-Old", true, false)]);
    let rules = |after| {
        [
            once(EAST_2, "DescribeAlarms", calls(true)),
            once(EAST_2, "DisableAlarmActions", nothing()),
            once(EAST_2, "DescribeAlarms", calls(after)),
        ]
    };
    let mut told = outcome(&run.attempt(MuteAlarms, rules(false)).await) + "\n";
    told += &run.asked();
    told += &(outcome(&run.attempt(MuteAlarms, rules(true)).await) + "\n");
    expect![[r#"
        Done, noted: us-east-2 payment-test-Errors OK; us-east-2 payment-test-Old ALARM; alarms of us-east-1: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104)
        us-east-2 DescribeAlarms
        us-east-1 DescribeAlarms
        us-east-2 DisableAlarmActions
        us-east-2 DescribeAlarms
        not done yet: `payment-test-Errors` is not changed yet
    "#]]
    .assert_eq(&told);
}

/// A switchover has muted the target's alarms, and goes on as a failover, which sees that people are called again.
#[tokio::test]
async fn alarms_that_a_run_has_muted_call_again() {
    let run = Recorded::of(PlanKind::Failover).await;
    let stood = |muted: bool| {
        let all = [("payment-test-Errors", true, !muted), ("payment-test-Old", false, false)];
        alarms(&all)
    };
    let rules = |muted| {
        [
            once(EAST_2, "DescribeAlarms", stood(muted)),
            once(EAST_2, "EnableAlarmActions", nothing()),
            once(EAST_2, "DescribeAlarms", stood(false)),
        ]
    };
    let before = outcome(&run.attempt(UnmuteAlarms, rules(true)).await);
    assert!(!run.asked().contains("EnableAlarmActions"), "nobody has muted any: {before}");
    let silent = vec!["payment-test-Old".to_owned()];
    let notes = Notes { silent, ..Notes::default() };
    run.noted(CheckPreconditions, Ok(Observed::Noted(notes))).await;
    run.noted(MuteAlarms, Ok(Observed::Done)).await;
    let mut told = outcome(&run.attempt(UnmuteAlarms, rules(true)).await) + "\n";
    told += &run.asked();
    expect![[r#"
        Done, noted: us-east-2 payment-test-Errors ALARM; us-east-2 payment-test-Old OK
        us-east-2 DescribeAlarms
        us-east-2 EnableAlarmActions
        us-east-2 DescribeAlarms
    "#]]
    .assert_eq(&told);
    let asked = run.way.asked();
    let enabled = asked.iter().find(|asked| asked.called.operation == "EnableAlarmActions");
    let body = String::from_utf8_lossy(&enabled.expect("they are enabled").body).into_owned();
    assert!(body.contains("payment-test-Errors") && !body.contains("payment-test-Old"), "{body}");
    run.noted(UnmuteAlarms, Ok(Observed::Done)).await;
    run.attempt(UnmuteAlarms, rules(true)).await.expect("they are looked at");
    assert!(!run.asked().contains("EnableAlarmActions"), "people may have muted them since");
}

/// A function's bound as it is, and what is answered to a change of it.
fn bounds(validation: u32, notification: u32) -> Vec<Rule> {
    let of = |name: &str, number: u32| {
        let path = format!("GET /2019-09-30/functions/{name}-test/concurrency");
        always_says(EAST_2, &path, format!(r#"{{"ReservedConcurrentExecutions": {number}}}"#))
    };
    let changed = r#"{"ReservedConcurrentExecutions": 40}"#;
    let change = always_says(EAST_2, "PUT /2017-10-31/functions", changed);
    vec![of("validation", validation), of("notification", notification), change]
}

#[tokio::test]
async fn functions_that_a_failover_turned_off_run_again_with_the_workers() {
    let run = Recorded::of(PlanKind::Failover).await;
    let sources = || always_says(EAST_2, LIST, event_sources("Enabled"));
    let mut told = String::new();
    for (validation, notification) in [(40, 5), (0, 0)] {
        let rules = bounds(validation, notification).into_iter().chain([sources()]);
        told += &format!("{}\n", outcome(&run.attempt(StartWorkers, rules).await));
        let asked = run.asked();
        let changes = asked.lines().filter(|line| line.contains("PUT "));
        told += &changes.map(|line| format!("  {line}\n")).collect::<String>();
    }
    expect![[r#"
        Done
        Done
          us-east-2 PUT /2017-10-31/functions/validation-test/concurrency {"ReservedConcurrentExecutions":40}
          us-east-2 PUT /2017-10-31/functions/notification-test/concurrency {"ReservedConcurrentExecutions":5}
    "#]]
    .assert_eq(&told);
    let mut rules =
        vec![Rule::all(Fault::Says(403, "AccessDeniedException")).operation("PUT /2017")];
    rules.extend(bounds(0, 5));
    rules.push(sources());
    let refused = outcome(&run.look(StartWorkers, rules).await);
    expect!["refused, other: AccessDeniedException (403): as the test wants it"]
        .assert_eq(&refused);
}
