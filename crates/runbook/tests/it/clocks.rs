//! Whoever drives a run by a clock that is wrong does not trust the fence.

use expect_test::expect;
use runbook::{ActionName, Control, PlanKind, Stopped};

use crate::carry::{Life, carry, check_right, planned, tell};
use crate::lab::Lab;

/// Where the run waits for a person, and why.
fn waits(lab: &Lab) -> (ActionName, String) {
    match carry(lab, "n1", &Life::long()).expect("it stops") {
        Stopped::WaitsForPerson { action, failure, .. } => (action, failure.to_string()),
        other => panic!("{other}: {}", lab.told()),
    }
}

#[test]
fn a_run_does_not_begin_by_a_wrong_clock() {
    let lab = planned(PlanKind::Failover);
    let before = lab.record();
    lab.inner().clock_ahead_ms = 15_000;
    let (action, why) = waits(&lab);
    assert_eq!((action, lab.record()), (ActionName::BeginRun, before));
    expect!["refused: the clock of this machine is at least 15000 ms ahead of the system's, and the fence allows 2000 ms: set it (`timedatectl set-ntp true`), wait until `timedatectl` calls it synchronized, and type `tideover resume r9`"].assert_eq(&why);
    lab.inner().clock_ahead_ms = 0;
    tell(&lab, "bob", &Control::Retry(action)).expect("it failed");
    assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::Finished));
    check_right(&lab);
}

#[test]
fn a_planned_run_by_a_wrong_clock_changes_nothing() {
    let lab = planned(PlanKind::Switchover);
    let before = lab.record();
    lab.inner().clock_ahead_ms = -2_001;
    assert_eq!(carry(&lab, "n1", &Life::long()), Some(Stopped::TurnedBack));
    assert_eq!(lab.record(), before);
    assert!(lab.told().contains("at least 2001 ms behind the system's"), "{}", lab.told());
}

/// The clock is set wrong, or the run is taken over by somebody whose clock is, once it has begun.
#[test]
fn the_fence_is_not_trusted_by_a_clock_that_runs_ahead() {
    let lab = planned(PlanKind::Failover);
    lab.trouble(ActionName::StopSource, 1, &crate::lab::Trouble::ClockJumps(15_000));
    let (action, why) = waits(&lab);
    assert_eq!(action, ActionName::WaitForFence);
    assert!(why.contains("at least 15000 ms ahead"), "{why}");
    assert!(!lab.told().contains("begins pass-point-of-no-return"), "{}", lab.told());
    lab.inner().clock_ahead_ms = 0;
    tell(&lab, "bob", &Control::Retry(action)).expect("it failed");
    assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::Finished));
    check_right(&lab);
}

#[test]
fn a_clock_within_the_bound_is_right() {
    let lab = planned(PlanKind::Failover);
    lab.inner().clock_ahead_ms = 2_000;
    assert_eq!(carry(&lab, "n1", &Life::long()), Some(Stopped::Finished));
}
