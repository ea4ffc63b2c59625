//! Runs in which something goes wrong, from there to their end, entry by entry.

use expect_test::{Expect, expect};
use runbook::{ActionName, Control, Failure, PlanKind, Refused, Stopped};

use crate::carry::{Life, approve, carry, check_right, planned, step, tell};
use crate::failures::no;
use crate::lab::Trouble;

/// The whole story of a run in which this goes wrong.
#[track_caller]
fn check_story(kind: PlanKind, name: ActionName, trouble: &Trouble, from: &str, told: Expect) {
    let lab = planned(kind);
    lab.trouble(name, 99, trouble);
    let stopped = carry(&lab, "n1", &Life::long()).expect("it stops");
    check_right(&lab);
    let (all, state) = (lab.told(), lab.state());
    let start = all.find(from).and_then(|at| all[..at].rfind('\n')).map_or(0, |at| at + 1);
    told.assert_eq(&format!("{}{stopped}\n{state}\n", &all[start..]));
}

#[test]
fn a_switch_that_is_refused_turns_the_run_back() {
    let trouble = no(Refused::NothingMoved);
    let (kind, name) = (PlanKind::Switchover, ActionName::SwitchDatabase);
    check_story(
        kind,
        name,
        &trouble,
        "begins switch-database",
        expect![[r#"
            12000   n1 begins switch-database 1
            12000   n1 ends switch-database 1: refused: the service says no
            12000   n1 aborts: `switch-database` failed: refused: the service says no
            12000   n1 begins confirm-writer 1
            12000   n1 ends confirm-writer 1: Done
            12000   n1 begins abort 1
            12000   n1 ends abort 1: Done
            12000   n1 begins raise-epoch 1
            12000   n1 ends raise-epoch 1: Epoch(Epoch(2))
            12000   n1 begins reopen-source 1
            12000   n1 ends reopen-source 1: Done
            12000   n1 begins swap-monitoring 1
            12000   n1 ends swap-monitoring 1: Done
            12000   n1 begins write-report 1
            12000   n1 ends write-report 1: Done
            12000   n1 begins close 1
            12000   n1 ends close 1: Done
            the run has turned back: the source is active
            epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east
        "#]],
    );
}

#[test]
fn what_fails_before_the_point_of_no_return_turns_the_run_back() {
    let trouble = Trouble::Before(Failure::TryAgain("busy".to_owned()));
    let (kind, name) = (PlanKind::Switchover, ActionName::RecordTail);
    check_story(
        kind,
        name,
        &trouble,
        "begins record-tail",
        expect![[r#"
            12000   n1 begins record-tail 1
            12000   n1 ends record-tail 1: not done yet: busy
            14000   n1 begins record-tail 2
            14000   n1 ends record-tail 2: not done yet: busy
            16000   n1 begins record-tail 3
            16000   n1 ends record-tail 3: not done yet: busy
            16000   n1 aborts: `record-tail` failed: not done yet: busy
            16000   n1 begins confirm-writer 1
            16000   n1 ends confirm-writer 1: Done
            16000   n1 begins abort 1
            16000   n1 ends abort 1: Done
            16000   n1 begins raise-epoch 1
            16000   n1 ends raise-epoch 1: Epoch(Epoch(2))
            16000   n1 begins reopen-source 1
            16000   n1 ends reopen-source 1: Done
            16000   n1 begins swap-monitoring 1
            16000   n1 ends swap-monitoring 1: Done
            16000   n1 begins write-report 1
            16000   n1 ends write-report 1: Done
            16000   n1 begins close 1
            16000   n1 ends close 1: Done
            the run has turned back: the source is active
            epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east
        "#]],
    );
}

#[test]
fn nothing_is_turned_back_that_never_began() {
    let trouble = no(Refused::Precondition);
    let (kind, name) = (PlanKind::Switchover, ActionName::CheckPreconditions);
    check_story(
        kind,
        name,
        &trouble,
        "takes",
        expect![[r#"
            0       n1 takes it
            0       n1 begins check-preconditions 1
            0       n1 ends check-preconditions 1: refused: the service says no
            0       n1 aborts: `check-preconditions` failed: refused: the service says no
            0       n1 begins write-report 1
            0       n1 ends write-report 1: Done
            the run has turned back: the source is active
            epoch 1 ACTIVE east closed, traffic east, writer east in 1, workers east
        "#]],
    );
}

/// The answer to the last attempt may still come: the run begins for certain, and is turned back.
#[test]
fn a_run_that_may_have_begun_is_turned_back() {
    let unclear = Failure::TryAgain("unclear".to_owned());
    let (kind, name) = (PlanKind::Switchover, ActionName::BeginRun);
    check_story(
        kind,
        name,
        &Trouble::Before(unclear),
        "ends begin-run 5",
        expect![[r#"
            8000    n1 ends begin-run 5: not done yet: the control store did not answer: timed out
            8000    n1 aborts: `begin-run` failed: not done yet: the control store did not answer: timed out
            8000    n1 begins confirm-writer 1
            8000    n1 ends confirm-writer 1: Done
            8000    n1 begins abort 1
            8000    n1 ends abort 1: Done
            8000    n1 begins raise-epoch 1
            8000    n1 ends raise-epoch 1: Epoch(Epoch(2))
            8000    n1 begins reopen-source 1
            8000    n1 ends reopen-source 1: Done
            8000    n1 begins swap-monitoring 1
            8000    n1 ends swap-monitoring 1: Done
            8000    n1 begins write-report 1
            8000    n1 ends write-report 1: Done
            8000    n1 begins close 1
            8000    n1 ends close 1: Done
            the run has turned back: the source is active
            epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east
        "#]],
    );
}

#[test]
fn versions_that_differ_ask_for_approval_again() {
    let trouble = no(Refused::Versions);
    let (kind, name) = (PlanKind::Failover, ActionName::PromoteDatabase);
    check_story(
        kind,
        name,
        &trouble,
        "begins promote",
        expect![[r#"
            12000   n1 begins promote-database 1
            12000   n1 ends promote-database 1: refused: the service says no
            12000   bob approves approve-detach until 912000
            12000   cyd approves approve-detach until 912000
            12000   n1 begins approve-detach 1
            12000   n1 ends approve-detach 1: Approved(2)
            12000   n1 begins detach-database 1
            12000   n1 ends detach-database 1: Done
            12000   n1 begins verify-database 1
            12000   n1 ends verify-database 1: Database(Tail { position: Some(70), movements: 7, faults: 0 })
            12000   n1 begins raise-epoch 1
            12000   n1 ends raise-epoch 1: Epoch(Epoch(2))
            12000   n1 begins hold-missing 1
            12000   n1 ends hold-missing 1: Movements(2)
            12000   n1 begins open 1
            12000   n1 ends open 1: Done
            12000   n1 begins start-workers 1
            12000   n1 ends start-workers 1: Done
            12000   n1 begins try-payment 1
            12000   n1 ends try-payment 1: Done
            12000   n1 begins direct-traffic 1
            12000   n1 ends direct-traffic 1: Done
            12000   n1 begins confirm-traffic 1
            12000   n1 ends confirm-traffic 1: Done
            12000   n1 begins unmute-alarms 1
            12000   n1 ends unmute-alarms 1: Done
            12000   n1 begins ask-processor 1
            12000   n1 ends ask-processor 1: Movements(0)
            12000   n1 begins stabilize 1
            12000   n1 ends stabilize 1: Done
            12000   n1 begins write-report 1
            12000   n1 ends write-report 1: Done
            12000   n1 begins await-source 1
            12000   n1 ends await-source 1: Done
            12000   n1 begins hold-source 1
            12000   n1 ends hold-source 1: Done
            12000   n1 begins rescue-tail 1
            12000   n1 ends rescue-tail 1: Done
            12000   n1 begins settle-missing 1
            12000   n1 ends settle-missing 1: Movements(0)
            12000   n1 begins converge 1
            12000   n1 ends converge 1: Done
            12000   n1 begins restore-protection 1
            12000   n1 ends restore-protection 1: Done
            12000   n1 begins close 1
            12000   n1 ends close 1: Done
            the run is finished
            epoch 2 ACTIVE west closed, traffic west, writer west in 2, workers west
        "#]],
    );
}

#[test]
fn versions_that_were_mended_are_tried_again() {
    let lab = planned(PlanKind::Failover);
    lab.trouble(ActionName::PromoteDatabase, 1, &no(Refused::Versions));
    let approvals = [ActionName::ApproveLoss, ActionName::ApproveDetach];
    let stopped = step(&lab, "n1");
    assert!(matches!(stopped, Stopped::WaitsForApproval { action, .. } if action == approvals[0]));
    for by in ["bob", "cyd"] {
        tell(&lab, by, &approve(approvals[0])).expect("it is due");
    }
    let stopped = step(&lab, "n1");
    assert!(matches!(stopped, Stopped::WaitsForApproval { action, .. } if action == approvals[1]));
    tell(&lab, "bob", &Control::Retry(ActionName::PromoteDatabase)).expect("it was refused");
    assert_eq!(carry(&lab, "n1", &Life::long()), Some(Stopped::Finished));
    assert!(!lab.told().contains("detach-database"), "{}", lab.told());
}
