//! One action at a time, as a state machine has it.

use expect_test::{Expect, expect};
use runbook::{ActionName, Failure, Heading, Performed, PlanKind, Refused, Stopped, perform_one};

use crate::carry::{Life, approve, check_right, plan_for, planned, runner, tell};
use crate::lab::{Lab, Trouble};

/// One state of the machine.
fn perform(lab: &Lab, heading: Heading, name: ActionName) -> Performed {
    let runner = runner("machine");
    Life::long().run(lab, perform_one(lab, lab, &runner, heading, name)).expect("it ends")
}

/// A machine that knows the plan, and what it is told after each state.
fn walk(lab: &Lab, kind: PlanKind) -> Vec<(ActionName, Performed)> {
    let plan = plan_for(&planned(kind), kind, "r9");
    let (mut told, mut heading, mut at) = (Vec::new(), Heading::Forward, 0);
    while let Some(action) = plan.way(heading).get(at) {
        let performed = perform(lab, heading, action.name);
        match &performed {
            Performed::Over => at += 1,
            Performed::TurnsBack => (heading, at) = (Heading::Back, 0),
            Performed::Again { not_before } => lab.clock.advance(not_before.since(lab.clock.now())),
            Performed::Stopped(Stopped::WaitsForApproval { action, .. }) => {
                for by in ["bob", "cyd"] {
                    tell(lab, by, &approve(*action)).expect("it is due");
                }
            }
            Performed::TooEarly { .. } | Performed::Stopped(_) => break,
        }
        told.push((action.name, performed));
    }
    told
}

#[track_caller]
fn check(lab: &Lab, kind: PlanKind, state: &str) -> String {
    let told = walk(lab, kind);
    check_right(lab);
    assert_eq!(lab.state(), state);
    let odd = told.iter().filter(|(_, performed)| *performed != Performed::Over);
    odd.map(|(name, performed)| format!("{name}: {performed:?}\n")).collect()
}

#[test]
fn a_machine_walks_through_every_plan() {
    let state = "epoch 2 ACTIVE west closed, traffic west, writer west in 2, workers west";
    assert_eq!(check(&planned(PlanKind::Switchover), PlanKind::Switchover, state), "");
    let told = check(&planned(PlanKind::Failover), PlanKind::Failover, state);
    expect![[r#"
        approve-loss: Stopped(WaitsForApproval { action: ApproveLoss, needed: 2, approved: 0, shown: Evidence { lag_ms: Some(900), lag_at: None, intents_missing: Some(2), named: [], money: {} } })
    "#]].assert_eq(&told);
}

#[test]
fn a_machine_tries_again_and_turns_back() {
    let lab = planned(PlanKind::Switchover);
    lab.trouble(ActionName::StopIntake, 1, &Trouble::Hangs);
    let no = Failure::Refused(Refused::NothingMoved, "cancelled".to_owned());
    lab.trouble(ActionName::SwitchDatabase, 1, &Trouble::Before(no));
    let state = "epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east";
    let told = check(&lab, PlanKind::Switchover, state);
    expect![[r#"
        stop-intake: Again { not_before: Millis(1000032000) }
        switch-database: TurnsBack
    "#]]
    .assert_eq(&told);
}

#[test]
fn states_that_come_too_early_or_again() {
    let lab = planned(PlanKind::Switchover);
    let check = |heading, name, told: Expect| {
        told.assert_eq(&format!("{:?}", perform(&lab, heading, name)));
    };
    check(Heading::Forward, ActionName::Open, expect!["TooEarly { due: CheckPreconditions }"]);
    check(Heading::Back, ActionName::Close, expect!["TooEarly { due: CheckPreconditions }"]);
    check(Heading::Forward, ActionName::CheckPreconditions, expect!["Over"]);
    check(Heading::Forward, ActionName::CheckPreconditions, expect!["Over"]);
    check(Heading::Forward, ActionName::Triage, expect!["Over"]);
    tell(&lab, "bob", &runbook::Control::Pause).expect("it is not paused");
    check(Heading::Forward, ActionName::CheckPreconditions, expect!["Over"]);
    check(
        Heading::Forward,
        ActionName::BeginRun,
        expect![[r#"Stopped(Paused { by: Author("bob") })"#]],
    );
    tell(&lab, "bob", &runbook::Control::Abort { reason: "no".to_owned() }).expect("it is early");
    check(Heading::Forward, ActionName::BeginRun, expect!["TurnsBack"]);
    check(Heading::Back, ActionName::Abort, expect!["Over"]);
    check(Heading::Back, ActionName::WriteReport, expect!["Over"]);
    check(Heading::Back, ActionName::Close, expect!["Over"]);
}
