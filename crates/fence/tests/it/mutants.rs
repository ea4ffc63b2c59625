//! The properties notice what is broken, and nothing when nothing is.

use proptest::test_runner::{TestCaseError, TestError};

use crate::event::Mutant;
use crate::properties::{events, play, runner};

/// What the first of many cases that goes wrong says.
fn noticed(mutant: Mutant) -> Option<String> {
    let played = runner(10_000)
        .run(&events(), |events| play(mutant, &events).map(drop).map_err(TestCaseError::fail));
    match played {
        Ok(()) => None,
        Err(TestError::Fail(wrong, _)) => Some(wrong.message().to_owned()),
        Err(abort @ TestError::Abort(_)) => panic!("{abort}"),
    }
}

#[track_caller]
fn check(mutant: Mutant, what: &str) {
    let wrong = noticed(mutant).unwrap_or_default();
    assert!(wrong.contains(what), "{wrong:?}");
}

const OPEN_TOO_LONG: &str = "is open past the point of no return";
const WRONG_LOSS: &str = "the latest loss";

#[test]
fn nothing() {
    assert_eq!(noticed(Mutant::Sound), None);
}

#[test]
fn no_clock_bound() {
    check(Mutant::NoClockBound, OPEN_TOO_LONG);
}

#[test]
fn no_revocation() {
    check(Mutant::NoRevocation, OPEN_TOO_LONG);
}

#[test]
fn no_wait() {
    check(Mutant::NoWait, OPEN_TOO_LONG);
}

#[test]
fn clocks_beyond_the_bound() {
    check(Mutant::WildClocks, OPEN_TOO_LONG);
}

#[test]
fn a_condition_that_forgets_how_far_the_run_is() {
    check(Mutant::WeakCondition, "twice: Version");
}

#[test]
fn leaving_with_the_gate_open() {
    check(Mutant::LeavesOpen, OPEN_TOO_LONG);
}

#[test]
fn a_failover_that_forgets_its_loss() {
    check(Mutant::FailoverForgetsLoss, WRONG_LOSS);
}

#[test]
fn a_switchover_that_tells_of_a_loss() {
    check(Mutant::SwitchoverTellsLoss, WRONG_LOSS);
}

#[test]
fn an_abort_that_tells_of_a_loss() {
    check(Mutant::AbortTellsLoss, WRONG_LOSS);
}
