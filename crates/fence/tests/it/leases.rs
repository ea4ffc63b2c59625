//! Renewing a lease: who may, for how long, and when a run need not wait for it.

use expect_test::expect;
use fence::HOLDERS_MAX;

use crate::check;
use crate::script::Line;
use crate::world::World;

#[test]
fn arithmetic() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        0       east-1    due                                -> true
        500     east-1    renew                              -> epoch 1 until 10500
        500     east-1    decide                             -> open, epoch 1 until 10500
        3499    east-1    due                                -> false
        3500    east-1    due                                -> true
        10499   east-1    decide                             -> open, epoch 1 until 10500
        10500   east-1    decide                             -> closed: the lease ran out at 10500; again in 3000 ms
        10500   east-1    renew                              -> epoch 1 until 20500
        10500   east-1    decide                             -> open, epoch 1 until 20500
        10500   east-1    lease                              -> epoch 1: east-1 20500
    "#]]);
}

#[test]
fn delays_shorten() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        0       east-1    begin-renew                        -> ok
        4000    east-1    turns 4                            -> ok
        9000    east-1    end-renew                          -> epoch 1 until 10000
        9999    east-1    decide                             -> open, epoch 1 until 10000
        10000   east-1    decide                             -> closed: the lease ran out at 10000; again in 3000 ms
        20000   east-1    begin-renew                        -> ok
        31000   east-1    end-renew                          -> epoch 1 until 30000
        31000   east-1    decide                             -> closed: the lease ran out at 30000; again in 3000 ms
    "#]]);
}

#[test]
fn only_the_active_region_renews() {
    check(expect![[r#"
        0       east-1    renew                              -> there is no control record yet
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       west-1    renew                              -> another Region is active
        0       east-1    renew                              -> epoch 1 until 10000
        0       ann       switchover r1 1 east west          -> epoch 2 DRAINING east, switchover r1 to west ahead, traffic east
        0       east-1    renew                              -> a switchover drains this Region
        0       west-1    renew                              -> another Region is active
        0       ann       failover r1 2 east west            -> epoch 3 FENCED -, failover r1 to west ahead, traffic east
        0       east-1    renew                              -> a failover has fenced every Region
        0       west-1    renew                              -> a failover has fenced every Region
        0       ann       abort r1 3                         -> epoch 3 ACTIVE east, failover r1 to west ahead, traffic east
        0       west-1    renew                              -> another Region is active
        0       east-1    renew                              -> epoch 3 until 10000
        0       east-1    lease                              -> epoch 3: east-1 10000
    "#]]);
}

#[test]
fn a_renewal_under_way_finds_the_lease_revoked() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        3000    east-1    begin-renew                        -> ok
        3000    east-1    turns 4                            -> ok
        3100    ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        3100    ann       fence r1 2                         -> wait 8900 ms
        3200    east-1    end-renew                          -> the record has moved on since it was read
        3200    east-1    lease                              -> epoch 2: east-1 10000
        12000   ann       fence r1 2                         -> east stopped
    "#]]);
}

#[test]
fn a_renewal_before_the_revocation_is_waited_for() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        3000    east-1    begin-renew                        -> ok
        3000    east-1    turns 5                            -> ok
        3100    ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        3200    east-1    turns 1                            -> ok
        3300    ann       fence r1 2                         -> wait 11700 ms
        9000    east-1    end-renew                          -> epoch 1 until 13000
        14999   ann       fence r1 2                         -> wait 1 ms
        15000   ann       fence r1 2                         -> east stopped
    "#]]);
}

#[test]
fn a_first_renewal_under_way_finds_the_lease_revoked() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    begin-renew                        -> ok
        0       east-1    turns 4                            -> ok
        0       ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        0       ann       fence r1 2                         -> east stopped
        0       east-1    end-renew                          -> the record has moved on since it was read
    "#]]);
}

#[test]
fn several_holders() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        0       east-2    begin-renew                        -> ok
        0       east-2    turns 4                            -> ok
        1000    east-1    renew                              -> epoch 1 until 10000
        3000    east-1    renew                              -> epoch 1 until 13000
        3000    east-2    end-renew                          -> epoch 1 until 10000
        3000    east-1    lease                              -> epoch 1: east-1 13000, east-2 10000
        3000    ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        3000    ann       fence r1 2                         -> wait 12000 ms
        3000    east-1    leave                              -> left as east-1
        3000    ann       fence r1 2                         -> wait 9000 ms
        3000    east-2    leave                              -> left as east-2
        3000    ann       fence r1 2                         -> east stopped
    "#]]);
}

#[test]
fn the_dead_are_forgotten_once_no_clock_can_think_otherwise() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        11999   east-2    renew                              -> epoch 1 until 21999
        11999   east-2    lease                              -> epoch 1: east-1 10000, east-2 21999
        15000   east-2    renew                              -> epoch 1 until 25000
        15000   east-2    lease                              -> epoch 1: east-2 25000
    "#]]);
}

#[test]
fn a_group_leans_on_one_write() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-fn:1 renew                              -> epoch 1 until 10000
        1499    east-fn:2 renew                              -> epoch 1 until 10000
        1499    east-fn:2 due                                -> false
        2999    east-fn:2 due                                -> false
        3000    east-fn:2 due                                -> true
        1499    east-fn:2 leave                              -> the name is shared
        1500    east-fn:2 renew                              -> epoch 1 until 11500
        1501    east-fn:1 renew                              -> epoch 1 until 11500
        1501    east-fn:1 lease                              -> epoch 1: east-fn 11500
    "#]]);
}

#[test]
fn nobody_leans_on_a_clock_that_is_ahead() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-fn:1 skew 2000                          -> ok
        0       east-fn:1 renew                              -> epoch 1 until 12000
        0       east-fn:2 renew                              -> epoch 1 until 10000
        1000    east-fn:2 renew                              -> epoch 1 until 11000
        3000    east-fn:2 renew                              -> epoch 1 until 12000
        3499    east-fn:2 renew                              -> epoch 1 until 12000
        3500    east-fn:2 renew                              -> epoch 1 until 13500
        3500    east-fn:2 lease                              -> epoch 1: east-fn 13500
    "#]]);
}

#[test]
fn what_is_stored_never_goes_down() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-fn:1 skew 2000                          -> ok
        0       east-fn:1 renew                              -> epoch 1 until 12000
        0       ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        0       ann       abort r1 2                         -> epoch 2 ACTIVE east, failover r1 to west ahead, traffic east
        1900    east-fn:2 renew                              -> epoch 2 until 11900
        1900    east-fn:2 lease                              -> epoch 2: east-fn 12000
    "#]]);
}

#[test]
fn clocks_apart_by_the_bound() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        0       ann       skew 2000                          -> ok
        0       east-1    renew                              -> epoch 1 until 10000
        0       ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        9999    ann       fence r1 2                         -> wait 1 ms
        9999    east-1    decide                             -> open, epoch 1 until 10000
        10000   ann       fence r1 2                         -> east stopped
        10000   east-1    decide                             -> closed: the lease ran out at 10000; again in 3000 ms
    "#]]);
}

#[test]
fn renewals_whose_answers_are_lost() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       net       next loses-question                -> ok
        0       east-1    renew                              -> the control store did not answer: timed out
        0       net       next works loses-question          -> ok
        0       east-1    renew                              -> the control store did not answer: timed out
        0       net       next works works loses-answer      -> ok
        0       east-1    renew                              -> epoch 1 until 10000
        4000    net       next works works loses-question    -> ok
        4000    east-1    renew                              -> epoch 1 until 14000
        8000    net       next works works delivers-late loses-question -> ok
        8000    east-1    renew                              -> the control store did not answer: timed out
        8000    east-1    decide                             -> closed: the ledger's epoch was not read yet; again in 3000 ms
        8000    net       land                               -> 1 landed
        8000    east-1    lease                              -> epoch 1: east-1 18000
        8000    east-1    renew                              -> epoch 1 until 18000
        20000   net       next works works loses-question works loses-question works loses-question works loses-question -> ok
        20000   east-1    renew                              -> it is not known whether the lease was renewed
    "#]]);
}

#[test]
fn leaving_is_final_for_a_name() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    ledger 1                           -> ok
        0       east-1    renew                              -> epoch 1 until 10000
        3000    east-1    begin-renew                        -> ok
        3000    east-1    turns 4                            -> ok
        3000    east-1    leave                              -> left as east-1
        3000    east-1    decide                             -> closed: the lease was not renewed under this epoch yet; again in 3000 ms
        3000    east-1    end-renew                          -> epoch 1 until 13000
        3000    east-1    decide                             -> closed: the lease was not renewed under this epoch yet; again in 3000 ms
        3000    east-1    lease                              -> epoch 1: east-1 13000
        4000    east-1    renew                              -> epoch 1 until 14000
        4000    east-1    decide                             -> open, epoch 1 until 14000
        4000    east-1    lease                              -> epoch 1: east-1 13000, east-1.1 14000
    "#]]);
}

#[test]
fn leaving_whose_answer_is_lost() {
    check(expect![[r#"
        0       ann       initialize east                    -> epoch 1 ACTIVE east, traffic east
        0       east-1    renew                              -> epoch 1 until 10000
        0       net       next works loses-answer            -> ok
        0       east-1    leave                              -> left as east-1
        0       east-1    lease                              -> epoch 1:
        1000    east-1    renew                              -> epoch 1 until 11000
        1000    net       next works loses-question works loses-question works loses-question works loses-question -> ok
        1000    east-1    leave                              -> the control store answers neither yes nor no
        1000    east-1    lease                              -> epoch 1: east-1.1 11000
        1000    ann       failover r1 1 east west            -> epoch 2 FENCED -, failover r1 to west ahead, traffic east
        1000    ann       fence r1 2                         -> wait 12000 ms
    "#]]);
}

#[test]
fn a_lease_has_an_upper_bound() {
    let mut rows = vec!["0 ann initialize east".to_owned()];
    rows.extend((0..=HOLDERS_MAX).map(|index| format!("0 east-{index} renew")));
    let mut world = World::default();
    let outcomes: Vec<String> = rows.iter().map(|row| world.perform(&Line::parse(row))).collect();
    assert_eq!(outcomes[HOLDERS_MAX], "epoch 1 until 10000");
    assert_eq!(outcomes[HOLDERS_MAX + 1], "the lease has too many holders");
    let row = format!("12000 east-{HOLDERS_MAX} renew");
    assert_eq!(world.perform(&Line::parse(&row)), "epoch 1 until 22000");
}
