//! What holds in whatever order things happen, get lost, come late, or are done twice.

use expect_test::expect;
use fence::RunKind;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};

use crate::event::{ACTORS, Event, Intent, Mutant, OPERATORS, PROCESSES, Seen};
use crate::model::Model;
use crate::store::Net;

/// Takes small numbers off a large one, so that one number says what happens.
struct Word(u32);

impl Word {
    fn below(&mut self, bound: u32) -> u32 {
        let rest = self.0 % bound;
        self.0 /= bound;
        rest
    }

    fn index(&mut self, bound: usize) -> usize {
        let bound = u32::try_from(bound).expect("there are few actors");
        usize::try_from(self.below(bound)).expect("it is below that")
    }

    fn net(&mut self) -> Net {
        match self.below(16) {
            0 => Net::LosesQuestion,
            1..3 => Net::LosesAnswer,
            3..5 => Net::DeliversLate,
            _ => Net::Works,
        }
    }

    fn intent(&mut self) -> Intent {
        match self.below(20) {
            0..3 => Intent::Look,
            3 => Intent::Abort,
            4 => Intent::Repeat,
            5 => Intent::Open,
            6..8 => Intent::TakeBack,
            8..15 => Intent::GoOn(RunKind::Switchover),
            _ => Intent::GoOn(RunKind::Failover),
        }
    }

    fn event(mut self) -> Event {
        match self.below(64) {
            0..4 => Event::Advance(self.below(500).into()),
            4..6 => Event::Advance(self.below(7_000).into()),
            6..9 => Event::WaitOut(self.index(OPERATORS)),
            9..17 => Event::Renew(self.index(PROCESSES)),
            17..27 => Event::Operate(self.index(OPERATORS), self.intent()),
            27..42 => Event::Poll(self.index(ACTORS), self.net()),
            42..48 => Event::Finish(self.index(PROCESSES)),
            48..58 => Event::Finish(PROCESSES + self.index(OPERATORS)),
            58..60 => Event::Drift(self.index(ACTORS), self.below(2_001).into()),
            60 => Event::Leave(self.index(PROCESSES)),
            61 => Event::Die(self.index(ACTORS)),
            _ => Event::Land,
        }
    }
}

/// Numbers instead of a choice of strategies: each of those would begin a generator of its own,
/// which takes longer than the case.
pub(crate) fn events() -> impl Strategy<Value = Vec<Event>> {
    vec(any::<u32>(), 50..400)
        .prop_map(|words| words.into_iter().map(|word| Word(word).event()).collect())
}

/// Lets the events happen; what was wrong first, or how much happened.
pub(crate) fn play(mutant: Mutant, events: &[Event]) -> Result<Seen, String> {
    let mut model = Model::new(mutant);
    for event in events {
        model.step(event)?;
    }
    Ok(model.count())
}

/// The same cases on every machine.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(Default::default()))
}

proptest! {
    #![proptest_config(Config { cases: 3_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_two_regions_write(events in events()) {
        if let Err(wrong) = play(Mutant::Sound, &events) {
            return Err(TestCaseError::fail(wrong));
        }
    }
}

/// The cases reach what the properties are about.
#[test]
fn cases_are_eventful() {
    let total = std::cell::RefCell::new(Seen::default());
    let played = runner(300).run(&events(), |events| {
        let seen = play(Mutant::Sound, &events).map_err(TestCaseError::fail)?;
        total.borrow_mut().add(&seen);
        Ok(())
    });
    assert!(played.is_ok(), "{played:?}");
    expect![[r#"
        Seen {
            opened: 146,
            aborted: 97,
            taken_back: 4,
            escalated: 157,
            open_after_loss: 7288,
            open_after_none: 4130,
            open_gates: 17857,
            open_under_old_epoch: 6748,
            waits: 220,
            unsettled: 145,
            landed_late: 14,
            refused: 723,
        }
    "#]]
    .assert_debug_eq(&total.into_inner());
}
