//! What people order, and what they are told.

use expect_test::{Expect, expect};
use fence::{Author, DurationMs};
use runbook::{ActionName, Control, Failure, PlanKind, Stopped, drive, order};

use crate::carry::{Life, approve, carry, check_right, plan_for, planned, put, runner, step, tell};
use crate::lab::{Lab, Trouble};

/// What was ordered, and what came of it.
#[track_caller]
fn check(lab: &Lab, control: &Control, answer: Expect) {
    let told = tell(lab, "bob", control);
    answer.assert_eq(&told.map_or_else(|not_taken| not_taken.to_string(), |()| "ok".to_owned()));
}

fn abort() -> Control {
    Control::Abort { reason: "a test".to_owned() }
}

fn skip(action: ActionName) -> Control {
    Control::Skip { action, reason: "a test".to_owned() }
}

/// A run that waits for a person because this action fails.
fn stuck(kind: PlanKind, name: ActionName) -> Lab {
    let lab = planned(kind);
    let trouble = Trouble::Before(Failure::TryAgain("busy".to_owned()));
    lab.trouble(name, 99, &trouble);
    let stopped = carry(&lab, "n1", &Life::long());
    assert!(matches!(stopped, Some(Stopped::WaitsForPerson { .. })), "{stopped:?}");
    lab.heal();
    lab
}

#[test]
fn before_anything() {
    let lab = Lab::new("east");
    check(&lab, &Control::Pause, expect!["the journal has no plan"]);
    assert_eq!(step(&lab, "n1"), Stopped::NotPlanned);
}

#[test]
fn pause_and_resume() {
    let lab = planned(PlanKind::Switchover);
    check(&lab, &Control::Resume, expect!["the run is not paused"]);
    check(&lab, &Control::Pause, expect!["ok"]);
    check(&lab, &Control::Pause, expect!["bob has paused the run already"]);
    assert_eq!(step(&lab, "n1"), Stopped::Paused { by: Author::new("bob") });
    assert!(!lab.told().contains("takes"), "a runner that has nothing to do takes nothing");
    check(&lab, &Control::Resume, expect!["ok"]);
    assert_eq!(step(&lab, "n1"), Stopped::Finished);
    check(&lab, &Control::Pause, expect!["the run is over"]);
}

#[test]
fn a_pause_waits_for_the_action_in_hand() {
    let lab = planned(PlanKind::Switchover);
    let life = Life::polls(50);
    assert_eq!(life.run(&lab, drive(&lab, &lab, &runner("n1"))), None);
    let (by, now) = (Author::new("bob"), lab.clock.now());
    let pause = Life::long().run(&lab, order(&lab, &Control::Pause, &by, now));
    assert_eq!(pause, Some(Ok(())));
    assert_eq!(step(&lab, "n2"), Stopped::Paused { by });
    check_right(&lab);
}

#[test]
fn retry_and_skip() {
    let lab = stuck(PlanKind::Switchover, ActionName::TryPayment);
    check(&lab, &Control::Retry(ActionName::Open), expect!["`open` is not due, but `try-payment`"]);
    check(&lab, &skip(ActionName::Open), expect!["`open` is not due, but `try-payment`"]);
    check(
        &lab,
        &skip(ActionName::DirectTraffic),
        expect!["the run cannot do without `direct-traffic`"],
    );
    check(&lab, &skip(ActionName::Triage), expect!["the run does not do `triage`"]);
    check(
        &lab,
        &abort(),
        expect!["the point of no return is passed; the run can only be finished"],
    );
    check(&lab, &skip(ActionName::TryPayment), expect!["ok"]);
    check(
        &lab,
        &Control::Retry(ActionName::TryPayment),
        expect!["`try-payment` is not due, but `direct-traffic`"],
    );
    assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::Finished));
    check_right(&lab);
}

#[test]
fn retry_what_has_not_failed() {
    let lab = planned(PlanKind::Switchover);
    check(
        &lab,
        &Control::Retry(ActionName::CheckPreconditions),
        expect!["`check-preconditions` has not failed for good"],
    );
    check(
        &lab,
        &approve(ActionName::CheckPreconditions),
        expect!["`check-preconditions` asks nobody for approval"],
    );
}

/// Whoever gives the source up is not kept waiting for it.
#[test]
fn a_source_that_does_not_come_back() {
    let lab = planned(PlanKind::Failover);
    lab.trouble(
        ActionName::AwaitSource,
        20,
        &Trouble::Before(Failure::TryAgain("gone".to_owned())),
    );
    check(&lab, &skip(ActionName::AwaitSource), expect!["ok"]);
    assert_eq!(carry(&lab, "n1", &Life::long()), Some(Stopped::Finished));
    check_right(&lab);
    let told = lab.told();
    let of_source = ["await-source 1", "hold-source", "rescue-tail", "converge"];
    assert!(of_source.iter().all(|name| !told.contains(name)), "{told}");
}

#[test]
fn approvals_come_from_distinct_people_and_run_out() {
    let lab = planned(PlanKind::Failover);
    check(
        &lab,
        &approve(ActionName::ApproveLoss),
        expect!["`approve-loss` is not due, but `triage`"],
    );
    expect![[r#"
        WaitsForApproval {
            action: ApproveLoss,
            needed: 2,
            approved: 0,
            shown: Evidence {
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
        }
    "#]]
    .assert_debug_eq(&step(&lab, "n1"));
    check(
        &lab,
        &approve(ActionName::ApproveDetach),
        expect!["`approve-detach` is not due, but `approve-loss`"],
    );
    let brief = Control::Approve { action: ActionName::ApproveLoss, lasts: DurationMs(5_000) };
    tell(&lab, "bob", &brief).expect("it is due");
    check(&lab, &brief, expect!["bob has approved of `approve-loss` already"]);
    expect!["`approve-loss` waits for approval: 1 of 2"].assert_eq(&step(&lab, "n1").to_string());
    lab.clock.advance(DurationMs(5_000));
    tell(&lab, "cyd", &brief).expect("it is due");
    expect!["`approve-loss` waits for approval: 1 of 2"].assert_eq(&step(&lab, "n1").to_string());
    tell(&lab, "dan", &brief).expect("it is due");
    assert_eq!(step(&lab, "n1"), Stopped::Finished);
}

/// Whoever vouches for people is believed before they are: one principal is one person, under whatever name.
#[test]
fn a_principal_approves_once() {
    let lab = planned(PlanKind::Failover);
    step(&lab, "n1");
    let order = |by: Author| {
        let (approves, now) = (approve(ActionName::ApproveLoss), lab.clock.now());
        let told = Life::long().run(&lab, order(&lab, &approves, &by, now)).expect("it ends");
        told.map_or_else(|not_taken| not_taken.to_string(), |()| "ok".to_owned())
    };
    assert_eq!(order(Author::new("bob").known_as("arn:1")), "ok");
    let again = "bob has approved of `approve-loss` already, as arn:1";
    assert_eq!(order(Author::new("cyd").known_as("arn:1")), again);
    assert_eq!(order(Author::new("bob").known_as("arn:2")), again);
    expect!["`approve-loss` waits for approval: 1 of 2"].assert_eq(&step(&lab, "n1").to_string());
    assert_eq!(order(Author::new("cyd").known_as("arn:2")), "ok");
    assert_eq!(step(&lab, "n1"), Stopped::Finished);
}

/// The loss grows as long as the source is active.
#[test]
fn an_approval_that_ran_out_before_it_was_used_is_asked_for_again() {
    let lab = planned(PlanKind::Failover);
    step(&lab, "n1");
    for by in ["bob", "cyd"] {
        tell(&lab, by, &approve(ActionName::ApproveLoss)).expect("it is due");
    }
    let noted = |lab: &Lab| lab.told().contains("ends approve-loss");
    let drive_until_noted = || {
        let mut life = 0;
        while !noted(&lab) {
            life += 1;
            Life::polls(life).run(&lab, drive(&lab, &lab, &runner("n1")));
        }
    };
    drive_until_noted();
    lab.clock.advance(DurationMs(900_000));
    expect!["`approve-loss` waits for approval: 0 of 2"].assert_eq(&step(&lab, "n2").to_string());
}

#[test]
fn abort_a_switchover() {
    let lab = planned(PlanKind::Switchover);
    assert_eq!(Life::polls(60).run(&lab, drive(&lab, &lab, &runner("n1"))), None);
    check(&lab, &abort(), expect!["ok"]);
    check(&lab, &abort(), expect!["the run turns back already"]);
    assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::TurnedBack));
    check_right(&lab);
    expect!["epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east"]
        .assert_eq(&lab.state());
    check(&lab, &abort(), expect!["the run is over"]);
}

#[test]
fn abort_a_failover_that_nobody_approves() {
    let lab = planned(PlanKind::Failover);
    step(&lab, "n1");
    check(&lab, &abort(), expect!["ok"]);
    assert_eq!(carry(&lab, "n1", &Life::long()), Some(Stopped::TurnedBack));
    expect!["epoch 1 ACTIVE east closed, traffic east, writer east in 1, workers east"]
        .assert_eq(&lab.state());
}

/// At each place where a run can be, an abort turns it back, or is refused and the run goes on.
#[test]
fn abort_everywhere() {
    for kind in [PlanKind::Switchover, PlanKind::Failover] {
        let (mut turned, mut refused) = (0, 0);
        for polls in 0.. {
            let lab = planned(kind);
            if carry(&lab, "n1", &Life::polls(polls)).is_some() {
                break;
            }
            let is_taken = tell(&lab, "bob", &abort()).is_ok();
            let end = if is_taken { Stopped::TurnedBack } else { Stopped::Finished };
            assert_eq!(carry(&lab, "n2", &Life::long()), Some(end), "{polls}:\n{}", lab.told());
            check_right(&lab);
            *(if is_taken { &mut turned } else { &mut refused }) += 1;
        }
        assert!(turned > 50 && refused > 50, "{kind}: {turned} turned back, {refused} not");
    }
}

#[test]
fn a_journal_has_one_plan() {
    let lab = planned(PlanKind::Switchover);
    let plan = plan_for(&lab, PlanKind::Switchover, "r9");
    put(&lab, &plan).expect("it is the same");
    assert_eq!(lab.inner().entries.len(), 1);
    let other = plan_for(&lab, PlanKind::Failover, "r9");
    expect!["the journal has the plan of another switchover"]
        .assert_eq(&put(&lab, &other).expect_err("it is another").to_string());
}
