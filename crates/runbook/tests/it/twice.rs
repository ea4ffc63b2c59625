//! What comes upon a run that is open: its source is lost while it drains, or its target after it
//! was opened.

use expect_test::expect;
use fence::State;
use runbook::{NotTaken, PlanKind, Stopped, drive};

use crate::carry::{Life, carry, check_right, plan_for, planned, put, runner, step, tell};
use crate::clock::Task;
use crate::lab::{Lab, Trouble};

/// What there is when the second run has ended with this Region active.
fn active(name: &str) -> String {
    format!("epoch 3 ACTIVE {name} closed, traffic {name}, writer {name} in 3, workers {name}")
}

/// A run of this kind whose first runner is killed after so many polls; nothing when it has ended.
fn killed(kind: PlanKind, polls: u64) -> Option<Lab> {
    let lab = planned(kind);
    let ended = carry(&lab, "n1", &Life::polls(polls));
    ended.is_none().then_some(lab)
}

#[test]
fn a_switchover_goes_on_as_a_failover() {
    let mut switched = [0, 0];
    for polls in 0.. {
        let Some(lab) = killed(PlanKind::Switchover, polls) else { break };
        if lab.record().state() != State::Draining {
            continue;
        }
        let moves = lab.inner().moves;
        let told = put(&lab, &plan_for(&lab, PlanKind::Failover, "r9"));
        if lab.told().contains("begins open") {
            check_too_late(told);
            continue;
        }
        told.expect("it goes on");
        assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::Finished), "{}", lab.told());
        check_right(&lab);
        assert_eq!(lab.state(), active("west"));
        assert_eq!(lab.inner().moves, 1);
        switched[usize::try_from(moves).expect("it is small")] += 1;
    }
    expect!["[182, 16]"].assert_eq(&format!("{switched:?}"));
}

/// Whoever has begun to open the target may be about to do it: only the switchover ends that.
#[track_caller]
fn check_too_late(told: Result<(), NotTaken>) {
    expect!["`open` has begun: finish the run, and plan another under a new name"]
        .assert_eq(&told.expect_err("it may be open").to_string());
}

/// A switchover that turns back goes on as a failover when its source is lost on the way, as long
/// as nobody has begun to make that active again.
#[test]
fn a_switchover_that_turns_back_goes_on_as_a_failover() {
    let mut switched = [0, 0];
    for polls in 0.. {
        let lab = planned(PlanKind::Switchover);
        assert_eq!(carry(&lab, "n1", &Life::polls(60)), None);
        let abort = runbook::Control::Abort { reason: "a test".to_owned() };
        tell(&lab, "bob", &abort).expect("it can be turned back");
        let failover = plan_for(&lab, PlanKind::Failover, "r9");
        let ended = carry(&lab, "n2", &Life::polls(polls));
        let told = put(&lab, &failover);
        let has_begun = lab.told().contains("begins abort");
        switched[usize::from(has_begun)] += 1;
        match (&ended, told) {
            (None, Ok(())) => {
                assert!(!has_begun, "{}", lab.told());
                assert_eq!(carry(&lab, "n3", &Life::long()), Some(Stopped::Finished));
                assert_eq!(lab.state(), active("west"));
            }
            (None, Err(_)) => {
                assert!(has_begun, "{}", lab.told());
                assert_eq!(carry(&lab, "n3", &Life::long()), Some(Stopped::TurnedBack));
            }
            (Some(_), told) => {
                expect!["the run is over"].assert_eq(&told.expect_err("it is over").to_string());
            }
        }
        check_right(&lab);
        if ended.is_some() {
            break;
        }
    }
    expect!["[12, 50]"].assert_eq(&format!("{switched:?}"));
}

/// The runner of the switchover is not dead, but stands still, and wakes afterwards.
#[test]
fn a_switchover_that_goes_on_beside_its_runner() {
    for polls in 0.. {
        let lab = planned(PlanKind::Switchover);
        let one = runner("n1");
        let mut tasks: [Task<'_, Stopped>; 1] = [Some(Box::pin(drive(&lab, &lab, &one)))];
        let mut left: u64 = polls;
        let ended = lab.clock.run(&mut tasks, |_| {
            left = left.checked_sub(1)?;
            Some(0)
        });
        if ended.is_some() {
            break;
        }
        if lab.record().state() != State::Draining {
            continue;
        }
        let told = put(&lab, &plan_for(&lab, PlanKind::Failover, "r9"));
        if lab.told().contains("begins open") {
            check_too_late(told);
            continue;
        }
        told.expect("it goes on");
        assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::Finished));
        let state = lab.state();
        let ended = lab.clock.run(&mut tasks, |_| Some(0)).expect("it ends");
        let is_told = matches!(ended[0], Stopped::OtherRunner { .. } | Stopped::Finished);
        assert!(is_told, "{polls}: {ended:?}");
        check_right(&lab);
        assert_eq!((lab.state(), lab.inner().moves), (state, 1), "{polls}");
    }
}

/// Until it has begun, a failover by mistake can be turned back, with the switchover.
#[test]
fn a_switchover_that_would_have_gone_on_turns_back() {
    for polls in 0.. {
        let Some(lab) = killed(PlanKind::Switchover, polls) else { break };
        if lab.record().state() != State::Draining {
            continue;
        }
        let is_ahead = !lab.told().contains("begins pass-point-of-no-return");
        let told = put(&lab, &plan_for(&lab, PlanKind::Failover, "r9"));
        if lab.told().contains("begins open") {
            check_too_late(told);
            continue;
        }
        told.expect("it goes on");
        assert!(matches!(step(&lab, "n2"), Stopped::WaitsForApproval { .. }));
        let abort = runbook::Control::Abort { reason: "it is not lost".to_owned() };
        let told = tell(&lab, "bob", &abort);
        assert_eq!(told.is_ok(), is_ahead, "{told:?}");
        if is_ahead {
            assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::TurnedBack));
            check_right(&lab);
            assert_eq!(lab.state(), active("east"));
        }
    }
}

/// Wherever a failover is after it opened its Region, that Region may be lost; and the first run is
/// over when its runner comes back.
#[test]
fn the_new_region_is_lost_before_the_run_is_closed() {
    let mut superseded = 0;
    for polls in 0.. {
        let Some(lab) = killed(PlanKind::Failover, polls) else { break };
        let record = lab.record();
        if record.state() != State::Active || record.run().is_none() {
            continue;
        }
        let second = plan_for(&lab, PlanKind::Failover, "r10");
        let first = std::mem::take(&mut lab.inner().entries);
        put(&lab, &second).expect("it is another journal");
        let ended = carry(&lab, "n2", &Life::long());
        assert_eq!(ended, Some(Stopped::Finished), "{polls}:\n{}", lab.told());
        check_right(&lab);
        assert_eq!(lab.state(), active("east"));
        lab.inner().entries = first;
        let state = lab.state();
        assert_eq!(carry(&lab, "n3", &Life::long()), Some(Stopped::Superseded), "{polls}");
        assert_eq!(step(&lab, "n4"), Stopped::Superseded);
        check_right(&lab);
        assert_eq!(lab.state(), state);
        superseded += 1;
    }
    assert!(superseded > 100, "only {superseded}");
}

/// The second failover begins while the first waits for its source, and is killed everywhere.
#[test]
fn the_second_failover_is_killed_everywhere() {
    for polls in 0.. {
        let lab = waiting_for_its_source();
        put(&lab, &plan_for(&lab, PlanKind::Failover, "r10")).expect("it is another journal");
        if carry(&lab, "n2", &Life::polls(polls)).is_some() {
            break;
        }
        assert_eq!(carry(&lab, "n3", &Life::long()), Some(Stopped::Finished), "{}", lab.told());
        check_right(&lab);
        assert_eq!(lab.state(), active("east"));
    }
}

/// A failover with everything done but what its source is needed for, and an empty journal.
fn waiting_for_its_source() -> Lab {
    let lab = planned(PlanKind::Failover);
    let gone = Trouble::Before(runbook::Failure::TryAgain("gone".to_owned()));
    lab.trouble(runbook::ActionName::AwaitSource, 100, &gone);
    assert_eq!(carry(&lab, "n1", &Life::polls(500)), None);
    assert!(lab.told().contains("ends await-source"));
    lab.heal();
    lab.inner().entries.clear();
    lab
}
