//! How short a failing scenario becomes.

use drill::{Fault, Happening, Scenario, Site, Trigger, parse, shrink};
use expect_test::{Expect, expect};

const OUTAGE: &str = "
title        The active Region is lost while replication is far behind
clients      3, 4 payments each, every 2s..8s
refunds      20%
requests     20% sent twice
deadline     3s, again after 2s..6s
operator     detects by 3 failed probes every 10s, decides in 5s..30s, 2 approvers
at 1s..5s    lag replication 1m
+5s..20s     lose primary
+4m..6m      restore primary
+10s..30s    catch up replication
expect       active standby, rto 5m, may lose rows
";

const BAD_DAY: &str = "
title                    A bad day
resolvers                30% ignore the TTL
connections              20% outlive DNS
cards                    30% odd
at 0s..30s maybe 40%     lose messages 2%
at 0s..30s               break storage-fence
at 0s..1m                silence processor
at 0s..1m maybe 40%      run switchover
at 3s..30s maybe 60%     lose primary
at 3s..30s maybe 50%     freeze primary
at 30s..2m maybe 60%     run failover
step 0..60               kill runner for 1s..30s
step 0..60 maybe 50%     pause run for 1s..30s
at 4m..5m                restore primary
at 4m..5m                unfreeze primary
at 4m..5m                restore messages
at 4m..5m                restore storage-fence
at 4m..5m                unsilence processor
";

const TWO_STEPS: &str = "
title        The witness is lost, and the active Region is changed
at 2s..10s   lose witness
+2s..20s     run switchover
+3m..4m      restore witness
";

fn read(text: &str) -> Scenario {
    parse("test", text).expect("it is a scenario")
}

/// Shortens what this seed makes of a scenario.
#[track_caller]
fn check(text: &str, seed: u64, fails: fn(&Scenario) -> bool, expected: Expect) {
    let scenario = read(text);
    let mut plays = 0;
    let short = shrink(&scenario, seed, |scenario, with| {
        assert_eq!(with, seed);
        assert_eq!(scenario.fixed(seed), *scenario, "only fixed scenarios are played");
        assert_eq!(parse("test", &scenario.to_string()).as_ref(), Ok(scenario));
        plays += 1;
        fails(scenario)
    });
    assert!(plays <= 601, "{plays} plays");
    assert!(fails(&short) || !fails(&scenario.fixed(seed)));
    assert_eq!(shrink(&scenario, seed, |scenario, _| fails(scenario)), short);
    expected.assert_eq(&format!("{short}# after {plays} plays\n"));
}

fn has(scenario: &Scenario, fault: Fault) -> bool {
    scenario.happenings.iter().any(|line| line.happening == Happening::Fault(fault))
}

#[test]
fn what_always_fails_becomes_nearly_nothing() {
    check(
        OUTAGE,
        1,
        |_| true,
        expect![[r#"
            title        The active Region is lost while replication is far behind
            clients      1, 1 payment each, every 2s
            accounts     1, 0% to the first
            refunds      0%
            deadline     3s, again after 2s
            operator     decides in 5s, 1 approver
            expect       may lose rows
            # after 15 plays
        "#]],
    );
}

#[test]
fn what_never_fails_is_only_fixed() {
    check(
        OUTAGE,
        1,
        |_| false,
        expect![[r#"
            title        The active Region is lost while replication is far behind
            clients      3, 4 payments each, every 2s..8s
            accounts     2, 50% to the first
            refunds      20%
            deadline     3s, again after 2s..6s
            requests     20% sent twice
            operator     detects by 3 failed probes every 10s, decides in 5s..30s, 2 approvers
            at 4190ms    lag replication 1m
            +10197ms     lose primary
            +302513ms    restore primary
            +12397ms     catch up replication
            expect       active standby, rto 5m, may lose rows
            # after 1 plays
        "#]],
    );
}

#[test]
fn only_the_lines_that_matter_stay() {
    let fails = |scenario: &Scenario| {
        has(scenario, Fault::RegionLost(Site::Primary))
            && scenario.happenings.iter().any(|line| matches!(line.happening, Happening::Run(_)))
    };
    check(
        BAD_DAY,
        1,
        fails,
        expect![[r#"
            title        A bad day
            clients      1, 1 payment each, every 1s
            accounts     1, 0% to the first
            refunds      0%
            deadline     3s, again after 500ms
            operator     decides in 5s, 1 approver
            at 6s        run switchover
            at 20s       lose primary
            at 4m        restore primary
            # after 27 plays
        "#]],
    );
}

#[test]
fn a_fault_stays_for_the_sake_of_its_end() {
    let fails = |scenario: &Scenario| {
        let mends = |line: &drill::When| matches!(line.happening, Happening::Mend(_));
        scenario.happenings.iter().any(mends)
    };
    check(
        OUTAGE,
        3,
        fails,
        expect![[r#"
            title        The active Region is lost while replication is far behind
            clients      1, 1 payment each, every 2s
            accounts     1, 0% to the first
            refunds      0%
            deadline     3s, again after 2s
            operator     decides in 5s, 1 approver
            at 2s        lag replication 1m
            +5m          catch up replication
            expect       may lose rows
            # after 22 plays
        "#]],
    );
}

#[test]
fn counts_and_times_stay_as_large_as_they_must_be() {
    let fails = |scenario: &Scenario| {
        let late = |line: &drill::When| match line.trigger {
            Trigger::At(span) => span.least >= 2_300,
            _ => false,
        };
        scenario.workload.clients * scenario.workload.payments >= 7
            && scenario.workload.doubling_percent > 0
            && scenario.happenings.iter().any(late)
    };
    check(
        OUTAGE,
        2,
        fails,
        expect![[r#"
            title        The active Region is lost while replication is far behind
            clients      2, 4 payments each, every 2s
            accounts     1, 0% to the first
            refunds      0%
            deadline     3s, again after 2s
            requests     20% sent twice
            operator     decides in 5s, 1 approver
            at 3s        lag replication 1m
            +4m          catch up replication
            expect       may lose rows
            # after 31 plays
        "#]],
    );
}

#[test]
fn lines_stand_in_the_order_of_their_times() {
    let text =
        "title Late first\nat 20s lose witness\nat 5s run switchover\nat 1m restore witness\n";
    check(
        text,
        1,
        |scenario| scenario.happenings.len() == 3,
        expect![[r#"
        title        Late first
        clients      1, 1 payment each, every 1s
        accounts     1, 0% to the first
        refunds      0%
        deadline     3s, again after 500ms
        operator     decides in 5s, 1 approver
        at 5s        run switchover
        at 20s       lose witness
        at 1m        restore witness
        # after 17 plays
    "#]],
    );
}

#[test]
fn a_line_behind_a_gap_keeps_its_time() {
    let at_ms = |scenario: &Scenario| {
        let mut at_ms = 0;
        for line in &scenario.happenings {
            match line.trigger {
                Trigger::At(span) => at_ms = span.least,
                Trigger::After(span) => at_ms += span.least,
                _ => {}
            }
            if line.happening == Happening::Run(runbook::PlanKind::Switchover) {
                return Some(at_ms);
            }
        }
        None
    };
    let scenario = read(TWO_STEPS);
    let seed = 11;
    let wanted = at_ms(&scenario.fixed(seed)).expect("a switchover");
    let short = shrink(&scenario, seed, |scenario, _| at_ms(scenario) == Some(wanted));
    assert_eq!(short.happenings.len(), 1, "{short}");
    assert_eq!(at_ms(&short), Some(wanted));
}
