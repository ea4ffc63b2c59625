//! What a state that waits for people is sent back, by what people have written into the journal.

use runbook::render::decision;
use runbook::{ActionName, Control, Failure, PlanKind, Stopped};

use crate::carry::{Life, approve, carry, planned, step, tell};
use crate::lab::{Lab, Trouble};

const ALL: [&str; 3] = ["retry", "skip", "abort"];

fn seen<'a>(lab: &Lab, action: ActionName, answers: &[&'a str]) -> Option<&'a str> {
    decision(&lab.inner().entries, action, answers, lab.clock.now())
}

/// A switchover that waits for a person because this action fails.
fn stuck(name: ActionName) -> Lab {
    let lab = planned(PlanKind::Switchover);
    lab.trouble(name, 99, &Trouble::Before(Failure::TryAgain("busy".to_owned())));
    carry(&lab, "n1", &Life::long());
    lab
}

fn order(lab: &Lab, control: &Control) {
    tell(lab, "bob", control).expect("it may be ordered");
}

#[test]
fn nothing_is_sent_before_somebody_has_decided() {
    let lab = stuck(ActionName::TryPayment);
    assert_eq!(seen(&lab, ActionName::TryPayment, &ALL), None);
    order(&lab, &Control::Pause);
    order(&lab, &Control::Retry(ActionName::TryPayment));
    assert_eq!(seen(&lab, ActionName::TryPayment, &ALL), None, "it is paused");
    order(&lab, &Control::Resume);
    assert_eq!(seen(&lab, ActionName::TryPayment, &ALL), Some("retry"));
    assert_eq!(decision(&[], ActionName::TryPayment, &ALL, lab.clock.now()), None);
}

#[test]
fn what_was_left_out_is_skipped() {
    let lab = stuck(ActionName::TryPayment);
    let reason = "a test".to_owned();
    order(&lab, &Control::Skip { action: ActionName::TryPayment, reason });
    assert_eq!(seen(&lab, ActionName::TryPayment, &ALL), Some("skip"));
    assert_eq!(seen(&lab, ActionName::TryPayment, &["retry"]), Some("retry"), "it takes no other");
}

#[test]
fn a_run_that_turns_back_takes_the_way_back() {
    let lab = planned(PlanKind::Switchover);
    order(&lab, &Control::Pause);
    let due = ActionName::CheckPreconditions;
    assert_eq!(seen(&lab, due, &ALL), None);
    order(&lab, &Control::Abort { reason: "a test".to_owned() });
    // Whether it goes on by itself or stays paused is the journal's to say.
    let _ = tell(&lab, "bob", &Control::Resume);
    assert_eq!(seen(&lab, due, &ALL), Some("abort"));
    assert_eq!(seen(&lab, due, &["retry", "skip"]), Some("retry"));
}

#[test]
fn approvals_are_counted_first() {
    let lab = planned(PlanKind::Failover);
    assert!(matches!(step(&lab, "n1"), Stopped::WaitsForApproval { .. }));
    let due = ActionName::ApproveLoss;
    let tell = |by: &str| tell(&lab, by, &approve(due));
    assert_eq!(seen(&lab, due, &[]), None);
    tell("bob").expect("it is due");
    tell("bob").expect_err("bob is one person");
    assert_eq!(seen(&lab, due, &[]), None);
    tell("cyd").expect("it is due");
    assert_eq!(seen(&lab, due, &[]), Some("retry"));
    // Another action has come to wait: this one's state waits no more.
    assert_eq!(seen(&lab, ActionName::Triage, &ALL), Some("retry"));
}
