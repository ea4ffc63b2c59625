//! Every crash point: one effect of one run goes wrong in every way, something happens to the Regions, one effect of
//! the next run goes wrong in every way, and in the end the same must be true.

use std::collections::BTreeMap;

use crate::oracle::judge;
use crate::ports::Mishap;
use crate::support::{pay_command, refund_command};
use crate::task::Job;
use crate::world::{LEASE_MS, World};

/// What happens between two runs.
#[derive(Clone, Copy, Debug)]
enum Between {
    /// Nothing: the next run comes at once, and finds the row held by the first.
    Nothing,
    /// The lease ends.
    Lapse,
    /// The active role moves, and the lease ends.
    SwitchOver,
    /// It moves there and back.
    ThereAndBack,
}

const BETWEEN: [Between; 4] =
    [Between::Nothing, Between::Lapse, Between::SwitchOver, Between::ThereAndBack];

impl Between {
    fn happen(self, world: &World) {
        match self {
            Self::Nothing => return,
            Self::Lapse => {}
            Self::SwitchOver => world.switch_over(),
            Self::ThereAndBack => {
                world.switch_over();
                world.switch_over();
            }
        }
        world.pass(LEASE_MS);
    }

    /// How many effects of the second run are worth going wrong: a row that is held, or another epoch, adds nothing to
    /// what a lapse shows.
    fn effects(self, effects: usize) -> usize {
        match self {
            Self::Lapse => effects,
            Self::Nothing | Self::SwitchOver | Self::ThereAndBack => 0,
        }
    }
}

/// Every script with one mishap at one of so many effects, and the one without.
fn scripts(effects: usize) -> Vec<Vec<Mishap>> {
    let wrong = Mishap::ALL.into_iter().filter(|mishap| *mishap != Mishap::Fine);
    let at = |mishap, index| [vec![Mishap::Fine; index], vec![mishap]].concat();
    let mut scripts: Vec<_> =
        wrong.flat_map(|mishap| (0..effects).map(move |index| at(mishap, index))).collect();
    scripts.push(Vec::new());
    scripts
}

/// Two runs of a job and what lies between, from a world that `prepare` makes.
fn check(prepare: fn() -> World, job: &Job, effects: [usize; 2]) -> usize {
    let mut runs = 0;
    for first in &scripts(effects[0]) {
        for between in BETWEEN {
            for second in &scripts(between.effects(effects[1])) {
                let story = format!("{first:?}, {between:?}, {second:?}");
                let told = std::panic::catch_unwind(|| {
                    let world = prepare();
                    world.run(job.clone(), first.clone());
                    between.happen(&world);
                    world.run(job.clone(), second.clone());
                    judge(&world);
                    told_at_most(&world, [first, second]);
                });
                assert!(told.is_ok(), "{story}");
                runs += 1;
            }
        }
    }
    runs
}

/// Each event was published once, and once more at most for each run in which something went wrong.
fn told_at_most(world: &World, scripts: [&Vec<Mishap>; 2]) {
    let wrong = scripts.iter().filter(|script| !script.is_empty()).count();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for json in world.with(|inner| inner.published.clone()) {
        *times.entry(json).or_default() += 1;
    }
    for (json, times) in times {
        assert!(times <= 1 + wrong, "told {times} times: {json}");
    }
}

/// A world in which a payment was acknowledged, and all callbacks of so many events were delivered.
fn with_payment(token: &str, events: u32) -> World {
    let world = World::new();
    world.ask(pay_command(1, token));
    for _ in 0..events {
        world.run(Job::Tell, Vec::new());
    }
    world
}

#[test]
fn a_posted_payment_survives_every_crash_point() {
    // 0 claim, 1 read configuration, 2 publish, 3 note, 4 read ledger, 5 commit, 6 call the processor, 7 commit, 8 read
    // and 9 write intent, 10 done.
    let runs = check(|| with_payment("tok_visa_abcd", 0), &Job::Tell, [11, 11]);
    assert_eq!(runs, 56 * (56 + 3));
}

#[test]
fn a_payment_that_is_not_answered_survives_every_crash_point() {
    // … 7 commit as unknown, 8 ask, 9 commit, 10 read and 11 write intent, 12 done.
    let runs = check(|| with_payment("tok_timeout_abcd", 0), &Job::Tell, [13, 13]);
    assert_eq!(runs, 66 * (66 + 3));
}

#[test]
fn a_payment_that_is_not_taken_at_first_survives_every_crash_point() {
    // … 6 call, 7 commit as posted, 8 postpone.
    let runs = check(|| with_payment("tok_refuse_1_abcd", 0), &Job::Tell, [9, 11]);
    assert_eq!(runs, 46 * (56 + 3));
}

#[test]
fn a_last_word_survives_every_crash_point() {
    // 0 claim, 1 read configuration, 2 put receipt, 3 publish, 4 note.
    let runs = check(|| with_payment("tok_visa_abcd", 1), &Job::Tell, [5, 5]);
    assert_eq!(runs, 26 * (26 + 3));
}

#[test]
fn a_refund_survives_every_crash_point() {
    let prepare = || {
        let world = with_payment("tok_visa_abcd", 2);
        world.ask(refund_command(2, 1, 400));
        world
    };
    assert_eq!(check(prepare, &Job::Tell, [11, 11]), 56 * (56 + 3));
}

#[test]
fn a_callback_survives_every_crash_point() {
    // 0 read configuration, 1 claim, 2 read configuration, 3 call, 4 note.
    let runs = check(|| with_payment("tok_visa_abcd", 2), &Job::Deliver, [5, 5]);
    assert_eq!(runs, 26 * (26 + 3));
}
