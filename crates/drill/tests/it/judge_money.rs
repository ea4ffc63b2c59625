//! The judge about money: nothing acknowledged is lost, nothing moves twice, one outcome for a key,
//! and the books are whole.

use drill::{Violation, judge};
use expect_test::{Expect, expect};

use crate::history_table::read;

/// What the judge says of this table, one violation on a line.
#[track_caller]
pub(crate) fn check(table: &str, expected: Expect) {
    let (scenario, history) = read(table);
    let violations = judge(&scenario, &history).violations;
    let lines = violations.iter().map(|found| format!("{}: {found}\n", found.name()));
    expected.assert_eq(&lines.collect::<String>());
}

/// The table in which this happens is in one of these files.
#[test]
fn every_violation_has_its_table() {
    let tables = [
        include_str!("judge_money.rs"),
        include_str!("judge_permission.rs"),
        include_str!("judge_runs.rs"),
        include_str!("judge_service.rs"),
    ];
    for name in Violation::NAMES {
        let line = format!(" {name}: ");
        assert!(tables.iter().any(|text| text.contains(&line)), "no table has `{name}`");
    }
}

#[test]
fn a_payment_that_is_kept() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1",
        expect![[""]],
    );
}

#[test]
fn a_payment_that_is_missing_in_the_end() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         1.100  intent p1 k0 primary
         1.200  commit primary p1 1/1 posted open
         31.402 told r0 1 primary p1",
        expect![[r#"
            lost: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was acknowledged by us-east-1 at 31.402 s and is neither in the ledger nor in quarantine at the end
        "#]],
    );
}

#[test]
fn a_payment_in_quarantine_is_kept() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         1.100  intent p1 k0 primary
         1.200  commit primary p1 1/1 posted open
         1.300  told r0 1 primary p1
         intent p1 quarantined",
        expect![[""]],
    );
}

#[test]
fn what_a_promotion_lost_is_held_when_the_target_is_opened() {
    check(
        "expect may lose rows
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         9      gate primary closed
         10     failover R
         11     promoted standby lost p1
         11     raised standby 2
         12     held p1
         12     run R ended hold-missing 1 done
         13     record active 2/2 standby R failover primary passed
         14     released p1
         14     commit standby p1 2/2 succeeded run",
        expect![""],
    );
}

#[test]
fn what_a_promotion_lost_is_missing_when_the_target_is_opened() {
    check(
        "expect may lose rows
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         9      gate primary closed
         10     failover R
         11     promoted standby lost p1
         11     raised standby 2
         12     run R ended hold-missing 1 done
         13     record active 2/2 standby R failover primary passed
         14     commit standby p1 2/2 succeeded run",
        expect![[r#"
            lost: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was acknowledged by us-east-1 at 1.003 s and is neither in the ledger nor in quarantine when us-east-2 was opened at 13.000 s
            loss-unnamed: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was lost by the promotion of us-east-2 at 11.000 s and was not in quarantine when us-east-2 was opened at 13.000 s
        "#]],
    );
}

#[test]
fn what_the_old_writer_committed_after_the_promotion_is_missing() {
    check(
        "expect may lose rows
         0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         1      intent p1 k0 primary
         9      gate primary closed
         10     failover R
         11     promoted standby
         11     raised standby 2
         11     commit primary p1 1/1 posted closed
         12     run R ended hold-missing 1 done
         13     record active 2/2 standby R failover primary passed
         14     told r0 1 primary p1
         15     commit standby p1 2/2 posted open
         ledger p1 1234 posted",
        expect![[r#"
            lost: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was acknowledged by us-east-1 at 14.000 s and is neither in the ledger nor in quarantine of the Region that was open then
        "#]],
    );
}

#[test]
fn money_moves_once() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      moved p1 1234 standby",
        expect![[r#"
            moved-twice: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) moved money twice: called from us-east-1 at 1.004 s and from us-east-2 at 2.000 s; once is all that may be
        "#]],
    );
}

#[test]
fn one_key_moves_money_once() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      intent p2 k0 primary
         2      commit primary p2 1/1 posted open
         2      moved p2 1234 primary
         ledger p2 1234 succeeded
         intent p2 settled",
        expect![[r#"
            moved-for-one-key: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) moved money from us-east-1 at 1.004 s, and under the same idempotency key payment pay_00000000020000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) did from us-east-1 at 2.000 s; a key moves money once
        "#]],
    );
}

#[test]
fn every_movement_has_its_own_key_at_the_processor() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      intent p1 k0 primary
         1      commit primary p1 1/1 posted open
         1.500  moved p1 1234 primary under p7
         ledger p1 1234 succeeded",
        expect![[r#"
            other-processor-key: payment pay_00000000010000000000000000 of USD 12.34 moved money from us-east-1 at 1.500 s under the processor's key `pay_00000000070000000000000000`, and not under its own
        "#]],
    );
}

#[test]
fn refunds_give_back_what_was_taken_and_no_more() {
    check(
        "request r1 refunds r0 1000
         request r2 refunds r0 235
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      intent f2:p1 k1 primary
         2      commit primary f2:p1 1/1 posted open
         2      moved f2:p1 1000 primary
         3      intent f3:p1 k2 primary
         3      commit primary f3:p1 1/1 posted open
         3      moved f3:p1 235 primary
         ledger f2:p1 1000 succeeded
         ledger f3:p1 234 succeeded",
        expect![[r#"
            refunded-too-much: refund ref_00000000030000000000000000 of USD 2.34 was given back from us-east-1 at 3.000 s: 1235 minor units are given back of a payment that took 1234
            moved-unlike-books: refund ref_00000000030000000000000000 of USD 2.34 moved 235 minor units at the processor, called from us-east-1 at 3.000 s, and the ledger has it as succeeded with USD 2.34
        "#]],
    );
}

/// A refund of 1,000 is under way when another of 235 is asked for, and is declined in the end.
#[track_caller]
fn check_second_refund(second: &str, expected: Expect) {
    let table = format!(
        "request r1 refunds r0 1000
         request r2 refunds r0 235
         expect may lose rows
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      intent f2:p1 k1 primary
         2.200  commit primary f2:p1 1/1 posted open
         2.300  told r1 1 primary f2:p1
         3      intent f3:p1 k2 primary
         {second}
         6      commit primary f2:p1 1/1 declined open
         7      told r2 1 primary f3:p1
         ledger f2:p1 1000 declined
         ledger f3:p1 235 declined"
    );
    check(&table, expected);
}

#[test]
fn refunds_under_way_are_covered() {
    check_second_refund(
        "4 commit primary f3:p1 1/1 posted open",
        expect![[r#"
        books: the books are not whole: the refunds of pay_00000000010000000000000000 are more than the payment
    "#]],
    );
}

#[test]
fn a_refund_counts_while_it_may_be_paid_out() {
    check_second_refund("4 commit primary f3:p1 1/1 refused open", expect![[""]]);
    check_second_refund(
        "3.500 commit primary f2:p1 1/1 declined open
         4 commit primary f3:p1 1/1 posted open",
        expect![[""]],
    );
    check_second_refund(
        "3.500 commit primary f2:p1 1/1 quarantined open
         4 commit primary f3:p1 1/1 posted open",
        expect![[""]],
    );
}

#[test]
fn what_a_promotion_lost_is_not_counted() {
    check(
        "request r1 refunds r0 1000
         request r2 refunds r0 235
         expect may lose rows
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      intent f2:p1 k1 primary
         2.200  commit primary f2:p1 1/1 posted open
         2.300  told r1 1 primary f2:p1
         9      gate primary closed
         10     failover R
         11     promoted standby lost f2:p1
         11.1   raised standby 2
         11.2   held f2:p1
         11.3   commit primary f2:p1 1/1 posted closed
         12     record active 2 standby
         13     gate standby open 2
         14     intent f3:p1 k2 standby
         14.2   commit standby f3:p1 2/2 posted open
         14.3   told r2 1 standby f3:p1
         ledger f2:p1 1000 quarantined
         ledger f3:p1 235 declined",
        expect![[""]],
    );
}

#[test]
fn books_say_what_the_processor_did() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      pay r1 p2 primary 1
         3      pay r2 p3 primary 1
         4      pay r3 p4 primary 1
         5      intent p5 k5 primary
         5      commit primary p5 1/1 posted open
         6      intent p6 k6 primary
         6      moved p6 1234 primary
         7      intent p7 k7 primary
         ledger p1 1234 declined
         ledger p2 1234 unknown
         ledger p3 1234 quarantined
         ledger p5 1234 succeeded
         ledger p7 1234 declined",
        expect![[r#"
            moved-unlike-books: payment pay_00000000050000000000000000 of USD 12.34 moved no money at the processor, and the ledger has it as succeeded with USD 12.34
            moved-unlike-books: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) moved 1234 minor units at the processor, called from us-east-1 at 1.004 s, and the ledger has it as declined with USD 12.34
            moved-unlike-books: payment pay_00000000020000000000000000 of USD 12.34 (request 1 of client 1, key `k1`) moved 1234 minor units at the processor, called from us-east-1 at 2.004 s, and the ledger has it as unknown with USD 12.34
            moved-unlike-books: payment pay_00000000060000000000000000 moved 1234 minor units at the processor, called from us-east-1 at 6.000 s, and the ledger does not have it
        "#]],
    );
}

#[test]
fn what_was_acknowledged_is_carried_out() {
    check(
        "card r0 accepts
         card r1 declines
         card r3 accepts
         0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         1      intent p1 k0 primary
         1      commit primary p1 1/1 posted open
         1      told r0 1 primary p1
         2      sent r1 1 primary
         2      intent p2 k1 primary
         2      commit primary p2 1/1 posted open
         2      told r1 1 primary p2
         3      sent r2 1 primary
         3      intent p3 k2 primary
         3      commit primary p3 1/1 posted open
         3      told r2 1 primary p3
         4      pay r3 p4 primary 1
         ledger p1 1234 declined
         ledger p2 1234 declined
         ledger p3 1234 declined
         ledger p4 1234 succeeded",
        expect![[r#"
            not-carried-out: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was acknowledged by us-east-1 at 1.000 s, and the ledger has it as declined although its card accepts it; what was acknowledged is carried out
        "#]],
    );
}

#[test]
fn an_answer_of_the_processor_may_be_on_its_way() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         ledger p1 1234 processing
         left the outbox of the primary",
        expect![[r#"
            not-at-rest: at the end, 1.005 s, this was left to do: the outbox of the primary
        "#]],
    );
}

#[test]
fn a_key_has_one_outcome() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      pay r1 p2 primary 1
         3      told r0 1 primary p1
         4      told r0 2 standby p2
         5      told r1 2 standby refused
         6      told r1 2 standby refused
         7      sent r3 1 primary
         7      told r3 1 primary refused
         8      told r3 2 standby p2",
        expect![[r#"
            two-outcomes: payment of USD 12.34 (request 0 of client 0, key `k0`) was told `pay_00000000010000000000000000` by us-east-1 at 1.003 s and `pay_00000000020000000000000000` by us-east-2 at 4.000 s; a key has one outcome for ever
            two-outcomes: payment of USD 12.34 (request 1 of client 1, key `k1`) was told `pay_00000000020000000000000000` by us-east-1 at 2.003 s and a refusal by us-east-2 at 5.000 s; a key has one outcome for ever
            two-outcomes: payment of USD 12.34 (request 3 of client 3, key `k3`) was told a refusal by us-east-1 at 7.000 s and `pay_00000000020000000000000000` by us-east-2 at 8.000 s; a key has one outcome for ever
            shared-movement: payment pay_00000000020000000000000000 of USD 12.34 (request 1 of client 1, key `k1`) was also acknowledged to payment of USD 12.34 (request 0 of client 0, key `k0`) by us-east-2 at 4.000 s; every key has a movement of its own
            shared-movement: payment pay_00000000020000000000000000 of USD 12.34 (request 1 of client 1, key `k1`) was also acknowledged to payment of USD 12.34 (request 3 of client 3, key `k3`) by us-east-2 at 8.000 s; every key has a movement of its own
        "#]],
    );
}

#[test]
fn answers_that_ask_to_try_again_take_nothing_back() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      told r0 2 standby pending
         2      told r0 2 standby switching
         2      told r0 2 standby try-again
         2      told r0 2 standby silence
         2      told r0 2 standby no-connection
         2      told r0 3 standby p1",
        expect![[""]],
    );
}

#[test]
fn what_is_acknowledged_is_in_the_ledger_as_it_was_asked_for() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         request r0 wants 1200",
        expect![[r#"
            other-amount: payment pay_00000000010000000000000000 of USD 12.00 (request 0 of client 0, key `k0`) is in the ledger as USD 12.34
        "#]],
    );
}

#[test]
fn a_client_is_told_of_what_another_asked_for() {
    check(
        "request r2 refunds r0 500
         0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         1      sent r1 1 primary
         1      intent p1 k0 primary
         1      intent p2 k1 primary
         1      commit primary p1 1/1 posted open
         1      commit primary p2 1/1 posted open
         1.100  told r0 1 primary p2
         1.200  told r1 1 primary p1
         2      sent r2 1 primary
         2      intent f3:p1 k2 primary
         2      commit primary f3:p1 1/1 posted open
         2      told r2 1 primary f3:p1
         ledger p1 1234 declined
         ledger p2 1234 declined
         ledger f3:p1 500 declined",
        expect![[r#"
            other-keys-movement: payment pay_00000000020000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) is what the client was told of by us-east-1 at 1.100 s, and it is not what was asked for under that key
            other-keys-movement: payment pay_00000000010000000000000000 of USD 12.34 (request 1 of client 1, key `k1`) is what the client was told of by us-east-1 at 1.200 s, and it is not what was asked for under that key
            other-keys-movement: refund ref_00000000030000000000000000 of USD 5.00 (request 2 of client 2, key `k2`) is what the client was told of by us-east-1 at 2.000 s, and it is not what was asked for under that key
        "#]],
    );
}

#[test]
fn books_are_whole() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      pay r1 p2 primary 1
         3      pay r2 p3 primary 1
         ledger p1 books pending posted posted
         ledger p2 books posted
         ledger p3 books pending voided",
        expect![[r#"
            books: the books are not whole: the money of pay_00000000020000000000000000 is posted or voided and was not reserved
            books: the books are not whole: they say something else of pay_00000000020000000000000000 than its record does
            books: the books are not whole: they say something else of pay_00000000030000000000000000 than its record does
        "#]],
    );
}

#[test]
fn nothing_is_promised_before_it_is_kept() {
    check(
        "0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         1      commit primary p1 1/1 posted open
         1.100  intent p1 k0 primary
         1.200  told r0 1 primary p1
         2      sent r1 1 primary
         2      intent p2 k1 primary
         2.200  told r1 1 primary p2
         2.300  commit primary p2 1/1 posted open
         ledger p1 1234 declined
         ledger p2 1234 declined",
        expect![[r#"
            acknowledged-before-commit: payment pay_00000000020000000000000000 of USD 12.34 (request 1 of client 1, key `k1`) was acknowledged by us-east-1 at 2.200 s before any ledger had committed it
            committed-before-intent: payment pay_00000000010000000000000000 of USD 12.34 (request 0 of client 0, key `k0`) was committed in us-east-1 at 1.000 s before its intent was written
        "#]],
    );
}
