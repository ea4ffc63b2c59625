//! Every action fails in every class, and every action is done twice.

use expect_test::{Expect, expect};
use runbook::{Action, ActionName, Control, Failure, OnFailure, PlanKind, Refused, Stopped};

use crate::carry::{Life, carry, check_right, plan_for, planned, tell};
use crate::lab::{Lab, Trouble};

/// The service says no.
pub(crate) fn no(refused: Refused) -> Trouble {
    Trouble::Before(Failure::Refused(refused, "the service says no".to_owned()))
}

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
            | ActionName::Abort
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
            unmute-alarms            | finished in west              | finished in west              | finished in west
            ask-processor            | finished in west              | finished in west              | finished in west
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

/// The way back goes on until it has come to its end, with people when it must.
#[test]
fn way_back() {
    let mut rows = String::new();
    for action in &plan_for(&planned(PlanKind::Switchover), PlanKind::Switchover, "r9").way_back {
        for (class, trouble) in classes() {
            if class == "no" && is_on_record(action.name) {
                continue;
            }
            let lab = planned(PlanKind::Switchover);
            lab.trouble(ActionName::SwitchDatabase, 99, &no(Refused::NothingMoved));
            lab.trouble(action.name, 99, &trouble);
            let mut stopped = carry(&lab, "n1", &Life::long()).expect("it stops");
            let is_person = matches!(stopped, Stopped::WaitsForPerson { .. });
            if is_person {
                lab.heal();
                tell(&lab, "bob", &Control::Retry(action.name)).expect("it failed");
                stopped = carry(&lab, "n2", &Life::long()).expect("it stops");
            }
            check_right(&lab);
            let state = "epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east";
            assert_eq!((stopped, lab.state().as_str()), (Stopped::TurnedBack, state));
            let whom = if is_person { "a person" } else { "nobody" };
            rows += &format!("{:<16} {class:<7} waits for {whom}\n", action.name);
        }
    }
    expect![[r#"
        confirm-writer   no      waits for a person
        confirm-writer   late    waits for a person
        confirm-writer   silent  waits for a person
        abort            late    waits for nobody
        abort            silent  waits for a person
        raise-epoch      no      waits for a person
        raise-epoch      late    waits for a person
        raise-epoch      silent  waits for a person
        reopen-source    no      waits for a person
        reopen-source    late    waits for a person
        reopen-source    silent  waits for a person
        swap-monitoring  no      waits for nobody
        swap-monitoring  late    waits for nobody
        swap-monitoring  silent  waits for nobody
        write-report     no      waits for nobody
        write-report     late    waits for nobody
        write-report     silent  waits for nobody
        close            late    waits for nobody
        close            silent  waits for a person
    "#]]
    .assert_eq(&rows);
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
