//! The source has come back: its last data is found, kept and restored aside, once; and it follows again.

use emulator::{Fault, Rule};
use expect_test::expect;
use runbook::ActionName::{AwaitSource, DetachDatabase, HoldSource, RescueTail, RestoreProtection};
use runbook::{Observed, PlanKind};

use super::answers::{
    Global, cluster, copied, event_source, event_sources, restored, snapshot, snapshots,
};
use super::numbers::values;
use super::{EAST_1, EAST_2, Recorded, always_says, once, outcome, refuses};

const LIST: &str = "DescribeDBClusterSnapshots";
const COPY: &str = "CopyDBClusterSnapshot";
const RESTORE: &str = "RestoreDBClusterFromSnapshot";
const SOURCE: &str = "payment-test-us-east-1";
const COPIED: &str = "payment-test-dry-run-tail";

/// What a failover leaves, made at this time.
fn tail(time: &str) -> String {
    let day = time.replace(['-', ':', 'T', 'Z'], "");
    let name = format!("rds:unplanned-global-failover-{SOURCE}-{day}");
    snapshot(&name, "automated", "available", time)
}

fn daily(time: &str) -> String {
    snapshot(&format!("rds:{SOURCE}-{}", &time[..10]), "automated", "available", time)
}

fn of_copy(status: &str) -> String {
    snapshot(COPIED, "manual", status, "2026-03-01T13:00:00Z")
}

/// There is no copy of this name yet.
fn no_copy() -> Rule {
    refuses(LIST, 404, "DBClusterSnapshotNotFoundFault", "DBClusterSnapshot not found")
}

fn listed(all: &[String], marker: &str) -> Rule {
    once(EAST_1, LIST, snapshots(all, marker))
}

/// A listing of the copy alone.
fn copy_is(status: &str) -> Rule {
    listed(&[of_copy(status)], "")
}

/// The rest, from the copy on.
fn restores() -> [Rule; 2] {
    [
        always_says(EAST_1, "DescribeDBClusters", cluster(SOURCE, "available")),
        once(EAST_1, RESTORE, restored()),
    ]
}

#[tokio::test]
async fn the_last_data_is_copied_and_restored_aside() {
    let run = Recorded::of(PlanKind::Failover).await;
    // An earlier failover's is on the first page, and this one's on the second.
    let early = [daily("2026-02-28T03:30:00Z"), tail("2026-02-27T08:00:00Z")];
    let late = [tail("2026-03-01T12:40:00Z"), daily("2026-03-01T03:30:00Z")];
    let mut rules = vec![
        no_copy(),
        listed(&early, "page-2"),
        listed(&late, ""),
        once(EAST_1, COPY, copied(&of_copy("copying"))),
        copy_is("copying"),
        copy_is("available"),
    ];
    rules.extend(restores());
    let attempt = outcome(&run.attempt(RescueTail, rules).await);
    expect!["Done, noted: the cluster `payment-test-dry-run-tail` has no instance; to read it, type `aws rds create-db-instance --region us-east-1 --db-instance-identifier payment-test-dry-run-tail-1 --db-cluster-identifier payment-test-dry-run-tail --engine aurora-postgresql --db-instance-class db.r6g.large`, and delete both when nothing is left to be read"].assert_eq(&attempt);
    expect![[r#"
        us-east-1 DescribeDBClusterSnapshots DBClusterSnapshotIdentifier=payment-test-dry-run-tail
        us-east-1 DescribeDBClusterSnapshots DBClusterIdentifier=payment-test-us-east-1
        us-east-1 DescribeDBClusterSnapshots DBClusterIdentifier=payment-test-us-east-1 Marker=page-2
        us-east-1 CopyDBClusterSnapshot KmsKeyId=alias/payment-test-ledger SourceDBClusterSnapshotIdentifier=rds:unplanned-global-failover-payment-test-us-east-1-20260301124000 TargetDBClusterSnapshotIdentifier=payment-test-dry-run-tail
        us-east-1 DescribeDBClusterSnapshots DBClusterSnapshotIdentifier=payment-test-dry-run-tail × 2
        us-east-1 DescribeDBClusters DBClusterIdentifier=payment-test-us-east-1
        us-east-1 RestoreDBClusterFromSnapshot DBClusterIdentifier=payment-test-dry-run-tail DBSubnetGroupName=payment-test-isolated Engine=aurora-postgresql EngineVersion=17.7 SnapshotIdentifier=payment-test-dry-run-tail VpcSecurityGroupIds.VpcSecurityGroupId.1=sg-0a1b2c3d4e5f60718
    "#]].assert_eq(&run.asked());
}

#[tokio::test]
async fn an_earlier_failovers_data_is_not_taken_for_this_ones() {
    let run = Recorded::of(PlanKind::Failover).await;
    let before = [tail("2026-02-27T08:00:00Z"), daily("2026-03-01T12:40:00Z")];
    let attempt = run.look(RescueTail, [no_copy(), listed(&before, "")]).await;
    expect!["not done yet: the failover has left no snapshot of the source yet"]
        .assert_eq(&outcome(&attempt));
    assert!(!run.asked().contains(COPY), "{}", run.asked());
}

#[tokio::test]
async fn what_is_copied_or_restored_already_is_not_again() {
    let run = Recorded::of(PlanKind::Failover).await;
    let after = [tail("2026-03-01T12:40:00Z")];
    let there = refuses(COPY, 400, "DBClusterSnapshotAlreadyExistsFault", "it exists");
    let restored = refuses(RESTORE, 400, "DBClusterAlreadyExistsFault", "it exists");
    let mut rules = vec![no_copy(), listed(&after, ""), there, copy_is("available"), restored];
    rules.extend(restores());
    assert!(run.attempt(RescueTail, rules).await.is_ok());
    assert_eq!(run.asked().matches(RESTORE).count(), 1);

    // The answer to the copy was lost. The next attempt finds it.
    let lost = Rule::all(Fault::Resets).operation(COPY);
    let attempt = run.look(RescueTail, [no_copy(), listed(&after, ""), lost]).await;
    assert!(outcome(&attempt).starts_with("not done yet"), "{attempt:?}");
    let mut rules = vec![copy_is("copying"), copy_is("available")];
    rules.extend(restores());
    assert!(run.attempt(RescueTail, rules).await.is_ok());
    assert!(!run.asked().contains(COPY), "{}", run.asked());
}

#[tokio::test]
async fn what_becomes_of_a_rescue_that_is_refused() {
    let run = Recorded::of(PlanKind::Failover).await;
    let mut told = String::new();
    for (operation, status, code) in [
        (COPY, 404, "DBClusterSnapshotNotFoundFault"),
        (COPY, 400, "InvalidDBClusterSnapshotStateFault"),
        (COPY, 400, "SnapshotQuotaExceeded"),
        (COPY, 400, "KMSKeyNotAccessibleFault"),
        (RESTORE, 403, "InsufficientDBClusterCapacityFault"),
        (RESTORE, 403, "DBClusterQuotaExceededFault"),
        (RESTORE, 403, "AccessDenied"),
    ] {
        let mut rules = vec![
            refuses(operation, status, code, "words"),
            no_copy(),
            listed(&[tail("2026-03-01T12:40:00Z")], ""),
            once(EAST_1, COPY, copied(&of_copy("available"))),
            copy_is("available"),
        ];
        rules.extend(restores());
        told += &format!("{operation}: {}\n", outcome(&run.look(RescueTail, rules).await));
    }
    expect![[r#"
        CopyDBClusterSnapshot: refused, other: DBClusterSnapshotNotFoundFault (404): words
        CopyDBClusterSnapshot: not done yet: InvalidDBClusterSnapshotStateFault (400): words
        CopyDBClusterSnapshot: refused, other: SnapshotQuotaExceeded (400): words
        CopyDBClusterSnapshot: refused, other: KMSKeyNotAccessibleFault (400): words
        RestoreDBClusterFromSnapshot: not done yet: InsufficientDBClusterCapacityFault (403): words
        RestoreDBClusterFromSnapshot: refused, other: DBClusterQuotaExceededFault (403): words
        RestoreDBClusterFromSnapshot: refused, other: AccessDenied (403): words
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn a_source_that_comes_back_may_say_anything_for_a_while() {
    let run = Recorded::of(PlanKind::Failover).await;
    let describes = "DescribeDBClusters";
    let health = |status: u16| Rule::all(Fault::answers(status, "{}")).operation("GET /health");
    let rules = [
        Rule::all(Fault::IS_UNAVAILABLE).operation(describes).times(1),
        refuses(describes, 404, "DBClusterNotFoundFault", "not found"),
        refuses(describes, 403, "AccessDenied", "not authorized"),
        always_says(EAST_1, describes, cluster(SOURCE, "creating")),
        health(503).times(2),
        // The stage was throttled to nothing.
        health(429),
    ];
    assert_eq!(outcome(&run.attempt(AwaitSource, rules).await), "Done");
    let counted = run.asked().matches(describes).count();
    assert!(counted > 0, "{}", run.asked());
}

#[tokio::test]
async fn a_source_that_takes_payments_is_not_held() {
    let run = Recorded::of(PlanKind::Failover).await;
    let rules = |ready: u16| {
        [
            once(EAST_1, "GET /2015-03-31/event-source-mappings", event_sources("Enabled")),
            once(EAST_1, "PUT /2015-03-31/event-source-mappings", event_source("Disabling")),
            once(EAST_1, "GET /2015-03-31/event-source-mappings", event_sources("Disabling")),
            always_says(EAST_1, "GET /2015-03-31/event-source-mappings", event_sources("Disabled")),
            Rule::all(Fault::answers(ready, "{}")).operation("GET /health/ready"),
        ]
    };
    assert_eq!(outcome(&run.attempt(HoldSource, rules(503)).await), "Done");
    expect![[r#"
        us-east-1 GET /2015-03-31/event-source-mappings
        us-east-1 PUT /2015-03-31/event-source-mappings/14e0db71-xmpl-4eb5-b481-8945cf9d10c2 {"Enabled":false}
        us-east-1 GET /2015-03-31/event-source-mappings × 2
         GET /health/ready
    "#]].assert_eq(&run.asked());
    expect!["not done yet: the source says that it takes payments"]
        .assert_eq(&outcome(&run.attempt(HoldSource, rules(200)).await));
}

#[tokio::test]
async fn protection_is_back_when_the_source_follows_and_measures_it() {
    let run = Recorded::of(PlanKind::Failover).await;
    let members = |synchronization: &'static str| {
        let members: &'static [_] = match synchronization {
            "connected" => &[("us-east-1", "connected"), ("us-east-2", "connected")],
            _ => &[("us-east-1", "pending-resync"), ("us-east-2", "connected")],
        };
        Global { members, ..Global::rests_with(EAST_2) }.xml()
    };
    let follows = always_says(EAST_2, "DescribeGlobalClusters", members("connected"));
    let lag = |points: &[f64]| always_says(EAST_1, "GetMetricData", values(points));
    let cases = [
        vec![once(EAST_2, "DescribeGlobalClusters", members("pending-resync")), lag(&[40.0])],
        vec![follows.clone(), lag(&[])],
    ];
    let mut told = String::new();
    for rules in cases {
        told += &(outcome(&run.look(RestoreProtection, rules).await) + "\n");
    }
    let concurrency = |name: &str, number: u32| {
        let path = format!("GET /2019-09-30/functions/{name}-test/concurrency");
        always_says(EAST_1, &path, format!(r#"{{"ReservedConcurrentExecutions": {number}}}"#))
    };
    let stage =
        r#"{"methodSettings": {"*/*": {"throttlingRateLimit": 0.0, "throttlingBurstLimit": 0}}}"#;
    let rules = [
        once(EAST_2, "DescribeGlobalClusters", members("pending-resync")),
        follows,
        lag(&[40.0]),
        concurrency("validation", 0),
        concurrency("notification", 5),
        always_says(EAST_1, "PUT /2017-10-31/functions", r#"{"ReservedConcurrentExecutions": 40}"#),
        always_says(EAST_1, "GET /restapis/a1b2c3/stages/prod", stage),
        always_says(EAST_1, "PATCH /restapis/a1b2c3/stages/prod", "{}"),
        always_says(
            EAST_1,
            "GET /restapis",
            r#"{"item": [{"id": "a1b2c3", "name": "payment-api-test"}]}"#,
        ),
    ];
    told += &(outcome(&run.attempt(RestoreProtection, rules).await) + "\n");
    expect![[r#"
        not done yet: the source's cluster does not follow yet
        not done yet: the source's cluster measures no lag yet
        Done
    "#]]
    .assert_eq(&told);
    let asked = run.asked();
    let changes = asked.lines().filter(|line| line.contains("PUT ") || line.contains("PATCH "));
    expect![[r#"
        us-east-1 PUT /2017-10-31/functions/validation-test/concurrency {"ReservedConcurrentExecutions":40}
        us-east-1 PATCH /restapis/a1b2c3/stages/prod {"patchOperations":[{"op":"replace","path":"/*/*/throttling/rateLimit","value":"1000"},{"op":"replace","path":"/*/*/throttling/burstLimit","value":"500"}]}
    "#]].assert_eq(&changes.map(|line| format!("{line}\n")).collect::<String>());
}

/// A cluster that was taken out leaves no snapshot of the other, and nothing that could follow it.
#[tokio::test]
async fn a_failover_that_detached_can_be_finished() {
    let run = Recorded::of(PlanKind::Failover).await;
    run.noted(DetachDatabase, Ok(Observed::Done)).await;
    let mut told = format!("{}\n", outcome(&run.attempt(RescueTail, []).await));
    assert_eq!(run.asked(), "");
    let concurrency = |name: &str, number: u32| {
        let path = format!("GET /2019-09-30/functions/{name}-test/concurrency");
        always_says(EAST_1, &path, format!(r#"{{"ReservedConcurrentExecutions": {number}}}"#))
    };
    let stage = r#"{"methodSettings": {"*/*": {"throttlingRateLimit": 1000.0, "throttlingBurstLimit": 500}}}"#;
    let rules = [
        refuses("DescribeGlobalClusters", 404, "GlobalClusterNotFoundFault", "not found"),
        concurrency("validation", 40),
        concurrency("notification", 5),
        always_says(EAST_1, "GET /restapis/a1b2c3/stages/prod", stage),
        always_says(
            EAST_1,
            "GET /restapis",
            r#"{"item": [{"id": "a1b2c3", "name": "payment-api-test"}]}"#,
        ),
    ];
    told += &format!("{}\n", outcome(&run.attempt(RestoreProtection, rules).await));
    expect![[r#"
        Done, noted: the cluster of us-east-2 left the global database, so that the last data of us-east-1 stay where they are, in `payment-test-us-east-1`: read there what us-east-2 has not before anybody deletes it
        Done, noted: us-east-2 has no standby, because its cluster left the global database: delete what is left of `payment-global-test` and, when it is read out, the old cluster of us-east-1; make a global database `payment-global-test` of the cluster of us-east-2 (`aws rds create-global-cluster --source-db-cluster-identifier`), and deploy, which adds us-east-1
    "#]].assert_eq(&told);
}
