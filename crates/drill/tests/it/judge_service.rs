//! The judge about the service that clients get: traffic, pauses, recovery, and the end; and the
//! facts for the report.

use drill::judge;
use expect_test::{Expect, expect};

use crate::history_table::read;
use crate::judge_money::check;

#[test]
fn dns_leads_to_a_closed_gate_for_a_while() {
    check(
        "0      record active 1 primary
         0      dns primary
         0      gate primary open 1
         5      gate primary closed
         10     record active 2 standby
         10     gate standby open 2
         100    dns standby",
        expect![[""]],
    );
}

#[test]
fn dns_leads_to_a_closed_gate_for_too_long() {
    let table = "0      record active 1 primary
         0      dns primary
         0      gate primary open 1
         5      gate primary closed
         10     record active 2 standby
         10     gate standby open 2";
    check(
        &format!("{table}\n100.001 dns standby"),
        expect![[r#"
        dns-at-closed-gate: DNS led to us-east-1 at 10.000 s, whose gate was closed while the other Region's was open, and did so until 100.001 s; 90.000 s is the longest that may be
    "#]],
    );
    check(
        &format!("{table}\nend 101"),
        expect![[r#"
        dns-at-closed-gate: DNS led to us-east-1 at 10.000 s, whose gate was closed while the other Region's was open, and did so until 101.000 s; 90.000 s is the longest that may be
    "#]],
    );
}

#[test]
fn dns_leads_to_a_closed_gate_while_none_is_open() {
    check(
        "0      record active 1 primary
         0      dns primary
         0      gate primary open 1
         5      gate primary closed
         200    gate primary open 1",
        expect![[""]],
    );
}

#[test]
fn the_service_is_back_in_time() {
    let table = "expect rto 60s, active standby
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         10     fault region primary is lost
         10.001 told r0 1 primary p1
         11     gate primary closed
         12     record active 2 standby
         12     gate standby open 2
         20     told r0 1 primary p1";
    check(&format!("{table}\n69 pay r1 p2 standby 2"), expect![[""]]);
    let waits = format!("{table}\n50 sent r1 1 primary");
    check(&format!("{waits}\n69 pay r1 p2 standby 2"), expect![[""]]);
    check(
        &format!("{waits}\n70 pay r1 p2 standby 2"),
        expect![[r#"
        served-too-late: the service was disturbed at 10.000 s and back with an acknowledgement by us-east-2 at 70.003 s; 60.000 s is the longest that may take
    "#]],
    );
    check(
        &format!("{waits}\nend 80"),
        expect![[r#"
        served-too-late: the service was disturbed at 10.000 s and acknowledged nothing any more; 60.000 s is the longest that may take
        no-final-answer: payment of USD 12.34 (request 1 of client 1, key `k1`) was first sent at 50.000 s and has no final answer
    "#]],
    );
}

#[test]
fn nobody_is_served_where_nobody_asks() {
    check(
        "expect rto 60s
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         10     fault region primary is lost
         11     gate primary closed
         12     record active 2 standby
         12     gate standby open 2
         90     pay r1 p2 standby 2",
        expect![[""]],
    );
}

#[test]
fn who_hears_of_the_quarantine_is_served() {
    let table = "expect rto 60s
         0      record active 1 primary
         0      gate primary open 1
         9      sent r0 1 primary
         10     fault region primary is lost
         12     gate primary closed
         12     record active 2 standby
         12     gate standby open 2";
    check(&format!("{table}\n60 told r0 1 standby pending\n90 pay r0 p1 standby 2"), expect![[""]]);
    check(
        &format!("{table}\n60 told r0 1 standby switching\n90 pay r0 p1 standby 2"),
        expect![[r#"
            served-too-late: the service was disturbed at 10.000 s and back with an acknowledgement by us-east-2 at 90.003 s; 60.000 s is the longest that may take
        "#]],
    );
}

#[test]
fn a_planned_run_begins_the_recovery() {
    check(
        "expect rto 5s
         0      record active 1 primary
         0      gate primary open 1
         10     run R starts
         10     run R planned switchover mute-alarms
         11     sent r1 1 primary
         20     pay r1 p2 primary 1",
        expect![[r#"
            served-too-late: the service was disturbed at 10.000 s and back with an acknowledgement by us-east-1 at 20.003 s; 5.000 s is the longest that may take
        "#]],
    );
}

#[test]
fn a_fault_begins_the_recovery_whatever_was_planned_before() {
    check(
        "expect rto 5s
         0      record active 1 primary
         0      gate primary open 1
         10     run R starts
         20     pay r1 p2 primary 1
         30     fault region primary is slow
         34     pay r2 p3 primary 1",
        expect![[""]],
    );
}

/// What a service answers to requests that reached it before it was lost shows nothing.
#[test]
fn a_payment_that_was_on_its_way_before_the_fault_ends_no_outage() {
    check(
        "expect rto 5s
         0      record active 1 primary
         0      gate primary open 1
         9      sent r1 1 primary
         9      intent p1 k1 primary
         9      commit primary p1 1/1 posted open
         10     fault region primary is slow
         10.001 told r1 1 primary p1
         11     sent r2 1 primary
         20     pay r2 p2 primary 1
         ledger p1 1234 declined",
        expect![[r#"
            served-too-late: the service was disturbed at 10.000 s and back with an acknowledgement by us-east-1 at 20.003 s; 5.000 s is the longest that may take
        "#]],
    );
}

/// The second time as well as the first.
#[test]
fn each_outage_is_judged() {
    check(
        "expect rto 5s
         0      record active 1 primary
         0      gate primary open 1
         10     fault region primary is slow
         11     pay r1 p1 primary 1
         100    fault region primary is lost
         101    sent r2 1 primary
         102    gate primary closed
         103    record active 2 standby
         103    gate standby open 2
         110    pay r2 p2 standby 2",
        expect![[r#"
            served-too-late: the service was disturbed at 100.000 s and back with an acknowledgement by us-east-2 at 110.003 s; 5.000 s is the longest that may take
        "#]],
    );
}

#[test]
fn a_fault_in_the_first_millisecond_begins_the_recovery() {
    check(
        "expect rto 9s
         0      record active 1 primary
         0      fault storage cannot be fenced
         0      gate primary open 1
         1      pay r1 p2 primary 1
         5      gate primary closed
         6      record active 2 standby
         7      sent r2 1 primary
         10     pay r2 p3 standby 2",
        expect![[r#"
            served-too-late: the service was disturbed at 0.000 s and back with an acknowledgement by us-east-2 at 10.003 s; 9.000 s is the longest that may take
        "#]],
    );
}

#[test]
fn clients_wait_for_an_acknowledgement() {
    check(
        "expect pause 10s
         0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         20     sent r1 1 primary
         22     sent r2 1 primary
         24     told r1 1 primary silence
         29     sent r1 2 primary
         30     intent p2 k1 primary
         30     commit primary p2 1/1 posted open
         30.001 told r1 2 primary p2
         31     intent p3 k2 primary
         31     commit primary p3 1/1 posted open
         31     told r2 1 primary p3
         60     sent r3 1 primary
         65     told r3 1 primary refused
         ledger p2 1234 declined
         ledger p3 1234 declined",
        expect![[r#"
            pause-too-long: clients tried from 20.000 s to 30.001 s and none was acknowledged; 10.000 s is the longest that may be
        "#]],
    );
}

#[test]
fn everything_is_answered_and_nothing_left() {
    check(
        "expect active standby
         0      record active 1 primary
         0      gate primary open 1
         1      sent r0 1 primary
         2      told r0 1 primary pending
         left run R waits for `await-source`
         left the outbox of us-east-2
         end 9",
        expect![[r#"
            no-final-answer: payment of USD 12.34 (request 0 of client 0, key `k0`) was first sent at 1.000 s and has no final answer
            other-region-active: us-east-1 is active at the end, 9.000 s; it had to be us-east-2
            not-at-rest: at the end, 9.000 s, this was left to do: run R waits for `await-source`; the outbox of us-east-2
        "#]],
    );
}

#[track_caller]
fn check_facts(table: &str, expected: Expect) {
    let (scenario, history) = read(table);
    expected.assert_debug_eq(&judge(&scenario, &history).facts);
}

#[test]
fn the_facts_of_a_failover() {
    check_facts(
        "0      record active 1 primary
         0      gate primary open 1
         1      pay r0 p1 primary 1
         2      sent r1 1 primary
         2      intent p2 k1 primary
         2.100  commit primary p2 1/1 posted open
         3      intent p3 k2 primary
         3      commit primary p3 1/1 posted open
         4      fault region primary is lost
         5      told r1 1 primary silence
         6      sent r1 2 primary
         10     promoted standby lost p1 p2 p3 p4
         11     record active 2 standby
         12     told r1 2 standby p2
         13     sent r4 1 standby
         13     sent r5 1 standby
         13.500 told r5 1 standby refused
         ledger p2 1234 declined
         ledger p3 1234 unknown
         intent p4 quarantined
         end 20",
        expect![[r#"
            Facts {
                disturbed_ms: Some(
                    4000,
                ),
                outages: [
                    Outage {
                        began_ms: 4000,
                        served: Some(
                            At {
                                ms: 12000,
                                site: Standby,
                            },
                        ),
                    },
                ],
                longest_pause: Pause {
                    from_ms: 2000,
                    until_ms: 12000,
                },
                lost: [
                    LostRow {
                        movement: pay_00000000010000000000000000,
                        promoted: At {
                            ms: 10000,
                            site: Standby,
                        },
                        committed_ms: Some(
                            1002,
                        ),
                        acknowledged_ms: Some(
                            1003,
                        ),
                        fate: Settled,
                    },
                    LostRow {
                        movement: pay_00000000020000000000000000,
                        promoted: At {
                            ms: 10000,
                            site: Standby,
                        },
                        committed_ms: Some(
                            2100,
                        ),
                        acknowledged_ms: Some(
                            12000,
                        ),
                        fate: Declined,
                    },
                    LostRow {
                        movement: pay_00000000030000000000000000,
                        promoted: At {
                            ms: 10000,
                            site: Standby,
                        },
                        committed_ms: Some(
                            3000,
                        ),
                        acknowledged_ms: None,
                        fate: Open,
                    },
                    LostRow {
                        movement: pay_00000000040000000000000000,
                        promoted: At {
                            ms: 10000,
                            site: Standby,
                        },
                        committed_ms: None,
                        acknowledged_ms: None,
                        fate: Held,
                    },
                ],
                counts: Counts {
                    requests: 4,
                    retries: 1,
                    acknowledged: 2,
                    refused: 1,
                    unanswered: 1,
                    moved: 1,
                },
            }
        "#]],
    );
}
