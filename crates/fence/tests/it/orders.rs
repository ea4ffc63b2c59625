//! Every transition of the control record, every refusal, and orders that are given twice.

use expect_test::expect;

use crate::check;

#[test]
fn first_region() {
    check(expect![[r#"
        0       ann       switchover r1 1 east west          -> refused: there is no control record yet
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       bob       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       bob       initialize west                    -> refused: there is a control record, in epoch 1
        0       ann       close r1 1                         -> epoch 1 ACTIVE east, traffic east
    "#]]);
}

#[test]
fn switchover() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        1000    ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        1000    ann       fence r1 2                         -> wait 11000 ms
        1500    east-1    leave                              -> left as east-1
        1500    ann       fence r1 2                         -> east stopped
        1600    ann       open r1 2                          -> refused: the point of no return is not passed yet
        1600    ann       pass r1 2                          -> epoch 2 DRAINING east, switchover r1 to west passed, traffic east
        1700    ann       abort r1 2                         -> refused: the point of no return is passed; the run can only be finished
        1700    ann       direct r1 2                        -> refused: the state is DRAINING
        1700    ann       close r1 2                         -> refused: the state is DRAINING
        1800    ann       open r1 2                          -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic east
        1900    west-1    renew                              -> epoch 2 until 11900
        2000    ann       close r1 2                         -> refused: traffic still goes to `east`
        2000    ann       direct r1 2                        -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic west
        2100    ann       close r1 2                         -> epoch 2 ACTIVE west, traffic west
    "#]]);
}

#[test]
fn failover() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        5000    ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        5000    ann       direct r1 2                        -> refused: the state is FENCED
        5000    ann       fence r1 2                         -> wait 7000 ms
        11999   ann       fence r1 2                         -> wait 1 ms
        12000   ann       fence r1 2                         -> east stopped
        12000   ann       pass r1 2                          -> epoch 2 FENCED -, failover r1 to west passed, traffic east
        12500   ann       open r1 2                          -> epoch 2 ACTIVE west, failover r1 to west passed, traffic east, nothing lost since 2
        12600   ann       direct r1 2                        -> epoch 2 ACTIVE west, failover r1 to west passed, traffic west, nothing lost since 2
        12700   ann       close r1 2                         -> epoch 2 ACTIVE west, traffic west, nothing lost since 2
        90000   ann       switchover r2 2 west east          -> epoch 3 DRAINING west, switchover r2 to east ahead, traffic west, nothing lost since 2
    "#]]);
}

#[test]
fn failover_of_a_region_that_is_long_gone_does_not_wait() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        60000   ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        60000   ann       fence r1 2                         -> east stopped
    "#]]);
}

#[test]
fn failover_of_a_region_that_never_renewed_does_not_wait() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        100     ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        100     ann       fence r1 2                         -> east stopped
        100     east-1    lease                              -> epoch 2:
    "#]]);
}

#[test]
fn abort() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       ann       fence r1 2                         -> east stopped
        0       ann       abort r1 2                         -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        0       ann       abort r1 2                         -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        0       ann       pass r1 2                          -> refused: the state is ACTIVE
        0       ann       open r1 2                          -> refused: the state is ACTIVE
        0       ann       fence r1 2                         -> refused: the state is ACTIVE
        0       ann       direct r1 2                        -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        0       ann       close r1 2                         -> epoch 2 ACTIVE east, traffic east
        0       ann       abort r1 2                         -> refused: the run is not open
        0       ann       switchover r1 1 east west          -> refused: the record is in epoch 2, not 1
        0       ann       failover r2 2 east west            -> epoch 3 FENCED -, failover r2 to west ahead, traffic east
        0       ann       abort r2 3                         -> epoch 3 ACTIVE east, failover r2 to west ahead, traffic east
    "#]]);
}

#[test]
fn take_back() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       ann       take-back r1 2                     -> refused: the point of no return is not passed yet
        12000   ann       fence r1 2                         -> east stopped
        12000   ann       pass r1 2                          -> epoch 2 DRAINING east, switchover r1 to west passed, traffic east
        12000   ann       abort r1 2                         -> refused: the point of no return is passed; the run can only be finished
        12000   bob       take-back r2 2                     -> refused: run `r1` is open
        12000   ann       take-back r1 1                     -> refused: the record is in epoch 2, not 1
        12100   ann       take-back r1 2                     -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        12100   bob       take-back r1 2                     -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        12100   ann       open r1 2                          -> refused: the state is ACTIVE
        12100   ann       pass r1 2                          -> refused: the state is ACTIVE
        12100   bob       abort r1 2                         -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        12200   east-1    renew                              -> epoch 2 until 22200
        12200   east-1    ledger 2                           -> ok
        12200   east-1    decide                             -> open, epoch 2 until 22200
        12300   ann       close r1 2                         -> epoch 2 ACTIVE east, traffic east
        12300   ann       take-back r1 2                     -> refused: the run is not open
        12400   ann       switchover r2 2 east west          -> epoch 3 DRAINING east, switchover r2 to west ahead, traffic east
        30000   ann       fence r2 3                         -> east stopped
        30000   ann       pass r2 3                          -> epoch 3 DRAINING east, switchover r2 to west passed, traffic east
        30000   ann       open r2 3                          -> epoch 3 ACTIVE west, switchover r2 to west passed, traffic east
        30000   ann       take-back r2 3                     -> refused: the point of no return is passed; the run can only be finished
    "#]]);
}

#[test]
fn an_order_that_comes_after_the_run_was_taken_back() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       ann       fence r1 2                         -> east stopped
        0       ann       pass r1 2                          -> epoch 2 DRAINING east, switchover r1 to west passed, traffic east
        0       net       next works delivers-late loses-answer -> ok
        0       ann       open r1 2                          -> it is not known whether the change took place
        0       bob       take-back r1 2                     -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        0       net       land                               -> 1 landed
        0       east-1    read                               -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        0       ann       close r1 2                         -> epoch 2 ACTIVE east, traffic east
        0       ann       switchover r2 2 east west          -> epoch 3 DRAINING east, switchover r2 to west ahead, traffic east
        0       ann       fence r2 3                         -> east stopped
        0       ann       pass r2 3                          -> epoch 3 DRAINING east, switchover r2 to west passed, traffic east
        0       net       next works delivers-late loses-answer -> ok
        0       bob       take-back r2 3                     -> it is not known whether the change took place
        0       ann       open r2 3                          -> epoch 3 ACTIVE west, switchover r2 to west passed, traffic east
        0       net       land                               -> 1 landed
        0       east-1    read                               -> epoch 3 ACTIVE west, switchover r2 to west passed, traffic east
    "#]]);
}

#[test]
fn a_failover_is_not_taken_back() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        0       ann       take-back r1 2                     -> refused: the state is FENCED
        0       ann       fence r1 2                         -> east stopped
        0       ann       pass r1 2                          -> epoch 2 FENCED -, failover r1 to west passed, traffic east
        0       ann       take-back r1 2                     -> refused: the point of no return is passed; the run can only be finished
        0       ann       open r1 2                          -> epoch 2 ACTIVE west, failover r1 to west passed, traffic east, nothing lost since 2
        0       ann       take-back r1 2                     -> refused: the point of no return is passed; the run can only be finished
        0       ann       direct r1 2                        -> epoch 2 ACTIVE west, failover r1 to west passed, traffic west, nothing lost since 2
        0       ann       close r1 2                         -> epoch 2 ACTIVE west, traffic west, nothing lost since 2
        0       ann       switchover r2 2 west east          -> epoch 3 DRAINING west, switchover r2 to east ahead, traffic west, nothing lost since 2
        0       ann       fence r2 3                         -> west stopped
        0       ann       pass r2 3                          -> epoch 3 DRAINING west, switchover r2 to east passed, traffic west, nothing lost since 2
        0       bob       failover r2 3 west east            -> epoch 4 FENCED -, failover r2 to east passed, traffic west, nothing lost since 2
        0       ann       take-back r2 3                     -> refused: the record is in epoch 4, not 3
        0       ann       take-back r2 4                     -> refused: the point of no return is passed; the run can only be finished
    "#]]);
}

#[test]
fn one_run_at_a_time() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       bob       switchover r2 1 east west          -> refused: run `r1` is open
        0       bob       failover r2 1 east west            -> refused: run `r1` is open
        0       bob       abort r2 2                         -> refused: run `r1` is open
        0       bob       fence r2 2                         -> refused: run `r1` is open
        0       ann       abort r1 2                         -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        0       bob       switchover r2 2 east west          -> refused: run `r1` is open
        0       ann       close r1 2                         -> epoch 2 ACTIVE east, traffic east
        0       bob       switchover r2 2 east west          -> epoch 3 DRAINING east, switchover r2 to west ahead, traffic east
    "#]]);
}

#[test]
fn two_drivers_of_one_run() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       bob       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       ann       fence r1 2                         -> east stopped
        0       bob       fence r1 2                         -> east stopped
        0       ann       pass r1 2                          -> epoch 2 DRAINING east, switchover r1 to west passed, traffic east
        0       bob       abort r1 2                         -> refused: the point of no return is passed; the run can only be finished
        0       bob       pass r1 2                          -> epoch 2 DRAINING east, switchover r1 to west passed, traffic east
        0       ann       open r1 2                          -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic east
        0       bob       open r1 2                          -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic east
        0       bob       switchover r1 1 east west          -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic east
        0       ann       direct r1 2                        -> epoch 2 ACTIVE west, switchover r1 to west passed, traffic west
        0       ann       close r1 2                         -> epoch 2 ACTIVE west, traffic west
        0       bob       direct r1 2                        -> refused: the run is not open
        0       bob       close r1 2                         -> epoch 2 ACTIVE west, traffic west
        0       bob       switchover r1 1 east west          -> refused: the record is in epoch 2, not 1
    "#]]);
}

#[test]
fn what_a_run_may_not() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       switchover r1 2 east west          -> refused: the record is in epoch 1, not 2
        0       ann       switchover r1 0 east west          -> refused: the record is in epoch 1, not 0
        0       ann       switchover r1 18446744073709551615 east west -> refused: there is no epoch after this one
        0       ann       switchover r1 1 east east          -> refused: the source is the target
        0       ann       switchover r1 1 west east          -> refused: `east` is the active Region
        0       ann       open r1 1                          -> refused: the run is not open
        0       ann       fence r1 1                         -> refused: the run is not open
        0       ann       fence r1 2                         -> refused: the record is in epoch 1, not 2
        0       ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        0       ann       failover r1 2 east west            -> refused: the state is FENCED
        0       ann       switchover r1 2 east west          -> refused: the state is FENCED
        0       ann       close r1 2                         -> refused: the state is FENCED
        0       ann       switchover r9 1 east west          -> refused: run `r1` is open
        0       ann       failover r9 7 east west            -> refused: run `r1` is open
    "#]]);
}

#[test]
fn a_switchover_whose_source_is_lost_goes_on_as_a_failover() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       ann       fence r1 2                         -> wait 12000 ms
        0       bob       failover r1 2 east north           -> refused: the run's target is `west`
        0       bob       failover r1 2 east west            -> epoch 3 FENCED -, failover r1 to west ahead, traffic east
        0       ann       failover r1 2 east west            -> epoch 3 FENCED -, failover r1 to west ahead, traffic east
        0       ann       switchover r1 1 east west          -> refused: the record is in epoch 3, not 1
        0       ann       fence r1 2                         -> refused: the record is in epoch 3, not 2
        12000   ann       fence r1 3                         -> east stopped
        12000   ann       pass r1 3                          -> epoch 3 FENCED -, failover r1 to west passed, traffic east
        12000   ann       open r1 3                          -> epoch 3 ACTIVE west, failover r1 to west passed, traffic east, nothing lost since 3
    "#]]);
}

#[test]
fn the_latest_loss_is_kept_until_the_next() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        0       ann       fence r1 2                         -> east stopped
        0       ann       pass r1 2                          -> epoch 2 FENCED -, failover r1 to west passed, traffic east
        0       ann       open r1 2                          -> epoch 2 ACTIVE west, failover r1 to west passed, traffic east, nothing lost since 2
        0       ann       direct r1 2                        -> epoch 2 ACTIVE west, failover r1 to west passed, traffic west, nothing lost since 2
        0       ann       close r1 2                         -> epoch 2 ACTIVE west, traffic west, nothing lost since 2
        0       ann       switchover r2 2 west east          -> epoch 3 DRAINING west, switchover r2 to east ahead, traffic west, nothing lost since 2
        0       ann       fence r2 3                         -> west stopped
        0       ann       pass r2 3                          -> epoch 3 DRAINING west, switchover r2 to east passed, traffic west, nothing lost since 2
        0       ann       open r2 3                          -> epoch 3 ACTIVE east, switchover r2 to east passed, traffic west, nothing lost since 2
        0       bob       open r2 3                          -> epoch 3 ACTIVE east, switchover r2 to east passed, traffic west, nothing lost since 2
        0       ann       direct r2 3                        -> epoch 3 ACTIVE east, switchover r2 to east passed, traffic east, nothing lost since 2
        0       ann       close r2 3                         -> epoch 3 ACTIVE east, traffic east, nothing lost since 2
        0       ann       switchover r3 3 east west          -> epoch 4 DRAINING east, switchover r3 to west ahead, traffic east, nothing lost since 2
        0       ann       abort r3 4                         -> epoch 4 ACTIVE east, switchover r3 to west ahead, traffic east, nothing lost since 2
        0       ann       close r3 4                         -> epoch 4 ACTIVE east, traffic east, nothing lost since 2
        0       ann       failover r4 4 east west            -> epoch 5 FENCED -, failover r4 to west ahead, traffic east, nothing lost since 2
        0       ann       abort r4 5                         -> epoch 5 ACTIVE east, failover r4 to west ahead, traffic east, nothing lost since 2
        0       ann       close r4 5                         -> epoch 5 ACTIVE east, traffic east, nothing lost since 2
        0       ann       failover r5 5 east west            -> epoch 6 FENCED -, failover r5 to west ahead, traffic east, nothing lost since 2
        0       ann       fence r5 6                         -> east stopped
        0       ann       pass r5 6                          -> epoch 6 FENCED -, failover r5 to west passed, traffic east, nothing lost since 2
        0       ann       open r5 6                          -> epoch 6 ACTIVE west, failover r5 to west passed, traffic east, nothing lost since 6
        0       bob       open r5 6                          -> epoch 6 ACTIVE west, failover r5 to west passed, traffic east, nothing lost since 6
    "#]]);
}

#[test]
fn what_is_promoted_stays_promoted_in_a_failover() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       ann       fence r1 2                         -> east stopped
        0       ann       pass r1 2                          -> epoch 2 DRAINING east, switchover r1 to west passed, traffic east
        0       ann       failover r1 2 east west            -> epoch 3 FENCED -, failover r1 to west passed, traffic east
        0       ann       abort r1 3                         -> refused: the point of no return is passed; the run can only be finished
        0       ann       pass r1 3                          -> epoch 3 FENCED -, failover r1 to west passed, traffic east
        0       ann       open r1 3                          -> epoch 3 ACTIVE west, failover r1 to west passed, traffic east, nothing lost since 3
    "#]]);
}

#[test]
fn what_was_seen_under_another_epoch_does_not_count() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       ann       pass r1 2                          -> nothing was fenced
        0       ann       fence r1 2                         -> east stopped
        0       ann       abort r1 2                         -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        0       ann       close r1 2                         -> epoch 2 ACTIVE east, traffic east
        0       ann       switchover r2 2 east west          -> epoch 3 DRAINING east, switchover r2 to west ahead, traffic east
        0       ann       pass r2 3                          -> refused: it has not been seen that the source stopped under this epoch
        0       ann       fence r2 3                         -> east stopped
        0       ann       pass r2 3                          -> epoch 3 DRAINING east, switchover r2 to west passed, traffic east
    "#]]);
}

#[test]
fn answers_that_are_lost() {
    check(expect![[r#"
        0       net       next works loses-answer            -> ok
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       net       next works loses-question          -> ok
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       net       next loses-question                -> ok
        0       ann       abort r1 2                         -> it is not known whether the change took place
        0       net       next works loses-answer loses-answer -> ok
        0       ann       abort r1 2                         -> it is not known whether the change took place
        0       ann       abort r1 2                         -> epoch 2 ACTIVE east, switchover r1 to west ahead, traffic east
        0       net       next works loses-question works loses-question works loses-question works loses-question -> ok
        0       ann       close r1 2                         -> the control store answers neither yes nor no
        0       ann       close r1 2                         -> epoch 2 ACTIVE east, traffic east
    "#]]);
}

#[test]
fn writes_that_land_late_find_the_record_changed() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       net       next works delivers-late loses-answer -> ok
        0       ann       failover r1 1 east west            -> it is not known whether the change took place
        0       bob       switchover r2 1 east west          -> epoch 2 DRAINING east, switchover r2 to west ahead, traffic east
        0       net       land                               -> 1 landed
        0       ann       failover r1 1 east west            -> refused: run `r2` is open
        0       net       next works delivers-late           -> ok
        0       bob       abort r2 2                         -> epoch 2 ACTIVE east, switchover r2 to west ahead, traffic east
        0       bob       close r2 2                         -> epoch 2 ACTIVE east, traffic east
        0       net       land                               -> 1 landed
        0       east-1    read                               -> epoch 2 ACTIVE east, traffic east
    "#]]);
}

#[test]
fn fences_whose_answers_are_lost() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        0       ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        0       net       next works works loses-answer      -> ok
        0       ann       fence r1 2                         -> wait 12000 ms
        0       east-1    lease                              -> epoch 2: east-1 10000
        0       ann       abort r1 2                         -> epoch 2 ACTIVE east, failover r1 to west ahead, traffic east
        0       ann       close r1 2                         -> epoch 2 ACTIVE east, traffic east
        0       ann       failover r2 2 east west            -> epoch 3 FENCED -, failover r2 to west ahead, traffic east
        0       net       next works works loses-question    -> ok
        0       ann       fence r2 3                         -> wait 12000 ms
        0       east-1    lease                              -> epoch 3: east-1 10000
        0       net       next loses-question                -> ok
        0       ann       fence r2 3                         -> it is not known whether the change took place
    "#]]);
}
