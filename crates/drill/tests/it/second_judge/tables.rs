//! The second judge on histories written by hand.

use drill::to_json;
use expect_test::{Expect, expect};

use super::faults;
use crate::history_table::read;

#[track_caller]
fn check(table: &str, expected: Expect) {
    let (_, history) = read(table);
    let lines = faults(&to_json(&history)).into_iter().map(|fault| fault + "\n");
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn a_payment_and_its_refund() {
    check(
        "request r1 refunds r0 1000
         0      record active 1 primary
         1      pay r0 p1 primary 1
         2      sent r1 1 primary
         2      intent f2:p1 k1 primary
         2      commit primary f2:p1 1/1 posted open
         2      told r1 1 primary f2:p1
         2      moved f2:p1 1000 primary
         ledger f2:p1 1000 succeeded",
        expect![[""]],
    );
}

#[test]
fn silence_may_have_done_something_or_nothing() {
    check(
        "0      record active 1 primary
         1      sent r0 1 primary
         2      intent p1 k0 primary
         3      told r0 1 primary silence
         4      sent r1 1 primary
         5      told r1 1 primary silence
         6      moved p1 1234 primary
         ledger p1 1234 succeeded",
        expect![[""]],
    );
}

#[test]
fn a_key_with_two_movements() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         2      sent r0 2 standby
         3      told r0 2 standby p2
         ledger p2 1234 declined",
        expect![[r#"
            key omfnclhnlgpcjpngjppkbehanbclfahihcjceilinbeebllkpkcgepgdafkdlieg: told pay_00000000010000000000000000, told pay_00000000020000000000000000, moved money for pay_00000000010000000000000000, pay_00000000010000000000000000 in the end
        "#]],
    );
}

#[test]
fn an_acknowledgement_that_is_taken_back() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         2      sent r0 2 standby
         3      told r0 2 standby refused",
        expect![[r#"
            key omfnclhnlgpcjpngjppkbehanbclfahihcjceilinbeebllkpkcgepgdafkdlieg: told pay_00000000010000000000000000, refused, moved money for pay_00000000010000000000000000, pay_00000000010000000000000000 in the end
        "#]],
    );
}

#[test]
fn two_tries_at_once_hear_the_same_in_any_order() {
    check(
        "0      record active 1 primary
         1      sent r0 1 primary
         1      sent r0 2 primary
         1      intent p1 k0 primary
         2      moved p1 1234 primary
         3      told r0 2 primary p1
         4      told r0 1 primary p1
         ledger p1 1234 succeeded",
        expect![[""]],
    );
}

#[test]
fn a_payment_that_is_lost() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         ledger p1 none",
        expect![[r#"
            key omfnclhnlgpcjpngjppkbehanbclfahihcjceilinbeebllkpkcgepgdafkdlieg: told pay_00000000010000000000000000, moved money for pay_00000000010000000000000000, nothing in the end
            account acc_00000000000000000000000000: +1234, the books say 0
        "#]],
    );
}

#[test]
fn a_payment_that_is_held() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         ledger p1 none
         intent p1 quarantined",
        expect![[""]],
    );
}

#[test]
fn money_that_moves_twice() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         2      moved p1 1234 standby",
        expect![[r#"
            key omfnclhnlgpcjpngjppkbehanbclfahihcjceilinbeebllkpkcgepgdafkdlieg: told pay_00000000010000000000000000, moved money for pay_00000000010000000000000000, moved money for pay_00000000010000000000000000, pay_00000000010000000000000000 in the end
            account acc_00000000000000000000000000: +1234, +1234, the books say 1234
        "#]],
    );
}

#[test]
fn money_that_moves_for_two_movements_of_a_key() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         2      intent p2 k0 primary
         3      moved p2 1234 primary
         ledger p2 1234 succeeded
         intent p2 settled",
        expect![[r#"
            key omfnclhnlgpcjpngjppkbehanbclfahihcjceilinbeebllkpkcgepgdafkdlieg: told pay_00000000010000000000000000, moved money for pay_00000000010000000000000000, moved money for pay_00000000020000000000000000, pay_00000000010000000000000000 and pay_00000000020000000000000000 in the end
        "#]],
    );
}

#[test]
fn a_refund_of_more_than_was_taken() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         2      intent f2:p1 k1 primary
         3      moved f2:p1 1235 primary
         ledger f2:p1 1235 succeeded",
        expect![[r#"
            account acc_00000000000000000000000000: +1234, -1235, the books say -1
            payment pay_00000000010000000000000000: +1234, -1235
        "#]],
    );
}

#[test]
fn books_that_do_not_know_of_money_that_moved() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         2      pay r1 p2 primary 1
         ledger p2 1234 declined",
        expect![[r#"
            account acc_00000000000000000000000000: +1234, +1234, the books say 1234
        "#]],
    );
}

#[test]
fn an_outbox_that_is_not_empty() {
    check(
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         ledger p1 1234 processing
         left   the outbox",
        expect![[""]],
    );
}
