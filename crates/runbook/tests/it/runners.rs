//! Two runners of one run, runners that wake up late, and a journal that is silent.

use expect_test::expect;
use fence::DurationMs;
use runbook::{ActionName, PlanKind, Runner, RunnerName, Stopped, Takeover, drive};

use crate::carry::{Life, approve, carry, check_right, planned, runner, step, tell};
use crate::clock::Task;
use crate::lab::{Lab, Trouble};

/// A run whose loss is approved, if there is one.
fn approved(kind: PlanKind) -> Lab {
    let lab = planned(kind);
    if kind == PlanKind::Failover {
        step(&lab, "n0");
        for by in ["bob", "cyd"] {
            tell(&lab, by, &approve(ActionName::ApproveLoss)).expect("it is due");
        }
    }
    lab
}

/// Takes small numbers off a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 40).expect("it is small") % bound
    }
}

/// One of them ends the run, the other stops, and everything happens once.
#[test]
fn two_at_once() {
    for kind in [PlanKind::Switchover, PlanKind::Failover] {
        let mut taken_over = 0;
        for seed in 0..500 {
            let lab = approved(kind);
            let (one, other) = (runner("n1"), runner("n2"));
            let tasks: [Task<'_, Stopped>; 2] = [
                Some(Box::pin(drive(&lab, &lab, &one))),
                Some(Box::pin(drive(&lab, &lab, &other))),
            ];
            let (mut tasks, mut dice) = (tasks, Dice(seed));
            // A second one that comes later than the first.
            let mut head_start = dice.below(200);
            let ends = lab.clock.run(&mut tasks, |count| {
                head_start = head_start.saturating_sub(1);
                Some(if head_start > 0 { 0 } else { dice.below(count) })
            });
            let ends = ends.expect("they end");
            let is_told = |end: &Stopped| matches!(end, Stopped::OtherRunner { .. });
            let is_right = ends.contains(&Stopped::Finished)
                && ends.iter().all(|end| *end == Stopped::Finished || is_told(end));
            assert!(is_right, "seed {seed}: {ends:?}\n{}", lab.told());
            check_right(&lab);
            assert_eq!(lab.inner().moves, 1, "seed {seed}");
            taken_over += usize::from(ends.iter().any(is_told));
        }
        assert!(taken_over > 250, "{kind}: only {taken_over} of 500 were taken over");
    }
}

/// The first one stands still at every place, and wakes when the second has ended the run.
#[test]
fn a_runner_that_wakes_up_late() {
    for kind in [PlanKind::Switchover, PlanKind::Failover] {
        for polls in 0.. {
            let lab = approved(kind);
            let one = runner("n1");
            let mut tasks: [Task<'_, Stopped>; 1] = [Some(Box::pin(drive(&lab, &lab, &one)))];
            let mut left = polls;
            let ended = lab.clock.run(&mut tasks, |_| {
                left = u64::checked_sub(left, 1)?;
                Some(0)
            });
            if ended.is_some() {
                break;
            }
            assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::Finished));
            let state = lab.state();
            let ended = lab.clock.run(&mut tasks, |_| Some(0)).expect("it ends");
            let is_told = matches!(ended[0], Stopped::OtherRunner { .. } | Stopped::Finished);
            assert!(is_told, "{polls}: {ended:?}");
            check_right(&lab);
            assert_eq!((lab.state(), lab.inner().moves), (state, 1), "{polls}");
        }
    }
}

fn patient(name: &str) -> Runner {
    Runner { name: RunnerName(name.to_owned()), takeover: Takeover::WhenSilent }
}

/// Another has the run until what it has in hand must be over, and until it must have written so.
#[test]
fn who_is_patient_waits_for_the_other() {
    let lab = planned(PlanKind::Switchover);
    // In the middle of stop-intake, which may take 30 s.
    let mut polls = 0;
    while !lab.told().contains("begins stop-intake") {
        polls += 1;
        lab.inner().entries.truncate(1);
        Life::polls(polls).run(&lab, drive(&lab, &lab, &runner("n1")));
    }
    let other = patient("n2");
    let ask = || Life::long().run(&lab, drive(&lab, &lab, &other)).expect("it stops");
    expect!["runner `n1` has the run, until 1000042000 unless it goes on"]
        .assert_eq(&ask().to_string());
    lab.clock.advance(DurationMs(41_999));
    expect!["runner `n1` has the run, until 1000042000 unless it goes on"]
        .assert_eq(&ask().to_string());
    lab.clock.advance(DurationMs(1));
    assert_eq!(ask(), Stopped::Finished);
    check_right(&lab);
}

/// Whoever had to stop has nothing in hand.
#[test]
fn who_is_patient_does_not_wait_for_nobody() {
    let lab = planned(PlanKind::Failover);
    step(&lab, "n1");
    for by in ["bob", "cyd"] {
        tell(&lab, by, &approve(ActionName::ApproveLoss)).expect("it is due");
    }
    let other = patient("n2");
    let end = Life::long().run(&lab, drive(&lab, &lab, &other));
    assert_eq!(end, Some(Stopped::Finished));
    check_right(&lab);
}

/// Each question to the journal is lost once, before its effect or after it.
#[test]
fn every_question_to_the_journal_is_lost() {
    let lost = |failure| runbook::Failure::TryAgain(String::from(failure));
    for trouble in [Trouble::Before(lost("question")), Trouble::After(lost("answer"))] {
        for place in 0.. {
            let lab = planned(PlanKind::Switchover);
            lab.inner().journal = std::iter::repeat_n(None, place).collect();
            lab.inner().journal.push_back(Some(trouble.clone()));
            assert_eq!(step(&lab, "n1"), Stopped::Finished, "{place}: {}", lab.told());
            check_right(&lab);
            if !lab.inner().journal.is_empty() {
                assert!(place > 40, "only {place} questions");
                break;
            }
        }
    }
}

/// A journal that stays silent stops the runner wherever it is, and the next goes on.
#[test]
fn a_journal_that_stays_silent() {
    let silent = Trouble::Before(runbook::Failure::TimedOut);
    for place in 0.. {
        let lab = planned(PlanKind::Switchover);
        lab.inner().journal = std::iter::repeat_n(None, place).collect();
        lab.inner().journal.extend(std::iter::repeat_n(Some(silent.clone()), 100));
        let stopped = step(&lab, "n1");
        if stopped == Stopped::Finished {
            break;
        }
        expect!["the journal does not answer: timed out"].assert_eq(&stopped.to_string());
        lab.heal();
        assert_eq!(step(&lab, "n2"), Stopped::Finished, "{place}: {}", lab.told());
        check_right(&lab);
        assert_eq!(lab.inner().moves, 1, "{place}");
    }
}

/// A runtime may carry a run from thread to thread.
#[test]
fn a_run_may_be_sent() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    let lab = planned(PlanKind::Switchover);
    let runner = runner("n1");
    let end = Life::long().run(&lab, sent(drive(&lab, &lab, &runner)));
    assert_eq!(end, Some(Stopped::Finished));
}
