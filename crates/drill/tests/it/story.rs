//! The story of a drill that was written down by hand.

use drill::{History, Report, story, story_text};
use expect_test::expect;

use crate::sample;

fn text(history: &History) -> String {
    let report = Report::new(&sample::scenario(), history, &sample::verdict(history));
    story_text(&report, &story(history), |_, line| line.to_owned())
}

#[test]
fn a_lost_region() {
    expect![[r#"
        region-lost, seed 7: The active Region is lost

            0.000 s  traffic   2 clients want 5 payments and refunds
            0.000 s  record    ACTIVE: us-east-1 may take money, under epoch 1
            0.000 s  dns       authoritative servers answer with us-east-1 from now on
            0.005 s  gate      us-east-1: open under epoch 1
            2.340 s  traffic   3 payments acknowledged by us-east-1
            2.600 s  FAULT     us-east-1 is lost
            2.600 s  gate      us-east-1: closed: the Region is gone
            5.700 s  traffic   1 try without an answer
           14.100 s  run       failover-2: failover us-east-1 → us-east-2, 13 actions, epoch 2, asked for by
                                 operator-1: us-east-1 does not answer
           14.150 s  run       failover-2: runner-1 carries it out
           14.300 s  action    snapshot-evidence          0.100 s  lag 0.900 s, 2 intents are not in the standby
           20.000 s  run       failover-2: approve-loss: operator-1 approves, seeing lag 0.900 s, 2 intents are not in
                                 the standby
           20.010 s  action    approve-loss               5.700 s  1 approval
           20.120 s  record    FENCED: no Region may take money; epoch 2 is reserved
           20.130 s  action    begin-run                  0.030 s  done
           22.140 s  action    stop-source                2.000 s  no answer within the time limit
           32.140 s  action    wait-for-fence             9.940 s  done
           32.220 s  record    the point of no return is passed: the run can only be finished
           32.230 s  action    pass-point-of-no-return    0.030 s  done
           44.000 s  ledger    us-east-2: the writer now, WITHOUT 2 rows that us-east-1 had committed:
                                 pay_00000001YG081040G2081040G2, pay_00000002XR0C1G60R30C1G60R3
           44.100 s  action    promote-database          11.860 s  done
           44.300 s  action    verify-database            0.100 s  writer with 1 movement at 77, books balance
           44.310 s  ledger    us-east-2: takes no epoch but 2 from now on
           44.350 s  ledger    2 movements put into quarantine: no effect until settled
           44.400 s  action    hold-missing               0.080 s  2 movements
           44.450 s  record    ACTIVE: us-east-2 may take money, under epoch 2
           44.460 s  action    open                       0.050 s  done
           44.900 s  gate      us-east-2: open under epoch 2
           45.040 s  action    direct-traffic             0.040 s  done
           45.500 s  dns       authoritative servers answer with us-east-2 from now on
           46.000 s  traffic   1 request sent again
           46.040 s  traffic   FIRST ACKNOWLEDGED in us-east-2: pay_00000003X00G2081040G208104, request 4
           61.000 s  ledger    1 movement settled out of quarantine as succeeded, 1 movement settled out of quarantine
                                 as declined
           61.100 s  action    settle-missing             1.100 s  0 movements
           62.000 s  action    close                      0.000 s  refused: the source is away
           63.000 s  record    traffic is to go to us-east-2
           63.000 s  record    the run lock is given back
           63.010 s  action    close                      1.010 s  done
           63.010 s  run       failover-2: over after 48.910 s
           90.000 s  traffic   all at rest: every request answered, every outbox empty, every run over

        verdict   every rule was kept
        RTO       43.440 s: failover us-east-1 → us-east-2, after us-east-1 is lost
                  = detect 11.500 + decide 6.000 + fence 12.100 + promote 12.000 + verify 0.250 + route 1.590
        pause     43.340 s from 2.700 s: the longest without an acknowledgement
        RPO       0.580 s of the ledger: 2 rows were lost; 1 succeeded, 1 declined
          lost row                        request        amount  acknowledged  money moved     settled  became
          pay_00000001YG081040G2081040G2        2     USD 12.34       2.040 s      2.500 s    61.000 s  succeeded
          pay_00000002XR0C1G60R30C1G60R3        3     USD 12.34       2.340 s        never    61.000 s  declined
    "#]].assert_eq(&text(&sample::history()));
}

#[test]
fn lines_are_in_order_and_fit() {
    let history = sample::history();
    assert!(story(&history).is_sorted_by_key(|line| line.at_ms));
    for line in text(&history).lines() {
        assert!(line.chars().count() <= 110, "{line}");
    }
}
