//! From nothing to two Regions and back, as an operator types it, over what `tideover deploy` made of the default file: the
//! packaged functions run, PostgreSQL replicates from Region to Region, names follow the health checks, cards are charged.
//!
//! Made up are, besides AWS: an hour of a lag of the database, and that a snapshot has data in it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use emulator::Fault;
use expect_test::expect;
use serde_json::Value;

use super::system::{ACCOUNT, PRIMARY, STANDBY, System};
use crate::place::Outcome;

impl System {
    /// Both Regions are as the templates say, with this one active, and the other one could take over.
    #[track_caller]
    fn is_ready(&self, active: &str) {
        let Outcome { stdout: status, stderr, .. } = self.typed("status", 0);
        let on = format!("on: AWS account {ACCOUNT}, {PRIMARY} and {STANDBY}, `payment-dev`\n");
        assert_eq!(stderr, on);
        assert!(status.contains(&format!("ACTIVE, traffic to {active}, no run open")), "{status}");
        assert!(status.contains("drift          none"), "{status}");
    }

    /// Takes a payment in one Region, which the other refuses, and sees it through: the card is charged, the receipt is
    /// stored, everybody is told.
    #[track_caller]
    fn takes_payments(&self, here: &str, there: &str, key: &str) {
        let (status, paid) = self.pay(here, key);
        assert_eq!(status, 201, "{paid}");
        let (status, refused) = self.pay(there, key);
        assert_eq!((status, &refused["code"]), (503, &"region_switching".into()), "{refused}");
        let open = "SELECT count(*) FROM outbox WHERE published_at IS NULL";
        until("everybody is told", || self.databases.ask(here, open) == "0");
        assert!(self.is_charged(text(&paid, "id")));
    }

    /// Whether the processor has moved the money of a payment.
    fn is_charged(&self, id: &str) -> bool {
        self.moved().iter().any(|key| key.contains(id))
    }

    /// Begins a failover of the lost home primary, which two people approve; the run, once its target serves.
    fn fails_over(&self) -> String {
        let waits = self.typed("failover --by ann --reason gone", 6);
        let run = planned(&waits);
        for by in ["ann", "ben"] {
            self.typed(&format!("approve --by {by}"), 0);
        }
        let served = self.typed(&format!("resume {run} --by ann"), 0).stderr;
        assert!(served.contains("payments are taken by the Region that was opened"), "{served}");
        run
    }
}

/// Waits until it is so.
#[track_caller]
fn until(what: &str, is_it: impl Fn() -> bool) {
    for _ in 0..300 {
        if is_it() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it does not come to this: {what}");
}

/// The name of the run that was planned.
fn planned(outcome: &Outcome) -> String {
    let line = outcome.stderr.lines().find_map(|line| line.strip_prefix("run "));
    let run = line.and_then(|line| line.strip_suffix(" is planned"));
    run.unwrap_or_else(|| panic!("no run is planned: {outcome}")).to_owned()
}

/// The steps of a report that are part of the plan.
fn steps(report: &Value) -> impl Iterator<Item = &Value> {
    report["steps"].as_array().into_iter().flatten()
}

fn calls(step: &Value) -> impl Iterator<Item = &Value> {
    let attempts = step["attempts"].as_array().into_iter().flatten();
    attempts.flat_map(|attempt| attempt["calls"].as_array().into_iter().flatten())
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// The calls of each action: how often what changes something, and what it looks at, however often.
fn counted(report: &Value) -> String {
    let mut told = String::new();
    for step in steps(report) {
        let (mut changes, mut looks) = (BTreeMap::<String, usize>::new(), BTreeSet::new());
        for call in calls(step) {
            let [region, service, operation] =
                ["region", "service", "operation"].map(|name| text(call, name));
            let named = format!("{region} {service} {operation}");
            let is_look =
                ["Get", "Describe", "List"].iter().any(|word| operation.starts_with(word));
            match is_look {
                true => drop(looks.insert(named)),
                false => *changes.entry(named).or_default() += 1,
            }
        }
        if changes.is_empty() && looks.is_empty() {
            continue;
        }
        told += &format!("{}\n", text(step, "action"));
        told.extend(changes.iter().map(|(call, times)| format!("  {times} × {call}\n")));
        told.extend(looks.iter().map(|call| format!("      {call}\n")));
    }
    told
}

/// Every call has the id that AWS gave it, and nothing that is required called the Region that was lost.
fn nothing_required_of(report: &Value, lost: &str) {
    for step in steps(report) {
        for call in calls(step) {
            let has_answer = call["status"].is_number();
            assert_eq!(call["request_id"].is_string(), has_answer, "{call}");
            let is_about_lost = text(call, "region") == lost;
            assert!(!(is_about_lost && step["is_required"] == true), "{}: {call}", step["action"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_two_regions_and_back() {
    let mut system = System::deployed().await;
    system.typed("activate --by ann", 0);
    system.is_ready(PRIMARY);
    system.takes_payments(PRIMARY, STANDBY, "order-1");

    let mut killed = system.tideover("switchover --by ann --reason patching").start();
    system.way.wait_for(|called| called.operation == "SwitchoverGlobalCluster");
    killed.kill().expect("it runs");
    killed.wait().expect("it ran");
    let underway = system.typed("status", 8).stdout;
    assert!(underway.contains("is open"), "{underway}");
    system.typed("resume --by ben --take-over", 0);
    system.is_ready(STANDBY);
    system.takes_payments(STANDBY, PRIMARY, "order-2");
    system.typed("failback --by ann --reason home --change CHG-1", 0);
    system.is_ready(PRIMARY);

    // What is taken from now on is lost with the Region, but for what it said of it.
    system.databases.hold_back(STANDBY);
    let (status, lost) = system.pay(PRIMARY, "order-3");
    assert_eq!(status, 201, "{lost}");
    let lost = text(&lost, "id");
    until("the card is charged", || system.is_charged(lost));
    system.lose(PRIMARY, Fault::Resets);
    system.typed("status", 0);
    let run = system.fails_over();
    system.typed(&format!("report {run} --out evidence"), 0);
    let report = system.json("evidence/report.json");
    nothing_required_of(&report, PRIMARY);
    let movements = &report["reconciliation"]["movements"];
    assert_eq!((text(&movements[0], "id"), movements[1].is_null()), (lost, true));
    let (status, told) = system.pay(STANDBY, "order-3");
    assert_eq!((status, text(&told, "id")), (201, lost), "{told}");

    system.find(PRIMARY);
    system.typed(&format!("resume {run} --by ben"), 0);
    system.is_ready(STANDBY);
    system.typed(&format!("report {run} --out evidence"), 0);
    expect![[r#"
        triage
          1 × us-east-1 Lambda Invoke
              us-east-1 RDS DescribeDBClusters
        snapshot-evidence
          1 × us-east-2 Lambda Invoke
              us-east-2 CloudWatch GetMetricData
        begin-run
          1 × us-east-2 DynamoDB PutItem
              us-east-2 DynamoDB GetItem
        stop-source
              us-east-1 API Gateway GetRestApis
              us-east-1 Lambda GetFunctionConcurrency
              us-east-1 Lambda ListEventSourceMappings
        wait-for-fence
          1 × us-east-2 DynamoDB PutItem
              us-east-2 DynamoDB GetItem
        pass-point-of-no-return
          1 × us-east-2 DynamoDB PutItem
              us-east-2 DynamoDB GetItem
        promote-database
          1 × us-east-2 RDS FailoverGlobalCluster
              us-east-2 RDS DescribeGlobalClusters
        verify-database
          1 × us-east-2 Lambda Invoke
        raise-epoch
          1 × us-east-2 Lambda Invoke
        hold-missing
          1 × us-east-2 Lambda Invoke
        open
          1 × us-east-2 DynamoDB PutItem
              us-east-2 DynamoDB GetItem
        start-workers
          1 × us-east-2 Lambda UpdateEventSourceMapping
              us-east-2 DynamoDB GetItem
              us-east-2 Lambda ListEventSourceMappings
        try-payment
              us-east-2 DynamoDB GetItem
        direct-traffic
          1 × us-east-2 DynamoDB PutItem
              us-east-2 DynamoDB GetItem
        confirm-traffic
              us-east-2 DynamoDB GetItem
        ask-processor
          1 × us-east-2 Lambda Invoke
              us-east-2 DynamoDB GetItem
        stabilize
              us-east-2 CloudWatch DescribeAlarms
              us-east-2 CloudWatch GetMetricData
              us-east-2 DynamoDB GetItem
        write-report
              us-east-2 DynamoDB GetItem
        await-source
              us-east-1 RDS DescribeDBClusters
              us-east-2 DynamoDB GetItem
        hold-source
          1 × us-east-1 Lambda UpdateEventSourceMapping
              us-east-1 Lambda ListEventSourceMappings
              us-east-2 DynamoDB GetItem
        rescue-tail
          1 × us-east-1 RDS CopyDBClusterSnapshot
          1 × us-east-1 RDS RestoreDBClusterFromSnapshot
              us-east-1 RDS DescribeDBClusterSnapshots
              us-east-1 RDS DescribeDBClusters
              us-east-2 DynamoDB GetItem
        settle-missing
          1 × us-east-2 Lambda Invoke
              us-east-2 DynamoDB GetItem
        converge
              us-east-1 CloudWatch GetMetricData
              us-east-2 CloudWatch GetMetricData
              us-east-2 DynamoDB GetItem
        restore-protection
              us-east-1 API Gateway GetRestApis
              us-east-1 API Gateway GetStage
              us-east-1 CloudWatch GetMetricData
              us-east-1 Lambda GetFunctionConcurrency
              us-east-2 DynamoDB GetItem
              us-east-2 RDS DescribeGlobalClusters
        close
          1 × us-east-2 DynamoDB PutItem
              us-east-2 DynamoDB GetItem
    "#]]
    .assert_eq(&counted(&system.json("evidence/report.json")));
    let too_soon = system.typed("failback --by ann --reason home --change CHG-2", 1);
    assert!(too_soon.stderr.contains("--despite not-same-day"), "{too_soon}");
    system.typed("failback --by ann --reason home --change CHG-2 --despite not-same-day", 0);
    system.is_ready(PRIMARY);
    system.takes_payments(PRIMARY, STANDBY, "order-4");

    assert_eq!(system.typed("runs", 0).stdout.lines().count(), 4);
    // Four of customers, and one of each run.
    let moved = system.moved();
    assert_eq!(moved.iter().collect::<BTreeSet<_>>().len(), moved.len(), "{moved:?}");
    let paid = system.databases.ask(PRIMARY, "SELECT count(*) FROM payments");
    assert_eq!(paid, "8");
    let destroyed = system.destroyed();
    assert!(destroyed.starts_with("31 stacks taken away\n"), "{destroyed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_silent_is_left() {
    let mut system = System::deployed().await;
    system.typed("activate --by ann", 0);
    system.takes_payments(PRIMARY, STANDBY, "order-1");
    system.lose(PRIMARY, Fault::Hangs);
    let run = system.fails_over();
    system.typed(&format!("report {run} --out evidence"), 0);
    nothing_required_of(&system.json("evidence/report.json"), PRIMARY);
    let (status, paid) = system.pay(STANDBY, "order-2");
    assert_eq!(status, 201, "{paid}");
}
