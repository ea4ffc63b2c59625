//! How short a failing scenario becomes.

use drill::{Fault, Happening, Scenario, Site, Trigger, parse, shipped, shrink};
use expect_test::{Expect, expect};

fn shipped_scenario(name: &str) -> Scenario {
    let found = shipped().iter().find(|(other, _)| *other == name);
    parse(name, found.expect("it is shipped").1).expect("it is a scenario")
}

/// Shortens what this seed makes of a shipped scenario.
#[track_caller]
fn check(name: &str, seed: u64, fails: fn(&Scenario) -> bool, expected: Expect) {
    let scenario = shipped_scenario(name);
    let mut plays = 0;
    let short = shrink(&scenario, seed, |scenario, with| {
        assert_eq!(with, seed);
        assert_eq!(scenario.fixed(seed), *scenario, "only fixed scenarios are played");
        assert_eq!(parse(name, &scenario.to_string()).as_ref(), Ok(scenario));
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
        "region-lost",
        1,
        |_| true,
        expect![[r#"
        title        The active Region is lost under load
        clients      1, 1 payment each, every 2s
        accounts     1, 0% to the first
        refunds      0%
        deadline     3s, again after 2s
        operator     decides in 5s, 1 approver
        expect       may lose rows
        # after 14 plays
    "#]],
    );
}

#[test]
fn what_never_fails_is_only_fixed() {
    check(
        "region-lost",
        1,
        |_| false,
        expect![[r#"
        title        The active Region is lost under load
        clients      3, 4 payments each, every 2s..8s
        accounts     2, 50% to the first
        refunds      20%
        deadline     3s, again after 2s..6s
        operator     detects by 3 failed probes every 10s, decides in 5s..30s, 2 approvers
        at 16963ms   lose primary
        +281575ms    restore primary
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
        "everything-at-once",
        6,
        fails,
        expect![[r#"
        title        A bad day
        clients      1, 1 payment each, every 2s
        accounts     1, 0% to the first
        refunds      0%
        deadline     2s, again after 1s
        operator     decides in 2s, 1 approver
        at 6s        lose primary
        at 50s       run failover
        expect       may lose rows
        # after 30 plays
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
        "lag-high",
        3,
        fails,
        expect![[r#"
        title        The active Region is lost while replication is far behind
        clients      1, 1 payment each, every 1s
        accounts     1, 0% to the first
        refunds      0%
        deadline     3s, again after 2s
        operator     decides in 5s, 1 approver
        at 20s       lose primary
        +4m          restore primary
        expect       may lose rows
        # after 25 plays
    "#]],
    );
}

#[test]
fn counts_and_times_stay_as_large_as_they_must_be() {
    let fails = |scenario: &Scenario| {
        let late = |line: &drill::When| match line.trigger {
            Trigger::At(span) => span.least >= 6_300,
            _ => false,
        };
        scenario.workload.clients * scenario.workload.payments >= 7
            && scenario.workload.doubling_percent > 0
            && scenario.happenings.iter().any(late)
    };
    check(
        "region-frozen",
        2,
        fails,
        expect![[r#"
        title        The active Region stands still, and wakes as a zombie
        clients      2, 4 payments each, every 1s
        accounts     1, 0% to the first
        refunds      0%
        deadline     3s, again after 2s
        requests     20% sent twice
        operator     decides in 5s, 1 approver
        at 8s        freeze primary
        expect       may lose rows
        # after 25 plays
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
    let scenario = shipped_scenario("witness-lost");
    let seed = 11;
    let wanted = at_ms(&scenario.fixed(seed)).expect("a switchover");
    let short = shrink(&scenario, seed, |scenario, _| at_ms(scenario) == Some(wanted));
    assert_eq!(short.happenings.len(), 1, "{short}");
    assert_eq!(at_ms(&short), Some(wanted));
}
