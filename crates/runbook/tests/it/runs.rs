//! Runs in which nothing goes wrong, entry by entry.

use expect_test::{Expect, expect};
use runbook::{PlanKind, Stopped};

use crate::carry::{Life, carry, check_right, planned};

#[track_caller]
fn check(kind: PlanKind, told: Expect, state: Expect) {
    let lab = planned(kind);
    assert_eq!(carry(&lab, "n1", &Life::long()), Some(Stopped::Finished));
    check_right(&lab);
    told.assert_eq(&lab.told());
    state.assert_eq(&lab.state());
    assert_eq!(lab.inner().moves, 1);
}

#[test]
fn switchover() {
    check(
        PlanKind::Switchover,
        expect![[r#"
            0       ann plans a switchover
            0       n1 takes it
            0       n1 begins check-preconditions 1
            0       n1 ends check-preconditions 1: Done
            0       n1 begins begin-run 1
            0       n1 ends begin-run 1: Done
            0       n1 begins mute-alarms 1
            0       n1 ends mute-alarms 1: Done
            0       n1 begins stop-intake 1
            0       n1 ends stop-intake 1: Done
            0       n1 begins wait-for-fence 1
            12000   n1 ends wait-for-fence 1: Done
            12000   n1 begins drain-outbox 1
            12000   n1 ends drain-outbox 1: Done
            12000   n1 begins wait-for-replication 1
            12000   n1 ends wait-for-replication 1: Done
            12000   n1 begins record-tail 1
            12000   n1 ends record-tail 1: Tail(Tail { position: Some(70), movements: 7, faults: 0 })
            12000   n1 begins pass-point-of-no-return 1
            12000   n1 ends pass-point-of-no-return 1: Done
            12000   n1 begins switch-database 1
            12000   n1 ends switch-database 1: Done
            12000   n1 begins verify-database 1
            12000   n1 ends verify-database 1: Database(Tail { position: Some(70), movements: 7, faults: 0 })
            12000   n1 begins raise-epoch 1
            12000   n1 ends raise-epoch 1: Epoch(Epoch(2))
            12000   n1 begins open 1
            12000   n1 ends open 1: Done
            12000   n1 begins start-workers 1
            12000   n1 ends start-workers 1: Done
            12000   n1 begins try-payment 1
            12000   n1 ends try-payment 1: Done
            12000   n1 begins direct-traffic 1
            12000   n1 ends direct-traffic 1: Done
            12000   n1 begins confirm-traffic 1
            12000   n1 ends confirm-traffic 1: Done
            12000   n1 begins swap-monitoring 1
            12000   n1 ends swap-monitoring 1: Done
            12000   n1 begins write-report 1
            12000   n1 ends write-report 1: Done
            12000   n1 begins close 1
            12000   n1 ends close 1: Done
        "#]],
        expect!["epoch 2 ACTIVE west closed, traffic west, writer west in 2, workers west"],
    );
}

#[test]
fn failover() {
    check(
        PlanKind::Failover,
        expect![[r#"
            0       ann plans a failover
            0       n1 takes it
            0       n1 begins triage 1
            0       n1 ends triage 1: Done
            0       n1 begins snapshot-evidence 1
            0       n1 ends snapshot-evidence 1: Evidence(Evidence { lag_ms: Some(900), lag_at: None, intents_missing: Some(2), named: [], money: {} })
            0       bob approves approve-loss until 900000
            0       cyd approves approve-loss until 900000
            0       n1 begins approve-loss 1
            0       n1 ends approve-loss 1: Approved(2)
            0       n1 begins begin-run 1
            0       n1 ends begin-run 1: Done
            0       n1 begins stop-source 1
            0       n1 ends stop-source 1: Done
            0       n1 begins wait-for-fence 1
            12000   n1 ends wait-for-fence 1: Done
            12000   n1 begins pass-point-of-no-return 1
            12000   n1 ends pass-point-of-no-return 1: Done
            12000   n1 begins promote-database 1
            12000   n1 ends promote-database 1: Done
            12000   n1 begins verify-database 1
            12000   n1 ends verify-database 1: Database(Tail { position: Some(70), movements: 7, faults: 0 })
            12000   n1 begins raise-epoch 1
            12000   n1 ends raise-epoch 1: Epoch(Epoch(2))
            12000   n1 begins hold-missing 1
            12000   n1 ends hold-missing 1: Movements(2)
            12000   n1 begins open 1
            12000   n1 ends open 1: Done
            12000   n1 begins start-workers 1
            12000   n1 ends start-workers 1: Done
            12000   n1 begins try-payment 1
            12000   n1 ends try-payment 1: Done
            12000   n1 begins direct-traffic 1
            12000   n1 ends direct-traffic 1: Done
            12000   n1 begins confirm-traffic 1
            12000   n1 ends confirm-traffic 1: Done
            12000   n1 begins unmute-alarms 1
            12000   n1 ends unmute-alarms 1: Done
            12000   n1 begins ask-processor 1
            12000   n1 ends ask-processor 1: Movements(0)
            12000   n1 begins stabilize 1
            12000   n1 ends stabilize 1: Done
            12000   n1 begins write-report 1
            12000   n1 ends write-report 1: Done
            12000   n1 begins await-source 1
            12000   n1 ends await-source 1: Done
            12000   n1 begins hold-source 1
            12000   n1 ends hold-source 1: Done
            12000   n1 begins rescue-tail 1
            12000   n1 ends rescue-tail 1: Done
            12000   n1 begins settle-missing 1
            12000   n1 ends settle-missing 1: Movements(0)
            12000   n1 begins converge 1
            12000   n1 ends converge 1: Done
            12000   n1 begins restore-protection 1
            12000   n1 ends restore-protection 1: Done
            12000   n1 begins close 1
            12000   n1 ends close 1: Done
        "#]],
        expect!["epoch 2 ACTIVE west closed, traffic west, writer west in 2, workers west"],
    );
}

#[test]
fn failback() {
    let lab = planned(PlanKind::Failback);
    assert_eq!(carry(&lab, "n1", &Life::long()), Some(Stopped::Finished));
    check_right(&lab);
    expect!["epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east"]
        .assert_eq(&lab.state());
}
