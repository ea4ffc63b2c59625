//! The judge about runs: approvals, journals, the order of actions and effects, and what is lost.

use expect_test::expect;

use crate::judge_money::check;

#[test]
fn a_failover_with_all_its_actions() {
    check(
        "expect may lose rows
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         5      gate primary closed
         6      run R starts
         6      run R planned failover approve-loss*2,begin-run,stop-source?,wait-for-fence,\
pass-point-of-no-return,promote-database,detach-database|promote-database,raise-epoch,hold-missing,open
         6      run R took
         6      run R approved approve-loss ann 60
         7      run R approved approve-loss bob 60
         8      run R began begin-run 1 at 8
         8      record fenced 2 - R failover primary ahead
         8      run R ended begin-run 1 done
         8      run R began stop-source 1
         8      run R performed stop-source
         9      run R ended stop-source 1 timed-out
         9      run R began wait-for-fence 1
         9      run R ended wait-for-fence 1 done
         9      run R began pass-point-of-no-return 1
         9      record fenced 2 - R failover primary passed
         9      run R ended pass-point-of-no-return 1 done
         10     run R began promote-database 1
         10     run R ended promote-database 1 timed-out
         11     promoted standby lost p1
         11     run R performed promote-database
         11     run R dies
         12     run R starts
         12     run R took
         12     run R began promote-database 2
         12     run R performed promote-database
         12     run R ended promote-database 2 done
         13     run R began raise-epoch 1
         13     raised standby 2
         13     run R performed raise-epoch
         13     run R ended raise-epoch 1 done
         14     run R began hold-missing 1
         14     held p1
         14     run R performed hold-missing
         14     run R ended hold-missing 1 done
         15     run R began open 1
         15     record active 2/2 standby R failover primary passed
         15     run R ended open 1 done
         16     commit standby p1 2/2 succeeded run",
        expect![[""]],
    );
}

#[test]
fn a_loss_that_too_few_approved() {
    check(
        "0      record active 1 primary
         1      run R planned failover approve-loss*2,begin-run
         2      run R approved approve-loss ann 60
         3      run R approved approve-loss ann 90
         4      run R began begin-run 1 at 4
         4      record fenced 2 - R failover primary ahead",
        expect![[r#"
            loss-not-approved: the failover R began at 4.000 s with the approval of 0 of 2 people
            out-of-order: `begin-run` of run R began at 4.000 s and `approve-loss`, which the plan puts before it, was not over
        "#]],
    );
}

#[test]
fn a_loss_whose_approval_had_expired() {
    check(
        "0      record active 1 primary
         1      run R planned failover approve-loss*2,begin-run
         2      run R approved approve-loss ann 60
         3      run R approved approve-loss bob 90
         4      run R began begin-run 1 at 60
         4      record fenced 2 - R failover primary ahead",
        expect![[r#"
            loss-not-approved: the failover R began at 4.000 s with the approval of 0 of 2 people
        "#]],
    );
}

#[test]
fn a_failover_that_nobody_planned() {
    check(
        "0      record active 1 primary
         4      record fenced 2 - R failover primary ahead",
        expect![[r#"
            loss-not-approved: the failover R began at 4.000 s with the approval of 0 of 1 people
        "#]],
    );
}

#[test]
fn a_switchover_asks_nobody_about_a_loss() {
    check(
        "0      record active 1 primary
         1      run R planned switchover begin-run
         4      run R began begin-run 1
         4      record draining 2 primary R switchover primary ahead",
        expect![[""]],
    );
}

#[test]
fn an_effect_is_journaled_before() {
    check(
        "0      record active 1 primary
         1      run R planned switchover mute-alarms,stop-intake
         2      run R performed mute-alarms
         3      run R began mute-alarms 1
         3      run R ended mute-alarms 1 done
         4      run R performed mute-alarms",
        expect![[r#"
            effect-before-journal: `mute-alarms` of run R had an effect at 2.000 s while its journal had no attempt of it that was under way
            effect-before-journal: `mute-alarms` of run R had an effect at 4.000 s while its journal had no attempt of it that was under way
        "#]],
    );
}

#[test]
fn an_effect_may_come_late_when_nobody_knows_what_came_of_it() {
    check(
        "0      record active 1 primary
         1      run R planned switchover mute-alarms,stop-intake
         2      run R began mute-alarms 1
         2      run R ended mute-alarms 1 try-again
         3      run R performed mute-alarms
         4      run R began mute-alarms 2
         5      run R began mute-alarms 3
         5      run R ended mute-alarms 3 done
         6      run R performed mute-alarms",
        expect![[""]],
    );
}

#[test]
fn actions_keep_the_order_of_the_plan() {
    check(
        "0      record active 1 primary
         1      run R planned switchover mute-alarms?,stop-intake,drain-outbox,record-tail
         2      run R began stop-intake 1
         3      run R ended stop-intake 1 refused
         4      run R began drain-outbox 1
         5      run R skipped stop-intake
         5      run R began drain-outbox 2
         6      run R began write-report 1",
        expect![[r#"
            out-of-order: `stop-intake` of run R began at 2.000 s and `mute-alarms`, which the plan puts before it, was not over
            out-of-order: `drain-outbox` of run R began at 4.000 s and `mute-alarms`, which the plan puts before it, was not over
            out-of-order: `drain-outbox` of run R began at 5.000 s and `mute-alarms`, which the plan puts before it, was not over
            out-of-order: `write-report` of run R began at 6.000 s and is not in its plan
        "#]],
    );
}

#[test]
fn the_way_back_has_an_order_too() {
    check(
        "0      record active 1 primary
         1      run R planned switchover mute-alarms,stop-intake back confirm-writer,abort
         2      run R began mute-alarms 1
         3      run R aborted
         4      run R began abort 1
         5      run R began stop-intake 1",
        expect![[r#"
            out-of-order: `abort` of run R began at 4.000 s and `confirm-writer`, which the plan puts before it, was not over
            out-of-order: `stop-intake` of run R began at 5.000 s and is not in its plan
        "#]],
    );
}

#[test]
fn the_way_back_of_a_run_that_never_began() {
    check(
        "0      record active 1 primary
         1      run R planned switchover begin-run,raise-epoch back abort~,raise-epoch~,write-report
         2      run R began begin-run 1
         2      run R took
         3      run R began begin-run 2
         3      run R ended begin-run 2 refused
         3      run R aborted
         4      run R began write-report 1",
        expect![[""]],
    );
}

#[test]
fn the_way_back_has_attempts_of_its_own() {
    check(
        "0      record active 1 primary
         1      run R planned switchover begin-run,raise-epoch back abort~,raise-epoch~,write-report
         2      run R began begin-run 1
         2      run R ended begin-run 1 try-again
         4      run R aborted
         5      run R began abort 1
         6      run R ended abort 1 done
         7      run R began write-report 1",
        expect![[r#"
            out-of-order: `write-report` of run R began at 7.000 s and `raise-epoch`, which the plan puts before it, was not over
        "#]],
    );
}

#[test]
fn a_detachment_is_due_when_promoting_was_refused_for_versions() {
    check(
        "0      record active 1 primary
         1      run R planned switchover promote-database,detach-database|promote-database,open
         2      run R began promote-database 1
         3      run R ended promote-database 1 versions
         4      run R began open 1
         5      run R began detach-database 1
         6      run R ended detach-database 1 done
         7      run R began open 2",
        expect![[r#"
            out-of-order: `open` of run R began at 4.000 s and `detach-database`, which the plan puts before it, was not over
        "#]],
    );
}

#[test]
fn a_journal_has_no_gaps_and_no_doubles() {
    check(
        "0      record active 1 primary
         1      run R planned switchover mute-alarms
         2      run R #2 took
         3      run R #2 took
         4      run R #3 took
         5      run S #1 took",
        expect![[r#"
            journal-gap: the journal of run R got entry 2 at 2.000 s where 1 was due
            journal-gap: the journal of run R got entry 2 at 3.000 s where 3 was due
            journal-gap: the journal of run S got entry 1 at 5.000 s where 0 was due
        "#]],
    );
}

#[test]
fn a_database_is_promoted_in_its_time() {
    check(
        "0      record active 1 primary
         1      promoted standby
         2      run R planned switchover wait-for-fence
         2      record draining 2 primary R switchover primary ahead
         3      promoted standby
         4      record draining 2 primary R switchover primary passed
         5      promoted standby
         6      run R ended wait-for-fence 1 done
         7      promoted standby
         8      promoted primary",
        expect![[r#"
            too-early: the database was promoted in us-east-2 at 1.000 s and no open run has that target
            too-early: the database was promoted in us-east-2 at 3.000 s before the run's point of no return
            too-early: the database was promoted in us-east-2 at 5.000 s before `wait-for-fence` had ended
            too-early: the database was promoted in us-east-1 at 8.000 s and no open run has that target
        "#]],
    );
}

#[test]
fn a_region_is_opened_in_its_time() {
    check(
        "0      record active 1 primary
         1      failover R
         2      record active 2/2 standby R failover primary passed
         3      record active 2/2 standby R failover primary passed to standby",
        expect![[r#"
            too-early: us-east-2 was opened at 2.000 s and its database had not been promoted
        "#]],
    );
    check(
        "0      record active 1 primary
         1      failover R
         4      promoted standby
         5      record active 2/2 standby R failover primary passed",
        expect![[r#"
            too-early: us-east-2 was opened at 5.000 s and its ledger's epoch row had not been raised
        "#]],
    );
    check(
        "0      record active 1 primary
         1      failover R
         4      promoted standby
         5      raised standby 2
         6      record active 2/2 standby R failover primary passed",
        expect![[r#"
            too-early: us-east-2 was opened at 6.000 s by a failover before `hold-missing` had ended
        "#]],
    );
}

#[test]
fn traffic_follows_the_record() {
    check(
        "0      dns primary
         0      record active 1 primary
         1      dns standby
         2      dns primary
         3      record active 2 standby
         33     dns standby
         34     record active 3 primary
         64     dns standby
         64.001 dns standby
         65     dns primary",
        expect![[r#"
            too-early: DNS led to us-east-2 at 1.000 s, and the control record did not send traffic there
            too-early: DNS led to us-east-2 at 64.001 s, and the control record did not send traffic there
        "#]],
    );
}

#[test]
fn a_failover_notes_that_something_may_be_lost() {
    check(
        "0      record active 1 primary
         1      failover R
         2      promoted standby
         2      raised standby 2
         2      run R ended hold-missing 1 done
         3      record active 2 standby R failover primary passed
         4      record active 2 standby",
        expect![[r#"
            loss-not-noted: us-east-2 was opened at 3.000 s by a failover under epoch 2, and the control record says that nothing is lost since epoch 1; it must be 2
        "#]],
    );
}

#[test]
fn a_loss_is_named_before_the_target_is_opened() {
    check(
        "expect may lose rows
         0      record active 1 primary
         0      gate primary open 1
         1      intent p1 k1 primary
         1      intent p2 k2 primary
         1      intent p3 k3 primary
         1      intent p4 k4 primary
         2      commit primary p1 1/1 posted open
         2      commit primary p2 1/1 posted open
         2      commit primary p3 1/1 posted open
         2      commit primary p4 1/1 refused open
         9      gate primary closed
         10     failover R
         11     promoted standby lost p1 p2 p3 p4
         11     raised standby 2
         12     held p1
         12     commit standby p2 2/2 quarantined run
         12     run R ended hold-missing 1 done
         13     record active 2/2 standby R failover primary passed",
        expect![[r#"
            loss-unnamed: payment pay_00000000030000000000000000 was lost by the promotion of us-east-2 at 11.000 s and was not in quarantine when us-east-2 was opened at 13.000 s
        "#]],
    );
}

#[test]
fn a_switchover_loses_nothing_even_where_a_failover_may() {
    let switchover = "0      record active 1 primary
         0      gate primary open 1
         1      intent p1 k1 primary
         2      commit primary p1 1/1 posted open
         9      gate primary closed
         10     run R planned switchover wait-for-fence
         10     record draining 2 primary R switchover primary passed
         10     run R ended wait-for-fence 1 done
         11     promoted standby lost p1
         11     held p1
         11     raised standby 2
         13     record active 2 standby R switchover primary passed";
    let expected = expect![[r#"
        rows-lost: the switchover lost what was committed with the promotion of us-east-2 at 11.000 s: 1 in all, among them payment pay_00000000010000000000000000; nothing was to be lost
    "#]];
    check(&format!("expect may lose rows\n{switchover}"), expected);
}

#[test]
fn a_failover_loses_nothing_where_the_scenario_says_so() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      intent p1 k1 primary
         2      commit primary p1 1/1 posted open
         9      gate primary closed
         10     failover R
         11     promoted standby lost p1
         11     held p1",
        expect![[r#"
            rows-lost: the failover lost what was committed with the promotion of us-east-2 at 11.000 s: 1 in all, among them payment pay_00000000010000000000000000; nothing was to be lost
        "#]],
    );
}
