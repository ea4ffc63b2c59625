//! Looking at how everything stands: lags, roles that change, storage that does not follow, ledgers that do not answer.

use emulator::{Fault, Rule};
use expect_test::expect;
use runbook::ActionName::{
    CheckPreconditions, ConfirmWriter, SnapshotEvidence, Stabilize, SwapMonitoring, Triage,
    WaitForReplication,
};
use runbook::PlanKind;

use super::answers::{Global, cluster};
use super::numbers::{alarms, values, values_until};
use super::{EAST_1, EAST_2, Recorded, always_says, outcome};

const DESCRIBE: &str = "DescribeGlobalClusters";
const METRICS: &str = "GetMetricData";
const LEDGER: &str = "POST /2015-03-31/functions/ledger-test/invocations";

fn standing(is_writer: bool) -> String {
    format!(r#"{{"answer": "standing", "is_writer": {is_writer}, "position": 100}}"#)
}

#[tokio::test]
async fn a_planned_run_begins_where_everything_follows() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let resyncing: &[_] = &[("us-east-1", "connected"), ("us-east-2", "pending-resync")];
    let alone: &[_] = &[("us-east-1", "connected")];
    let rests = || Global::rests_with(EAST_1);
    let cases: [(&str, Global, &[f64], &[f64]); 8] = [
        ("all is well", rests(), &[200.0], &[900.0]),
        ("no lag is measured", rests(), &[], &[]),
        ("roles are changing", Global::moving(EAST_1, "pending", false), &[200.0], &[]),
        ("the target is the writer", Global::rests_with(EAST_2), &[200.0], &[]),
        ("the target is rebuilt", Global { members: resyncing, ..rests() }, &[200.0], &[]),
        ("the target is no member", Global { members: alone, ..rests() }, &[200.0], &[]),
        ("the database is behind", rests(), &[200.0, 61_000.0], &[]),
        ("sessions are behind", rests(), &[200.0], &[61_000.0]),
    ];
    let mut told = String::new();
    let clusters = |[one, other]: [&str; 2]| {
        [(EAST_1, one), (EAST_2, other)].map(|(region, status)| {
            let body = cluster(&format!("payment-test-{region}"), status);
            always_says(region, "DescribeDBClusters", body)
        })
    };
    let silent = [("payment-test-Errors", false, true), ("payment-test-Old", false, false)];
    let others = |status| {
        let all = [always_says(EAST_2, "DescribeAlarms", alarms(&silent))];
        all.into_iter().chain(clusters(status))
    };
    for (what, global, lag, sessions) in cases {
        let rules = [
            always_says(EAST_2, DESCRIBE, global.xml()),
            always_says(EAST_2, METRICS, values(lag)),
            always_says(EAST_1, METRICS, values(sessions)),
        ];
        let rules = rules.into_iter().chain(others(["available"; 2]));
        let attempt = run.look(CheckPreconditions, rules).await;
        told += &format!("{what}: {}\n", outcome(&attempt));
    }
    // What the service would refuse a request to switch for.
    for status in [["available", "modifying"], ["upgrading", "available"]] {
        let rules = [
            always_says(EAST_2, DESCRIBE, rests().xml()),
            always_says(EAST_2, METRICS, values(&[200.0])),
            always_says(EAST_1, METRICS, values(&[])),
        ];
        let attempt = run.look(CheckPreconditions, rules.into_iter().chain(others(status))).await;
        told += &format!("{status:?}: {}\n", outcome(&attempt));
    }
    expect![[r#"
        all is well: Done, noted: payment-test-Old calls nobody; the name servers of `payment-test.example.com`: 127.0.0.1:9: Connection refused (os error 111)
        no lag is measured: refused, precondition: it is not known how far the target's database is behind; look at `tideover status`
        roles are changing: refused, precondition: the source's cluster is not the writer, or roles are changing; look at `tideover status`
        the target is the writer: refused, precondition: the source's cluster is not the writer, or roles are changing; look at `tideover status`
        the target is rebuilt: refused, precondition: the target's cluster does not follow; look at `tideover status`
        the target is no member: refused, precondition: the target's cluster does not follow; look at `tideover status`
        the database is behind: refused, precondition: the target's database is more than a minute behind; look at `tideover status`
        sessions are behind: refused, precondition: the target's sessions are more than a minute behind; look at `tideover status`
        ["available", "modifying"]: refused, precondition: the target's cluster is modifying; look at `tideover status`
        ["upgrading", "available"]: refused, precondition: the source's cluster is upgrading; look at `tideover status`
    "#]].assert_eq(&told);
}

#[tokio::test]
async fn what_is_known_of_the_loss() {
    let run = Recorded::of(PlanKind::Failover).await;
    let missing = || always_says(EAST_2, LEDGER, r#"{"answer": "count", "count": 2}"#);
    let ledger_fails = || Rule::all(Fault::FAILS).operation(LEDGER);
    // The last value before the Region was lost, and then none.
    let cases = [
        ("both", vec![always_says(EAST_2, METRICS, values(&[80.0, 1_900.0])), missing()]),
        (
            "of a while ago",
            vec![always_says(EAST_2, METRICS, values_until(40, &[80.0])), missing()],
        ),
        ("no values for an hour", vec![always_says(EAST_2, METRICS, values(&[])), missing()]),
        ("a silent CloudWatch", vec![Rule::all(Fault::THROTTLES).operation(METRICS), missing()]),
        ("a silent ledger", vec![always_says(EAST_2, METRICS, values(&[80.0])), ledger_fails()]),
        ("neither", vec![always_says(EAST_2, METRICS, values(&[])), ledger_fails()]),
    ];
    let mut told = String::new();
    for (what, rules) in cases {
        told += &format!("{what}: {}\n", outcome(&run.look(SnapshotEvidence, rules).await));
    }
    expect![[r#"
        both: behind Some(1900) ms, Some(0) minutes ago; missing Some(2)
        of a while ago: behind Some(80) ms, Some(40) minutes ago; missing Some(2)
        no values for an hour: behind None ms, None minutes ago; missing Some(2)
        a silent CloudWatch: behind None ms, None minutes ago; missing Some(2)
        a silent ledger: behind Some(80) ms, Some(0) minutes ago; missing None
        neither: not done yet: neither the lag nor what is missing is known
    "#]]
    .assert_eq(&told);
    assert!(!run.asked().contains(EAST_1), "the lost Region is not asked: {}", run.asked());
}

#[tokio::test]
async fn triage_tells_what_of_the_source_is_silent() {
    let run = Recorded::of(PlanKind::Failover).await;
    let database = || {
        always_says(EAST_1, "DescribeDBClusters", cluster("payment-test-us-east-1", "available"))
    };
    let ledger = || always_says(EAST_1, LEDGER, standing(true));
    let api = |status: u16| Rule::all(Fault::answers(status, "{}")).operation("GET /health/ready");
    let cases = [
        ("nothing", vec![database(), ledger(), api(200)]),
        (
            "the database service",
            vec![
                Rule::all(Fault::IS_UNAVAILABLE).operation("DescribeDBClusters"),
                ledger(),
                api(200),
            ],
        ),
        ("the ledger", vec![database(), Rule::all(Fault::FAILS).operation(LEDGER), api(503)]),
        ("all of it", vec![]),
    ];
    let mut told = String::new();
    for (what, rules) in cases {
        told += &format!("{what}: {}\n", outcome(&run.look(Triage, rules).await));
    }
    expect![[r#"
        nothing: Done, noted: the name servers of `payment-test.example.com`: 127.0.0.1:9: Connection refused (os error 111); alarms of us-east-1: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104); alarms of us-east-2: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104)
        the database service: Done, noted: the name servers of `payment-test.example.com`: 127.0.0.1:9: Connection refused (os error 111); database service of us-east-1: ServiceUnavailable (503): as the test wants it; alarms of us-east-1: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104); alarms of us-east-2: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104)
        the ledger: Done, noted: the name servers of `payment-test.example.com`: 127.0.0.1:9: Connection refused (os error 111); ledger of us-east-1: InternalFailure (500): as the test wants it; alarms of us-east-1: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104); alarms of us-east-2: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104)
        all of it: Done, noted: the name servers of `payment-test.example.com`: 127.0.0.1:9: Connection refused (os error 111); database service of us-east-1: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104); ledger of us-east-1: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104); API of us-east-1: the exchange broke off: client error (SendRequest): connection error: Connection reset by peer (os error 104); alarms of us-east-1: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104); alarms of us-east-2: not done yet: dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104)
    "#]].assert_eq(&told);
}

#[tokio::test]
async fn the_source_is_reopened_only_as_the_writer() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let cases = [
        ("it is", Global::rests_with(EAST_1), true),
        ("it was", Global::rests_with(EAST_2), true),
        ("it may be", Global::moving(EAST_1, "cancelling", false), true),
        ("its database takes no writes", Global::rests_with(EAST_1), false),
    ];
    let mut told = String::new();
    for (what, global, is_writer) in cases {
        let rules = [
            always_says(EAST_1, DESCRIBE, global.xml()),
            always_says(EAST_1, LEDGER, standing(is_writer)),
        ];
        told += &format!("{what}: {}\n", outcome(&run.look(ConfirmWriter, rules).await));
    }
    expect![[r#"
        it is: Done
        it was: not done yet: the source's cluster is not the writer, or roles are changing
        it may be: not done yet: the source's cluster is not the writer, or roles are changing
        its database takes no writes: not done yet: the source's database takes no writes
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn replication_is_waited_for_where_it_is_measured() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let lags = |one: &[f64], other: &[f64]| {
        [always_says(EAST_1, METRICS, values(one)), always_says(EAST_2, METRICS, values(other))]
    };
    let mut told = String::new();
    for (what, rules) in [
        ("sessions late", lags(&[6_000.0], &[])),
        ("objects late", lags(&[], &[1_024.0])),
        ("nothing late", lags(&[], &[0.0])),
    ] {
        told += &format!("{what}: {}\n", outcome(&run.look(WaitForReplication, rules).await));
    }
    expect![[r#"
        sessions late: not done yet: sessions are 6000 behind
        objects late: not done yet: objects to the target are 1024 behind
        nothing late: Done
    "#]]
    .assert_eq(&told);
    expect![[r#"
        us-east-1 GetMetricData ReplicationLatency
        us-east-2 GetMetricData BytesPendingReplication
        us-east-1 GetMetricData BytesPendingReplication
    "#]]
    .assert_eq(&run.asked());
}

#[tokio::test]
async fn the_target_is_looked_after() {
    let lost = Recorded::of(PlanKind::Failover).await;
    let moved = Recorded::of(PlanKind::Switchover).await;
    let quiet = |rings| {
        always_says(EAST_2, "DescribeAlarms", alarms(&[("payment-test-Errors", rings, true)]))
    };
    let counted = |points: &[f64]| always_says(EAST_2, METRICS, values(points));
    let follower = |points: &[f64]| always_says(EAST_1, METRICS, values(points));
    let mut told = String::new();
    for (what, (run, action), rules) in [
        ("served", (&lost, Stabilize), vec![quiet(false), counted(&[120.0])]),
        ("an alarm", (&lost, Stabilize), vec![quiet(true), counted(&[120.0])]),
        ("no request", (&lost, Stabilize), vec![quiet(false), counted(&[])]),
        ("the source follows", (&moved, SwapMonitoring), vec![quiet(false), follower(&[90.0])]),
        ("no lag yet", (&moved, SwapMonitoring), vec![quiet(false), follower(&[])]),
    ] {
        told += &format!("{what}: {}\n", outcome(&run.look(action, rules).await));
    }
    expect![[r#"
        served: Done, noted: us-east-2 payment-test-Errors OK
        an alarm: not done yet: these alarms ring: payment-test-Errors
        no request: not done yet: no request to the API is counted yet
        the source follows: Done, noted: us-east-2 payment-test-Errors OK
        no lag yet: not done yet: `us-east-1` has no values of lag yet
    "#]]
    .assert_eq(&told);
}
