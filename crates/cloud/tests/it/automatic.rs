//! Failovers that an alarm starts: when they are not, that an event which comes twice or to both Regions starts one, and
//! that nothing rests on the Region that is lost.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::{StateValue, Statistic};
use cloud::automatic::{Comes, consider, switch};
use cloud::{Reach, Ways};
use emulator::{Fault, Rule};
use fence::{Author, DurationMs, RunId};
use runbook::automatic::{Against, Guards, Manner, calls};
use runbook::{Event, PlanKind, Service};

use crate::estate::{ACCOUNT, Estate, aws, region};

const HOUR: DurationMs = DurationMs(3_600_000);

const GUARDS: Guards = Guards {
    manner: Manner::Start,
    silent: DurationMs(60_000),
    pause_after_run: HOUR,
    pause_after_start: HOUR,
};

/// Puts the alarm of this name there, ringing or not.
async fn alarm(estate: &Estate, place: &str, name: &str, rings: bool) {
    let aws = aws(&estate.emulator.url(), place);
    let cloudwatch = aws_sdk_cloudwatch::Client::new(aws.config().await);
    let made = cloudwatch.put_metric_alarm().alarm_name(name).namespace("Test");
    let made = made.metric_name(name).evaluation_periods(1).threshold(1.0).period(60);
    let made = made.statistic(Statistic::Sum).comparison_operator("GreaterThanThreshold".into());
    made.send().await.expect("the alarm is made");
    let state = if rings { StateValue::Alarm } else { StateValue::Ok };
    let set = cloudwatch.set_alarm_state().alarm_name(name).state_reason("a test");
    set.state_value(state).send().await.expect("it is set");
}

/// The state machine of failovers to us-east-2, which does nothing here; its ARN.
async fn machine(estate: &Estate) -> String {
    let aws = aws(&estate.emulator.url(), "us-east-2");
    let sfn = aws_sdk_sfn::Client::new(aws.config().await);
    let definition = r#"{"StartAt": "done", "States": {"done": {"Type": "Succeed"}}}"#;
    let made = sfn.create_state_machine().name(estate.system.state_machine(PlanKind::Failover));
    let made = made.definition(definition).role_arn(format!("arn:aws:iam::{ACCOUNT}:role/test"));
    made.send().await.expect("it is made").state_machine_arn().to_owned()
}

async fn executions(estate: &Estate, machine: &str) -> Vec<String> {
    let aws = aws(&estate.emulator.url(), "us-east-2");
    let sfn = aws_sdk_sfn::Client::new(aws.config().await);
    let listed = sfn.list_executions().state_machine_arn(machine).send().await;
    let listed = listed.expect("they are listed");
    listed.executions().iter().map(|one| one.name().to_owned()).collect()
}

/// What comes of it, in words.
async fn comes(reach: &Reach, guards: &Guards) -> String {
    match consider(reach, guards).await.comes {
        Comes::Started(run) => format!("started {run}"),
        Comes::NotExecuted { run, cause } => format!("not executed {run}: {cause}"),
        Comes::Would => "would".to_owned(),
        Comes::Not(against) => against.iter().map(Against::as_str).collect::<Vec<_>>().join(", "),
        Comes::Overtaken => "overtaken".to_owned(),
    }
}

/// Only what is declared: the role of the function is made from it.
fn only_declared(reach: &Reach) {
    let (source, target) = (region("us-east-1"), region("us-east-2"));
    let declared: BTreeSet<String> = calls(&source, &target)
        .iter()
        .map(|call| {
            let api = if call.service == Service::Ledger { "Invoke" } else { call.api };
            let service = match call.service {
                Service::ApiGateway => "API Gateway",
                Service::CloudWatch => "CloudWatch",
                Service::DynamoDb => "DynamoDB",
                Service::Lambda | Service::Ledger => "Lambda",
                Service::Rds => "RDS",
                Service::StepFunctions => "SFN",
                _ => "none",
            };
            format!("{} {service} {api}", call.region)
        })
        .chain(["us-west-2 CloudWatch DescribeAlarms".to_owned()])
        .collect();
    let called = reach.calls().take().into_iter();
    let called = called.map(|call| format!("{} {} {}", call.region, call.service, call.operation));
    let undeclared: BTreeSet<String> = called
        .filter(|call| !declared.contains(call) && !call.ends_with("STS GetCallerIdentity"))
        // The other replica is the second way to the table.
        .filter(|call| !call.starts_with("us-east-1 DynamoDB"))
        .collect();
    assert!(undeclared.is_empty(), "{undeclared:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_starts_one_failover_of_a_region_that_is_lost() {
    let estate = Estate::made().await;
    let (near, far) = {
        let system = &estate.system;
        (system.lost_alarm(), system.witness_alarm(&region("us-east-1")))
    };
    let mut ways = estate.ways();
    ways.services.insert(region("us-east-1"), "http://127.0.0.1:1".to_owned());
    let reach = estate.reach(ways.clone());
    let machine = machine(&estate).await;
    assert_eq!(comes(&reach, &GUARDS).await, "alarm-unknown");
    alarm(&estate, "us-east-2", &near, false).await;
    assert_eq!(comes(&reach, &GUARDS).await, "alarm-quiet");
    alarm(&estate, "us-east-2", &near, true).await;
    assert_eq!(comes(&reach, &GUARDS).await, "witness-unknown");
    alarm(&estate, "us-west-2", &far, true).await;
    // Both canaries miss it, and its database and their control plane answer: no payment need be lost.
    assert_eq!(comes(&reach, &GUARDS).await, "no-switchover-would-do");
    estate.way.rules([Rule::all(Fault::Resets).region("us-east-1")]);
    let ann = Author::new("ann");
    switch(&reach, false, &ann, "a change of networks").await.expect("it is switched");
    assert_eq!(comes(&reach, &GUARDS).await, "switched-off");
    switch(&reach, true, &ann, "it is over").await.expect("it is switched");
    let tell = Guards { manner: Manner::Tell, ..GUARDS };
    assert_eq!(comes(&reach, &tell).await, "would");
    assert_eq!(reach.runs().await.expect("it answers"), Vec::<RunId>::new());
    assert_eq!(executions(&estate, &machine).await, [""; 0]);

    // The same event, twice at once: in one Region there may be two of the function.
    let other = estate.reach(ways.clone());
    let (one, two) = tokio::join!(comes(&reach, &GUARDS), comes(&other, &GUARDS));
    let runs = reach.runs().await.expect("it answers");
    let [run] = runs.as_slice() else { panic!("{runs:?}: {one}, {two}") };
    let started = format!("started {run}");
    for one in [&one, &two] {
        assert!(*one == started || one == "overtaken", "{one}");
    }
    // And once more, as after an answer that was lost.
    assert_eq!(comes(&reach, &GUARDS).await, started);
    assert_eq!(reach.runs().await.expect("it answers"), runs);
    assert_eq!(executions(&estate, &machine).await, [run.to_string()]);
    let entries = reach.entries(run).await.expect("it answers");
    let planned = entries.iter().map(|entry| match &entry.event {
        Event::Planned { plan, by, reason } => (plan.kind, plan.target.clone(), by, reason),
        other => panic!("{other:?}"),
    });
    let planned: Vec<_> = planned.collect();
    let [(PlanKind::Failover, target, by, reason)] = planned.as_slice() else {
        panic!("{planned:?}")
    };
    assert_eq!((target, by.as_str()), (&region("us-east-2"), "alarm payment-test-OtherRegionLost"));
    assert!(reason.contains("nor the witness Region (the alarm rings for"), "{reason}");
    only_declared(&reach);

    // Another alarm, while that run waits for people.
    alarm(&estate, "us-east-2", &near, false).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    alarm(&estate, "us-east-2", &near, true).await;
    assert_eq!(comes(&reach, &GUARDS).await, "run-open, started-lately");
    // The Region that is active misses its standby.
    alarm(&estate, "us-east-1", &near, true).await;
    let url = Some(estate.emulator.url());
    let there = Ways { here: region("us-east-1"), endpoint_url: url, ..ways };
    let there = comes(&estate.reach(there), &GUARDS).await;
    assert!(there.starts_with("active-here"), "{there}");
    assert_eq!(reach.runs().await.expect("it answers"), runs);
}

/// What is planned and not executed is carried on by the next question.
#[tokio::test(flavor = "multi_thread")]
async fn what_died_half_way_goes_on() {
    let estate = Estate::made().await;
    let (near, far) = {
        let system = &estate.system;
        (system.lost_alarm(), system.witness_alarm(&region("us-east-1")))
    };
    let mut ways = estate.ways();
    ways.services.insert(region("us-east-1"), "http://127.0.0.1:1".to_owned());
    let reach = estate.reach(ways);
    estate.way.rules([Rule::all(Fault::Resets).region("us-east-1")]);
    alarm(&estate, "us-east-2", &near, true).await;
    alarm(&estate, "us-west-2", &far, true).await;
    let first = comes(&reach, &GUARDS).await;
    assert!(first.starts_with("not executed failover-alarm-"), "there is no machine: {first}");
    let machine = machine(&estate).await;
    let runs = reach.runs().await.expect("it answers");
    assert_eq!(comes(&reach, &GUARDS).await, format!("started {}", runs[0]));
    assert_eq!(executions(&estate, &machine).await, [runs[0].to_string()]);
    assert_eq!(reach.runs().await.expect("it answers").len(), 1);
}
