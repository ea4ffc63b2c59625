//! What a gate says, in order of precedence, and what the health endpoints make of it.

use expect_test::expect;

use crate::check;

#[test]
fn reasons_in_order() {
    check(expect![[r#"
        0       east-1    decide                             -> closed: the control record was not read yet; again in 3000 ms
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       west-1    read                               -> epoch 1 ACTIVE east, traffic east
        0       west-1    decide                             -> closed: `east` is the active Region; again in 10000 ms
        0       east-1    read                               -> epoch 1 ACTIVE east, traffic east
        0       east-1    decide                             -> closed: the lease was not renewed under this epoch yet; again in 3000 ms
        0       east-1    renew                              -> epoch 1 until 10000
        0       east-1    decide                             -> closed: the ledger's epoch was not read yet; again in 3000 ms
        0       east-1    ledger 2                           -> ok
        0       east-1    decide                             -> closed: the ledger is in epoch 2, the record in 1; again in 3000 ms
        10000   east-1    decide                             -> closed: the lease ran out at 10000; again in 3000 ms
        0       east-1    ledger 1                           -> ok
        0       east-1    decide                             -> open, epoch 1 until 10000
        20000   ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        20000   east-1    read                               -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        20000   east-1    decide                             -> closed: a switchover drains this Region; again in 10000 ms
        20000   ann       failover r1 2 east west            -> epoch 3 FENCED -, failover r1 to west ahead, traffic east
        20000   east-1    read                               -> epoch 3 FENCED -, failover r1 to west ahead, traffic east
        20000   east-1    decide                             -> closed: a failover has fenced every Region; again in 10000 ms
        20000   west-1    read                               -> epoch 3 FENCED -, failover r1 to west ahead, traffic east
        20000   west-1    decide                             -> closed: a failover has fenced every Region; again in 10000 ms
    "#]]);
}

#[test]
fn through_a_switchover_and_an_abort() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        0       east-1    renew                              -> epoch 1 until 10000
        1000    ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        1000    east-1    decide                             -> open, epoch 1 until 10000
        3000    east-1    renew                              -> a switchover drains this Region
        3000    east-1    decide                             -> closed: a switchover drains this Region; again in 10000 ms
        3100    ann       abort r1 2                         -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        3200    east-1    read                               -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        3200    east-1    decide                             -> closed: the lease was not renewed under this epoch yet; again in 3000 ms
        4000    east-1    renew                              -> epoch 2 until 14000
        4000    east-1    decide                             -> closed: the ledger is in epoch 1, the record in 2; again in 3000 ms
        4000    east-1    ledger 2                           -> ok
        4000    east-1    decide                             -> open, epoch 2 until 14000
    "#]]);
}

#[test]
fn through_a_failover() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        0       east-1    renew                              -> epoch 1 until 10000
        1000    ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        9999    east-1    decide                             -> open, epoch 1 until 10000
        10000   east-1    decide                             -> closed: the lease ran out at 10000; again in 3000 ms
        12000   ann       fence r1 2                         -> east stopped
        12000   ann       pass r1 2                          -> epoch 2 FENCED -, failover r1 to west passed, traffic east
        12000   ann       open r1 2                          -> epoch 2 ACTIVE west, failover r1 to west passed, traffic east, nothing lost since 2
        12100   west-1    renew                              -> epoch 2 until 22100
        12100   west-1    decide                             -> closed: the ledger's epoch was not read yet; again in 3000 ms
        12100   west-1    ledger 2                           -> ok
        12100   west-1    decide                             -> open, epoch 2 until 22100, nothing lost since 2
        12100   east-1    renew                              -> another Region is active
        12100   east-1    decide                             -> closed: `west` is the active Region; again in 10000 ms
    "#]]);
}

#[test]
fn a_paused_process_wakes_with_its_lease_expired() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        0       east-1    renew                              -> epoch 1 until 10000
        3600000 east-1    decide                             -> closed: the lease ran out at 10000; again in 3000 ms
    "#]]);
}

#[test]
fn a_clock_that_is_set_back() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        100000  east-1    renew                              -> epoch 1 until 110000
        98000   east-1    decide                             -> open, epoch 1 until 110000
        97999   east-1    decide                             -> closed: the clock was set back; again in 3000 ms
    "#]]);
}

#[test]
fn older_sights_undo_nothing() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        0       east-1    begin-renew                        -> ok
        0       east-1    turns 6                            -> ok
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        1000    east-1    read                               -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        1000    east-1    end-renew                          -> epoch 1 until 10000
        1000    east-1    decide                             -> closed: a switchover drains this Region; again in 10000 ms
        1000    ann       abort r1 2                         -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        2000    east-1    ledger 2                           -> ok
        2000    east-1    renew                              -> epoch 2 until 12000
        2000    east-1    begin-renew                        -> ok
        4000    east-1    renew                              -> epoch 2 until 14000
        4000    east-1    end-renew                          -> epoch 2 until 12000
        4000    east-1    decide                             -> open, epoch 2 until 14000
    "#]]);
}

#[test]
fn ready() {
    check(expect![[r#"
        0       east-1    ready writable                     -> record_unknown: the control record was not read yet; again in 3000 ms
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        0       east-1    ready writable                     -> ledger_unknown: the ledger's epoch was not read yet; again in 3000 ms
        0       east-1    ledger 1                           -> ok
        0       east-1    ready writable                     -> ready, epoch 1
        0       east-1    ready read-only                    -> ledger_read_only: the ledger is read-only; again in 3000 ms
        0       east-1    ready silent                       -> ledger_silent: the ledger does not answer; again in 3000 ms
        10000   east-1    ready silent                       -> lease_expired: the lease ran out at 10000; again in 3000 ms
        0       west-1    renew                              -> another Region is active
        0       west-1    ready writable                     -> not_active: `east` is the active Region; again in 10000 ms
    "#]]);
}

#[test]
fn traffic() {
    check(expect![[r#"
        0       west-1    traffic                            -> silence
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        1000    west-1    read                               -> epoch 1 ACTIVE east, traffic east
        1000    west-1    traffic                            -> announce east
        10999   west-1    traffic                            -> announce east
        11000   west-1    traffic                            -> silence
        999     west-1    traffic                            -> silence
        20000   ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        20000   ann       fence r1 2                         -> east stopped
        20000   ann       pass r1 2                          -> epoch 2 DRAINING east, switchover r1 to west passed, traffic east
        20000   ann       open r1 2                          -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic east
        20000   west-1    read                               -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic east
        20000   west-1    traffic                            -> announce east
        20000   ann       direct r1 2                        -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic west
        20000   west-1    read                               -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic west
        20000   west-1    traffic                            -> announce west
    "#]]);
}
