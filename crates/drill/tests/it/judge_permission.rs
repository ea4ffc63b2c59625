//! The judge about who may write: epochs, gates, the control record, and late commits.

use expect_test::expect;

use crate::judge_money::check;

#[test]
fn a_switchover_without_a_fault() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         10     record draining 2 primary R switchover primary ahead
         11     commit primary p1 1/1 succeeded closed
         12     gate primary closed
         12     run R planned switchover wait-for-fence
         12     run R ended wait-for-fence 1 done
         12     record draining 2 primary R switchover primary passed
         13     promoted standby
         13     raised standby 2
         14     record active 2 standby R switchover primary passed
         14     gate standby open 2
         15     record active 2 standby R switchover primary passed to standby
         15     record active 2 standby
         16     pay r1 p2 standby 2",
        expect![[""]],
    );
}

#[test]
fn an_epoch_belongs_to_one_region() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      commit standby p1 1/1 succeeded closed",
        expect![[r#"
            two-regions-under-one-epoch: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was committed in us-east-2 at 2.000 s under epoch 1, under which us-east-1 at 1.002 s had committed; an epoch belongs to one Region
        "#]],
    );
}

#[test]
fn a_commit_carries_the_epoch_of_the_row() {
    check(
        "0      record active 2 primary
         0      gate primary open 2
         1      intent p1 k0 primary
         1      commit primary p1 1/2 posted open
         2      commit primary p1 2/1 declined open
         ledger p1 1234 declined",
        expect![[r#"
            committed-under-other-epoch: payment pay_00000000010000000000000000 of USD 12.34 was committed in us-east-1 at 1.000 s under epoch 1 although the ledger's epoch row said 2; the ledger must refuse that
            committed-under-other-epoch: payment pay_00000000010000000000000000 of USD 12.34 was committed in us-east-1 at 2.000 s under epoch 2 although the ledger's epoch row said 1; the ledger must refuse that
        "#]],
    );
}

#[test]
fn a_process_commits_through_its_gate_after_the_point_of_no_return() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         10     record draining 2 primary R switchover primary ahead
         10     commit primary p1 1/1 succeeded open
         11     record draining 2 primary R switchover primary passed
         11     commit primary p1 1/1 succeeded closed
         12     commit primary p1 1/1 succeeded open
         13     gate primary closed",
        expect![[r#"
            committed-through-gate: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was committed in us-east-1 at 12.000 s through a gate that was open under epoch 1, and the control record did not let that Region write any more
            gate-without-permission: the gate of us-east-1 was open under epoch 1 from 11.000 s to 13.000 s although the control record did not let it write; it must be closed before the point of no return
        "#]],
    );
}

#[test]
fn the_old_region_acknowledges_what_it_committed_too_late() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         1      intent p1 k0 primary
         2      sent r1 1 primary
         2      intent p2 k1 primary
         3      commit primary p2 1/1 posted open
         9      gate primary closed
         10     failover R
         11     promoted standby
         11     raised standby 2
         11     held p1
         12     run R ended hold-missing 1 done
         13     record active 2/2 standby R failover primary passed
         14     commit primary p1 1/1 posted closed
         14     commit primary p2 1/1 processing closed
         15     told r0 1 primary p1
         16     told r1 1 primary p2
         17     commit standby p1 2/2 declined run
         ledger p1 1234 declined
         ledger p2 1234 declined",
        expect![[r#"
            acknowledged-after-handover: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was committed in us-east-1 at 14.000 s, after us-east-2 was opened at 13.000 s, and acknowledged by us-east-1 at 15.000 s; only what the open Region commits may be
        "#]],
    );
}

#[test]
fn what_was_held_before_the_target_was_opened_is_acknowledged_by_it() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         1      intent p1 k0 primary
         9      gate primary closed
         10     failover R
         11     promoted standby
         11     raised standby 2
         12     held p1
         12     commit standby p1 2/2 quarantined run
         12     run R ended hold-missing 1 done
         13     record active 2/2 standby R failover primary passed
         14     commit standby p1 2/2 declined run
         14     released p1
         15     told r0 1 standby p1
         ledger p1 1234 declined",
        expect![[""]],
    );
}

#[test]
fn a_gate_closes_before_the_point_of_no_return() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         10     record draining 2 primary R switchover primary ahead
         12     record draining 2 primary R switchover primary passed
         12.500 gate primary closed",
        expect![[r#"
            gate-without-permission: the gate of us-east-1 was open under epoch 1 from 12.000 s to 12.500 s although the control record did not let it write; it must be closed before the point of no return
        "#]],
    );
}

#[test]
fn a_gate_may_close_in_the_millisecond_of_the_point_of_no_return() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         10     record draining 2 primary R switchover primary ahead
         12     record draining 2 primary R switchover primary passed
         12     gate primary closed",
        expect![[""]],
    );
}

#[test]
fn a_gate_opens_without_permission() {
    check(
        "0      gate standby open 1
         0      record active 1 primary
         1      gate standby closed
         2      gate standby open 1
         end    3",
        expect![[r#"
            gate-without-permission: the gate of us-east-2 was open under epoch 1 from 0.000 s to 1.000 s although the control record did not let it write; it must be closed before the point of no return
            gate-without-permission: the gate of us-east-2 was open under epoch 1 from 2.000 s to 3.001 s although the control record did not let it write; it must be closed before the point of no return
        "#]],
    );
}

#[test]
fn two_gates_are_open_at_once() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         10     record draining 2 primary R switchover primary ahead
         12     record draining 2 primary R switchover primary passed
         13     promoted standby
         13     raised standby 2
         13     run R planned switchover wait-for-fence
         14     record active 2 standby R switchover primary passed
         14     gate standby open 2
         14.001 gate primary closed",
        expect![[r#"
            gate-without-permission: the gate of us-east-1 was open under epoch 1 from 12.000 s to 14.001 s although the control record did not let it write; it must be closed before the point of no return
            two-gates: the gates of both Regions were open from 14.000 s to 14.001 s; one is all that may be
            too-early: the database was promoted in us-east-2 at 13.000 s before `wait-for-fence` had ended
        "#]],
    );
}

#[test]
fn a_gate_may_close_in_the_millisecond_in_which_the_other_opens() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         10     record draining 2 primary R switchover primary ahead
         12     record active 2 primary R switchover primary ahead
         12     gate primary open 2
         13     record active 2 primary
         14     gate standby open 2
         14     gate standby closed",
        expect![[""]],
    );
}

#[test]
fn the_epoch_of_the_record_goes_up() {
    check(
        "0      record active 3 primary
         1      record active 2 primary
         2      record active 4 primary",
        expect![[r#"
            record-epoch-went-down: the epoch of the control record went down from 3 to 2 at 1.000 s; it only goes up
        "#]],
    );
}

#[test]
fn an_epoch_makes_one_region_active() {
    check(
        "0      record active 1 primary
         1      record active 1 standby
         2      record active 2 standby",
        expect![[r#"
            two-active: the control record made us-east-2 at 1.000 s active under epoch 1, under which us-east-1 at 0.000 s had been; an epoch belongs to one Region
        "#]],
    );
}

#[test]
fn the_epoch_row_of_a_ledger_goes_up() {
    check(
        "0      record active 1 primary
         1      raised primary 2
         2      raised standby 1
         3      raised primary 1",
        expect![[r#"
            row-epoch-went-down: the epoch row of the ledger in us-east-1 at 3.000 s went down from 2 to 1; it only goes up
        "#]],
    );
}
