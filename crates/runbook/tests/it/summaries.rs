//! What a report says of a run.

use expect_test::{Expect, expect};
use fence::DurationMs;
use runbook::{ActionName, Entry, Failure, PlanKind, Refused, Stage, phases, summary};

use crate::carry::{Life, approve, carry, planned, step, tell};
use crate::facts::AT;
use crate::lab::Trouble;

#[track_caller]
fn check(entries: &[Entry], told: Expect) {
    let shown = phases(entries);
    let shown = shown.iter().map(|(stage, spent)| format!("{:<9} {spent}\n", stage.as_str()));
    told.assert_eq(&shown.collect::<String>());
}

/// The sum is the time from the plan to the last entry about an action.
#[test]
fn how_long_each_stage_took() {
    let lab = planned(PlanKind::Failover);
    lab.trouble(ActionName::StopSource, 1, &Trouble::Hangs);
    let busy = Trouble::Before(Failure::TryAgain("busy".to_owned()));
    lab.trouble(ActionName::PromoteDatabase, 3, &busy);
    lab.trouble(ActionName::TryPayment, 2, &busy);
    lab.trouble(ActionName::AwaitSource, 100, &busy);
    step(&lab, "n1");
    lab.clock.advance(DurationMs(45_000));
    for by in ["bob", "cyd"] {
        tell(&lab, by, &approve(ActionName::ApproveLoss)).expect("it is due");
    }
    carry(&lab, "n1", &Life::long());
    let entries = lab.inner().entries.clone();
    check(
        &entries,
        expect![[r#"
        decide    45000 ms
        fence     20000 ms
        promote   3000 ms
        verify    0 ms
        route     4000 ms
        stabilize 0 ms
        restore   3000000 ms
    "#]],
    );
    let total: u64 = phases(&entries).values().map(|spent| spent.0).sum();
    assert_eq!(total, entries.last().expect("it ended").at.since(AT).0);
    let told = summary(&entries).expect("it was planned");
    let at = |at: Option<fence::Millis>| at.map(|at| at.since(AT).0);
    expect![[r#"
        (
            Some(
                68000,
            ),
            Some(
                72000,
            ),
            Some(
                2,
            ),
            Some(
                Evidence {
                    lag_ms: Some(
                        900,
                    ),
                    lag_at: None,
                    intents_missing: Some(
                        2,
                    ),
                    named: [],
                    money: {},
                },
            ),
            Some(
                Tail {
                    position: Some(
                        70,
                    ),
                    movements: 7,
                    faults: 0,
                },
            ),
        )
    "#]]
    .assert_debug_eq(&(
        at(told.opened_at),
        at(told.directed_at),
        told.held,
        told.evidence,
        told.database,
    ));
    expect![[r#"
        (
            [
                (
                    ApproveLoss,
                    Author(
                        "bob",
                    ),
                    Millis(
                        1000045000,
                    ),
                ),
                (
                    ApproveLoss,
                    Author(
                        "cyd",
                    ),
                    Millis(
                        1000045000,
                    ),
                ),
            ],
            106,
            [],
            [
                RunnerName(
                    "n1",
                ),
            ],
        )
    "#]]
    .assert_debug_eq(&(told.approvals, told.failures.len(), told.skipped, told.runners));
}

#[test]
fn a_run_that_turned_back() {
    let lab = planned(PlanKind::Switchover);
    let no = Failure::Refused(Refused::NothingMoved, "cancelled".to_owned());
    lab.trouble(ActionName::SwitchDatabase, 1, &Trouble::Before(no));
    carry(&lab, "n1", &Life::long());
    let entries = lab.inner().entries.clone();
    check(
        &entries,
        expect![[r#"
        decide    0 ms
        fence     12000 ms
        promote   0 ms
        verify    0 ms
        route     0 ms
        stabilize 0 ms
    "#]],
    );
    let told = summary(&entries).expect("it was planned");
    expect![[r#"
        (
            Some(
                (
                    Author(
                        "n1",
                    ),
                    Millis(
                        1000012000,
                    ),
                    "`switch-database` failed: refused: cancelled",
                ),
            ),
            None,
            Some(
                Tail {
                    position: Some(
                        70,
                    ),
                    movements: 7,
                    faults: 0,
                },
            ),
        )
    "#]]
    .assert_debug_eq(&(told.turned_back, told.opened_at, told.tail));
    assert!(told.phases.contains_key(&Stage::Verify));
}

#[test]
fn nothing_yet() {
    check(&[], expect![[""]]);
    assert_eq!(summary(&[]), None);
}
