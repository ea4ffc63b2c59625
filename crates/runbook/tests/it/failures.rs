//! Every action fails in every class, and every action is done twice.

use expect_test::{Expect, expect};
use fence::Epoch;
use runbook::{
    Action, ActionName, Control, Failure, Observed, OnFailure, PlanKind, Refused, Stopped, Tail,
};

use crate::carry::{Life, approve, carry, check_right, plan_for, planned, step, tell};
use crate::lab::{Lab, Trouble};

/// The classes of failures, each with a trouble of it.
fn classes() -> [(&'static str, Trouble); 3] {
    [
        ("no", no(Refused::Other)),
        ("late", Trouble::After(Failure::TryAgain("unclear".to_owned()))),
        ("silent", Trouble::Hangs),
    ]
}

fn actions(lab: &Lab, kind: PlanKind) -> Vec<Action> {
    let plan = plan_for(lab, kind, "r9");
    plan.actions
}

/// How the run ends when an action goes wrong in this way as long as nobody mends anything: each
/// time it is attempted, or two hundred times of always.
fn end(kind: PlanKind, action: &Action, trouble: &Trouble) -> String {
    let lab = planned(kind);
    let count = usize::try_from(action.retry.attempts_max.min(200)).expect("it is small");
    lab.trouble(action.name, count, trouble);
    let stopped = carry(&lab, "n1", &Life::long()).expect("it stops");
    check_right(&lab);
    let told = match stopped {
        Stopped::Finished => "finished".to_owned(),
        Stopped::TurnedBack => "turned back".to_owned(),
        Stopped::WaitsForPerson { action, .. } => {
            lab.heal();
            tell(&lab, "bob", &Control::Retry(action)).expect("it failed");
            let stopped = carry(&lab, "n2", &Life::long()).expect("it stops");
            check_right(&lab);
            format!("person, then {}", if stopped == Stopped::Finished { "finished" } else { "?" })
        }
        other => format!("{other:?}"),
    };
    let record = lab.record();
    let active = record.active_region().expect("a Region is active");
    format!("{told} in {active}")
}

#[track_caller]
fn check(kind: PlanKind, table: Expect) {
    let lab = planned(kind);
    let mut rows = format!("{:<24}", "");
    for (class, _) in classes() {
        rows += &format!(" | {class:<29}");
    }
    for action in actions(&lab, kind).iter().filter(|action| action.approvers == 0) {
        rows += &format!("\n{:<24}", action.name);
        for (class, trouble) in classes() {
            let is_unheard = class == "no" && is_on_record(action.name);
            let end = if is_unheard { "-".to_owned() } else { end(kind, action, &trouble) };
            rows += &format!(" | {end:<29}");
        }
    }
    let rows: String = rows.lines().map(|row| format!("{}\n", row.trim_end())).collect();
    table.assert_eq(&rows);
}

/// The store never says no out of itself.
fn is_on_record(name: ActionName) -> bool {
    matches!(
        name,
        ActionName::BeginRun
            | ActionName::WaitForFence
            | ActionName::PassPointOfNoReturn
            | ActionName::Open
            | ActionName::DirectTraffic
            | ActionName::Close
    )
}

#[test]
fn switchover() {
    check(
        PlanKind::Switchover,
        expect![[r#"
                                 | no                            | late                          | silent
        check-preconditions      | turned back in east           | turned back in east           | turned back in east
        begin-run                | -                             | finished in west              | turned back in east
        mute-alarms              | finished in west              | finished in west              | finished in west
        stop-intake              | turned back in east           | turned back in east           | turned back in east
        wait-for-fence           | -                             | finished in west              | turned back in east
        drain-outbox             | finished in west              | finished in west              | finished in west
        wait-for-replication     | finished in west              | finished in west              | finished in west
        record-tail              | turned back in east           | turned back in east           | turned back in east
        pass-point-of-no-return  | -                             | finished in west              | turned back in east
        switch-database          | person, then finished in west | person, then finished in west | person, then finished in west
        verify-database          | person, then finished in west | person, then finished in west | person, then finished in west
        raise-epoch              | person, then finished in west | person, then finished in west | person, then finished in west
        open                     | -                             | finished in west              | person, then finished in west
        start-workers            | person, then finished in west | person, then finished in west | person, then finished in west
        try-payment              | person, then finished in west | person, then finished in west | person, then finished in west
        direct-traffic           | -                             | finished in west              | person, then finished in west
        confirm-traffic          | finished in west              | finished in west              | finished in west
        swap-monitoring          | finished in west              | finished in west              | finished in west
        write-report             | finished in west              | finished in west              | finished in west
        close                    | -                             | finished in west              | person, then finished in west
    "#]],
    );
}

#[test]
fn failover() {
    check(
        PlanKind::Failover,
        expect![[r#"
                                     | no                            | late                          | silent
            triage                   | finished in west              | finished in west              | finished in west
            snapshot-evidence        | finished in west              | finished in west              | finished in west
            begin-run                | -                             | finished in west              | person, then finished in west
            stop-source              | finished in west              | finished in west              | finished in west
            wait-for-fence           | -                             | finished in west              | person, then finished in west
            pass-point-of-no-return  | -                             | finished in west              | person, then finished in west
            promote-database         | person, then finished in west | person, then finished in west | person, then finished in west
            detach-database          | finished in west              | finished in west              | finished in west
            verify-database          | person, then finished in west | person, then finished in west | person, then finished in west
            raise-epoch              | person, then finished in west | person, then finished in west | person, then finished in west
            hold-missing             | person, then finished in west | person, then finished in west | person, then finished in west
            open                     | -                             | finished in west              | person, then finished in west
            start-workers            | person, then finished in west | person, then finished in west | person, then finished in west
            try-payment              | person, then finished in west | person, then finished in west | person, then finished in west
            direct-traffic           | -                             | finished in west              | person, then finished in west
            confirm-traffic          | finished in west              | finished in west              | finished in west
            stabilize                | finished in west              | finished in west              | finished in west
            write-report             | finished in west              | finished in west              | finished in west
            await-source             | person, then finished in west | finished in west              | finished in west
            hold-source              | person, then finished in west | finished in west              | finished in west
            rescue-tail              | person, then finished in west | person, then finished in west | person, then finished in west
            settle-missing           | person, then finished in west | finished in west              | finished in west
            converge                 | finished in west              | finished in west              | finished in west
            restore-protection       | person, then finished in west | finished in west              | finished in west
            close                    | -                             | finished in west              | person, then finished in west
        "#]],
    );
}

/// What comes of an action that is attempted twice because its answer was lost, one at a time and
/// all of them at once.
#[test]
fn every_action_is_performed_twice() {
    for kind in [PlanKind::Switchover, PlanKind::Failover] {
        let all = actions(&planned(kind), kind);
        let some = all.iter().filter(|action| action.retry.attempts_max > 1);
        let some: Vec<ActionName> = some.map(|action| action.name).collect();
        for names in some.iter().map(std::slice::from_ref).chain([some.as_slice()]) {
            let lab = planned(kind);
            let lost = Trouble::After(Failure::TryAgain("unclear".to_owned()));
            names.iter().for_each(|name| lab.trouble(*name, 1, &lost));
            let stopped = carry(&lab, "n1", &Life::long());
            assert_eq!(stopped, Some(Stopped::Finished), "{names:?}\n{}", lab.told());
            check_right(&lab);
            assert_eq!(lab.inner().moves, 1, "{names:?}");
        }
    }
}

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

fn no(refused: Refused) -> Trouble {
    Trouble::Before(Failure::Refused(refused, "the service says no".to_owned()))
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

/// What the world tells of an action, and how far the run goes with it.
#[track_caller]
fn check_told(name: ActionName, told: Observed, end: Expect) {
    let lab = planned(PlanKind::Switchover);
    lab.inner().lies.insert(name, told);
    let stopped = carry(&lab, "n1", &Life::long()).expect("it stops");
    let (all, state) = (lab.told(), lab.state());
    let last = all.lines().rfind(|line| line.contains(&format!("ends {name}"))).unwrap_or_default();
    end.assert_eq(&format!("{last}\n{stopped}\n{state}\n"));
}

/// The source ended at position 70, with 7 movements, and the run has reserved epoch 2.
#[test]
fn what_is_seen_of_a_database_must_do() {
    let tail = |position, movements, faults| Tail { position, movements, faults };
    let verify = |found| Observed::Database(found);
    let (record, verified) = (ActionName::RecordTail, ActionName::VerifyDatabase);
    check_told(
        record,
        Observed::Tail(tail(Some(70), 7, 1)),
        expect![[r#"
        12000   n1 ends record-tail 1: refused: the books have 1 faults
        the run has turned back: the source is active
        epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east
    "#]],
    );
    check_told(
        record,
        Observed::Done,
        expect![[r#"
        12000   n1 ends record-tail 1: refused: `record-tail` told nothing of the database, but Done
        the run has turned back: the source is active
        epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east
    "#]],
    );
    check_told(
        verified,
        verify(tail(Some(70), 7, 0)),
        expect![[r#"
        12000   n1 ends verify-database 1: Database(Tail { position: Some(70), movements: 7, faults: 0 })
        the run is finished
        epoch 2 ACTIVE west closed, traffic west, writer west in 2, workers west
    "#]],
    );
    check_told(
        verified,
        verify(tail(None, 8, 0)),
        expect![[r#"
        12000   n1 ends verify-database 1: Database(Tail { position: None, movements: 8, faults: 0 })
        the run is finished
        epoch 2 ACTIVE west closed, traffic west, writer west in 2, workers west
    "#]],
    );
    check_told(
        verified,
        verify(tail(Some(69), 7, 0)),
        expect![[r#"
            12000   n1 ends verify-database 1: refused: it ends at 69, the source ended at 70
            `verify-database` failed and waits for a person: refused: it ends at 69, the source ended at 70
            epoch 2 DRAINING east r9, traffic east, writer west in 1, workers nowhere
        "#]],
    );
    check_told(
        verified,
        verify(tail(Some(70), 6, 0)),
        expect![[r#"
            12000   n1 ends verify-database 1: refused: it has 6 movements, the source had 7
            `verify-database` failed and waits for a person: refused: it has 6 movements, the source had 7
            epoch 2 DRAINING east r9, traffic east, writer west in 1, workers nowhere
        "#]],
    );
    check_told(
        verified,
        verify(tail(Some(70), 7, 2)),
        expect![[r#"
            12000   n1 ends verify-database 1: refused: the books have 2 faults
            `verify-database` failed and waits for a person: refused: the books have 2 faults
            epoch 2 DRAINING east r9, traffic east, writer west in 1, workers nowhere
        "#]],
    );
    check_told(
        verified,
        Observed::Done,
        expect![[r#"
            12000   n1 ends verify-database 1: refused: `verify-database` told nothing of the database, but Done
            `verify-database` failed and waits for a person: refused: `verify-database` told nothing of the database, but Done
            epoch 2 DRAINING east r9, traffic east, writer west in 1, workers nowhere
        "#]],
    );
    let raised = ActionName::RaiseEpoch;
    check_told(
        raised,
        Observed::Epoch(Epoch::FIRST),
        expect![[r#"
            12000   n1 ends raise-epoch 1: refused: the ledger stays in epoch 1, below 2
            `raise-epoch` failed and waits for a person: refused: the ledger stays in epoch 1, below 2
            epoch 2 DRAINING east r9, traffic east, writer west in 2, workers nowhere
        "#]],
    );
    check_told(
        raised,
        Observed::Epoch(Epoch::new(3)),
        expect![[r#"
            12000   n1 ends raise-epoch 1: refused: the ledger is in epoch 3, beyond 2
            `raise-epoch` failed and waits for a person: refused: the ledger is in epoch 3, beyond 2
            epoch 2 DRAINING east r9, traffic east, writer west in 2, workers nowhere
        "#]],
    );
    check_told(
        raised,
        Observed::Done,
        expect![[r#"
            12000   n1 ends raise-epoch 1: refused: `raise-epoch` told nothing of the database, but Done
            `raise-epoch` failed and waits for a person: refused: `raise-epoch` told nothing of the database, but Done
            epoch 2 DRAINING east r9, traffic east, writer west in 2, workers nowhere
        "#]],
    );
}

/// What is not settled is asked about again.
#[test]
fn a_run_is_not_closed_with_movements_in_quarantine() {
    let lab = planned(PlanKind::Failover);
    lab.inner().lies.insert(ActionName::SettleMissing, Observed::Movements(1));
    assert_eq!(carry(&lab, "n1", &Life::polls(2_000)), None);
    let told = lab.told();
    assert!(told.contains("ends settle-missing 9: not done yet: 1 movements are left"), "{told}");
    lab.inner().lies.clear();
    assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::Finished));
}

/// A best effort is all it is.
#[test]
fn nothing_of_a_lost_region_stops_a_failover() {
    let lab = planned(PlanKind::Failover);
    let all = actions(&lab, PlanKind::Failover);
    let efforts = all.iter().filter(|action| action.on_failure == OnFailure::GoOn);
    efforts.for_each(|action| lab.trouble(action.name, 99, &Trouble::Hangs));
    assert_eq!(carry(&lab, "n1", &Life::long()), Some(Stopped::Finished));
    check_right(&lab);
}
