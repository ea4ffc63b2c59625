//! Changes of roles, which take minutes and go through phases; and what becomes of each refusal.

use emulator::{Fault, Rule};
use expect_test::expect;
use runbook::ActionName::{DetachDatabase, PromoteDatabase, SwitchDatabase};
use runbook::PlanKind;

use super::answers::{Global, accepted, cluster};
use super::{EAST_1, EAST_2, Recorded, always_says, once, outcome, refuses};

const DESCRIBE: &str = "DescribeGlobalClusters";
const SWITCH: &str = "SwitchoverGlobalCluster";
const FAIL_OVER: &str = "FailoverGlobalCluster";
const DETACH: &str = "RemoveFromGlobalCluster";

/// The global database as these, one after the other; the last for good.
fn seen(region: &str, states: &[Global]) -> Vec<Rule> {
    let (last, first) = states.split_last().expect("there is one");
    let first = first.iter().map(|state| once(region, DESCRIBE, state.xml()));
    first.chain([always_says(region, DESCRIBE, last.xml())]).collect()
}

#[tokio::test]
async fn a_switchover_is_followed_through_its_phases() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let states = [
        Global::rests_with(EAST_1),
        // Accepted, and not to be seen yet.
        Global::rests_with(EAST_1),
        Global::moving(EAST_1, "pending", false),
        Global::moving(EAST_1, "switching-over", false),
        // The writer has moved, and the rest has not.
        Global::moving(EAST_2, "switching-over", false),
        Global::rests_with(EAST_2),
    ];
    let mut rules = seen(EAST_1, &states);
    rules.push(once(EAST_1, SWITCH, accepted(SWITCH)));
    assert_eq!(outcome(&run.attempt(SwitchDatabase, rules).await), "Done");
    expect![[r#"
        us-east-1 DescribeGlobalClusters GlobalClusterIdentifier=payment-global-test
        us-east-1 SwitchoverGlobalCluster GlobalClusterIdentifier=payment-global-test TargetDbClusterIdentifier=arn:aws:rds:us-east-2:123456789012:cluster:payment-test-us-east-2
        us-east-1 DescribeGlobalClusters GlobalClusterIdentifier=payment-global-test × 5
    "#]].assert_eq(&run.asked());
    // Whoever comes next finds it done, or under way, and asks for nothing.
    let found = [&states[5..], &states[3..]];
    for states in found {
        assert_eq!(outcome(&run.attempt(SwitchDatabase, seen(EAST_1, states)).await), "Done");
        assert!(!run.asked().contains(SWITCH), "{}", run.asked());
    }
}

#[tokio::test]
async fn a_switchover_that_is_cancelled_has_moved_nothing() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let mut rules = seen(
        EAST_1,
        &[
            Global::rests_with(EAST_1),
            Global::moving(EAST_1, "pending", false),
            Global::moving(EAST_1, "cancelling", false),
            Global::rests_with(EAST_1),
        ],
    );
    rules.push(once(EAST_1, SWITCH, accepted(SWITCH)));
    let attempt = run.attempt(SwitchDatabase, rules).await;
    expect!["refused, nothing-moved: the change of roles was cancelled"]
        .assert_eq(&outcome(&attempt));
}

/// Codes of the model, with words as the User Guide has them; and those of what is wrong with who asks.
const REFUSALS: [(u16, &str, &str); 8] = [
    (400, "InvalidGlobalClusterStateFault", "The global cluster is in an invalid state"),
    (400, "InvalidDBClusterStateFault", "The DB cluster is not in the available state"),
    (404, "GlobalClusterNotFoundFault", "The global cluster is not found"),
    (404, "DBClusterNotFoundFault", "The DB cluster is not found"),
    (400, "InvalidParameterValue", "The engine version of the target differs at the patch level"),
    (403, "AccessDenied", "ann is not authorized to perform this"),
    (403, "ExpiredToken", "The security token included in the request is expired"),
    (500, "InternalFailure", "An internal error has occurred"),
];

#[tokio::test]
async fn what_becomes_of_a_switchover_that_is_refused() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let mut told = String::new();
    for (status, code, message) in REFUSALS {
        let mut rules = seen(EAST_1, &[Global::rests_with(EAST_1)]);
        rules.push(refuses(SWITCH, status, code, message));
        told += &(outcome(&run.look(SwitchDatabase, rules).await) + "\n");
        assert_eq!(run.asked().matches(SWITCH).count(), 1, "{code} is asked for once");
    }
    expect![[r#"
        refused, nothing-moved: InvalidGlobalClusterStateFault (400): The global cluster is in an invalid state
        refused, nothing-moved: InvalidDBClusterStateFault (400): The DB cluster is not in the available state
        refused, nothing-moved: GlobalClusterNotFoundFault (404): The global cluster is not found
        refused, nothing-moved: DBClusterNotFoundFault (404): The DB cluster is not found
        refused, nothing-moved: InvalidParameterValue (400): The engine version of the target differs at the patch level
        refused, nothing-moved: AccessDenied (403): ann is not authorized to perform this
        not done yet: ExpiredToken (403): The security token included in the request is expired
        not done yet: InternalFailure (500): An internal error has occurred
    "#]].assert_eq(&told);
}

#[tokio::test]
async fn a_switchover_whose_answer_is_lost_is_not_asked_for_again() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let page = Fault::answers(200, "<html>of a proxy</html>");
    let wrongs = [Fault::Resets, Fault::FAILS, Fault::THROTTLES, Fault::IS_UNAVAILABLE, page];
    for wrong in wrongs {
        let states = [
            Global::rests_with(EAST_1),
            Global::moving(EAST_1, "pending", false),
            Global::moving(EAST_1, "switching-over", false),
            Global::rests_with(EAST_2),
        ];
        let mut rules = seen(EAST_1, &states);
        rules.push(Rule::all(wrong.clone()).operation(SWITCH));
        assert_eq!(outcome(&run.attempt(SwitchDatabase, rules).await), "Done", "{wrong:?}");
        assert_eq!(run.asked().matches(SWITCH).count(), 1, "{wrong:?}");
    }
}

#[tokio::test]
async fn a_failover_is_asked_of_the_region_that_is_promoted_and_followed() {
    let run = Recorded::of(PlanKind::Failover).await;
    let states = [
        Global::rests_with(EAST_1),
        Global::moving(EAST_1, "pending", true),
        Global::moving(EAST_1, "failing-over", true),
        Global::rests_with(EAST_2),
    ];
    let mut rules = seen(EAST_2, &states);
    rules.push(once(EAST_2, FAIL_OVER, accepted(FAIL_OVER)));
    assert_eq!(outcome(&run.attempt(PromoteDatabase, rules).await), "Done");
    expect![[r#"
        us-east-2 DescribeGlobalClusters GlobalClusterIdentifier=payment-global-test
        us-east-2 FailoverGlobalCluster AllowDataLoss=true GlobalClusterIdentifier=payment-global-test TargetDbClusterIdentifier=arn:aws:rds:us-east-2:123456789012:cluster:payment-test-us-east-2
        us-east-2 DescribeGlobalClusters GlobalClusterIdentifier=payment-global-test × 3
    "#]].assert_eq(&run.asked());
}

#[tokio::test]
async fn what_becomes_of_a_failover_that_is_refused() {
    let run = Recorded::of(PlanKind::Failover).await;
    let mut told = String::new();
    for (status, code, message) in REFUSALS {
        let mut rules = seen(EAST_2, &[Global::rests_with(EAST_1)]);
        rules.push(refuses(FAIL_OVER, status, code, message));
        told += &(outcome(&run.look(PromoteDatabase, rules).await) + "\n");
        assert_eq!(run.asked().matches(FAIL_OVER).count(), 1, "{code} is asked for once");
    }
    let alone = Global { members: &[("us-east-1", "connected")], ..Global::rests_with(EAST_1) };
    told += &(outcome(&run.look(PromoteDatabase, seen(EAST_2, &[alone])).await) + "\n");
    expect![[r#"
        not done yet: InvalidGlobalClusterStateFault (400): The global cluster is in an invalid state
        not done yet: InvalidDBClusterStateFault (400): The DB cluster is not in the available state
        refused, other: GlobalClusterNotFoundFault (404): The global cluster is not found
        refused, other: DBClusterNotFoundFault (404): The DB cluster is not found
        refused, versions: InvalidParameterValue (400): The engine version of the target differs at the patch level
        refused, other: AccessDenied (403): ann is not authorized to perform this
        not done yet: ExpiredToken (403): The security token included in the request is expired
        not done yet: InternalFailure (500): An internal error has occurred
        refused, other: `arn:aws:rds:us-east-2:123456789012:cluster:payment-test-us-east-2` is no member of `payment-global-test`
    "#]].assert_eq(&told);
}

#[tokio::test]
async fn a_cluster_is_taken_out_once_and_waited_for() {
    let run = Recorded::of(PlanKind::Failover).await;
    let alone = || Global { members: &[("us-east-1", "connected")], ..Global::rests_with(EAST_1) };
    let own = "payment-test-us-east-2";
    let states = [Global::rests_with(EAST_1), Global::rests_with(EAST_1), alone()];
    let mut rules = seen(EAST_2, &states);
    rules.extend([
        once(EAST_2, DETACH, accepted(DETACH)),
        once(EAST_2, "DescribeDBClusters", cluster(own, "promoting")),
        once(EAST_2, "DescribeDBClusters", cluster(own, "available")),
    ]);
    assert_eq!(outcome(&run.attempt(DetachDatabase, rules).await), "Done");
    expect![[r#"
        us-east-2 DescribeGlobalClusters GlobalClusterIdentifier=payment-global-test
        us-east-2 RemoveFromGlobalCluster DbClusterIdentifier=arn:aws:rds:us-east-2:123456789012:cluster:payment-test-us-east-2 GlobalClusterIdentifier=payment-global-test
        us-east-2 DescribeGlobalClusters GlobalClusterIdentifier=payment-global-test × 2
        us-east-2 DescribeDBClusters DBClusterIdentifier=payment-test-us-east-2
        us-east-2 DescribeGlobalClusters GlobalClusterIdentifier=payment-global-test
        us-east-2 DescribeDBClusters DBClusterIdentifier=payment-test-us-east-2
    "#]].assert_eq(&run.asked());
    // It is out already, as somebody else found just before; or there is no global database any more.
    for code in ["DBClusterNotFoundFault", "GlobalClusterNotFoundFault"] {
        let mut rules = seen(EAST_2, &[Global::rests_with(EAST_1), alone()]);
        rules.push(refuses(DETACH, 404, code, "not found"));
        rules.push(always_says(EAST_2, "DescribeDBClusters", cluster(own, "available")));
        assert_eq!(outcome(&run.attempt(DetachDatabase, rules).await), "Done", "{code}");
    }
    let refused = refuses(DETACH, 403, "AccessDenied", "not authorized");
    let rules = seen(EAST_2, &[Global::rests_with(EAST_1)]).into_iter().chain([refused]);
    expect!["refused, other: AccessDenied (403): not authorized"]
        .assert_eq(&outcome(&run.look(DetachDatabase, rules).await));
}

/// Something else is under way, such as a change of the cluster, and ends.
#[tokio::test]
async fn a_change_of_roles_is_asked_for_until_the_service_takes_it() {
    let busy = |operation| {
        refuses(operation, 400, "InvalidDBClusterStateFault", "it is modified").times(3)
    };
    for (kind, action, operation, asked) in [
        (PlanKind::Switchover, SwitchDatabase, SWITCH, EAST_1),
        (PlanKind::Failover, PromoteDatabase, FAIL_OVER, EAST_2),
    ] {
        let run = Recorded::of(kind).await;
        let mut states = vec![Global::rests_with(EAST_1); 4];
        states.push(Global::moving(EAST_1, "pending", false));
        states.push(Global::rests_with(EAST_2));
        let mut rules = seen(asked, &states);
        rules.extend([busy(operation), once(asked, operation, accepted(operation))]);
        assert_eq!(outcome(&run.attempt(action, rules).await), "Done", "{action}");
        assert_eq!(run.asked().matches(operation).count(), 4, "{}", run.asked());
    }
}

/// Whose request before this one was taken, though nobody heard: the refusal says no more than that.
#[tokio::test]
async fn a_refusal_while_roles_change_is_followed() {
    let run = Recorded::of(PlanKind::Switchover).await;
    let states = [
        Global::rests_with(EAST_1),
        Global::moving(EAST_1, "switching-over", false),
        Global::rests_with(EAST_2),
    ];
    let mut rules = seen(EAST_1, &states);
    rules.push(refuses(SWITCH, 400, "InvalidGlobalClusterStateFault", "it is switching over"));
    assert_eq!(outcome(&run.attempt(SwitchDatabase, rules).await), "Done");
    assert_eq!(run.asked().matches(SWITCH).count(), 1);
}
