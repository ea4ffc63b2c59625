//! Every crash point: one effect of one try goes wrong in every way, something happens to the
//! Regions, one effect of the next try goes wrong in every way, and in the end the same must be
//! true.

use payments::{Command, MovementId, PaymentId, RefundId, Time};

use crate::oracle::judge;
use crate::ports::Mishap;
use crate::support::{START_MS, pay_command, payment, randomness, refund_command};
use crate::task::Job;
use crate::world::World;

/// What happens between two tries.
#[derive(Clone, Copy, Debug)]
enum Between {
    /// Nothing: the next try comes at once.
    Nothing,
    /// The claim of the first lapses.
    Lapse,
    /// What was on its way arrives.
    Arrival,
    /// The active role moves without loss.
    SwitchOver,
    /// The Region is lost; its ledger was up to date.
    FailOver,
    /// The Region is lost with its last transaction.
    FailOverWithLoss,
    /// A worker sees to the movement, then the Region is lost with all that the worker wrote and
    /// the transaction before that.
    ChargedThenLost,
    /// The same, reconciliation overlooks it, and the processor has forgotten the key.
    ChargedThenForgotten,
    /// Twice lost in a row.
    LostTwice,
}

const BETWEEN: [Between; 9] = [
    Between::Nothing,
    Between::Lapse,
    Between::Arrival,
    Between::SwitchOver,
    Between::FailOver,
    Between::FailOverWithLoss,
    Between::ChargedThenLost,
    Between::ChargedThenForgotten,
    Between::LostTwice,
];

impl Between {
    /// Lets it happen; says when the next try comes.
    fn happen(self, world: &World, movement: MovementId) -> u64 {
        match self {
            Self::Nothing => return 1,
            Self::Lapse => {}
            Self::Arrival => world.deliver(),
            Self::SwitchOver => world.switch_over(),
            Self::FailOver => world.fail_over(0),
            Self::FailOverWithLoss => world.fail_over(1),
            Self::ChargedThenLost => {
                world.run(Job::Work(movement), Vec::new());
                world.fail_over(3);
            }
            Self::ChargedThenForgotten => {
                // The worker dies before its note: the intent does not tell that it was charged.
                let dies = [vec![Mishap::Fine; 4], vec![Mishap::DieBefore]].concat();
                world.run(Job::Work(movement), dies);
                world.fail_over_carelessly(3);
                world.forget();
            }
            Self::LostTwice => {
                world.fail_over(1);
                world.fail_over(1);
            }
        }
        payments::CLAIM_MS
    }
}

/// Every script with one mishap at one of so many effects.
fn scripts(effects: usize) -> Vec<Vec<Mishap>> {
    let wrong = Mishap::ALL.into_iter().filter(|mishap| *mishap != Mishap::Fine);
    let mut scripts: Vec<Vec<Mishap>> = wrong
        .flat_map(|mishap| {
            (0..effects).map(move |index| [vec![Mishap::Fine; index], vec![mishap]].concat())
        })
        .collect();
    scripts.push(Vec::new());
    scripts
}

/// A try, made at this time.
type Try = fn(at_ms: u64, number: u32) -> Command;

fn pay_at(at_ms: u64, number: u32) -> Command {
    let id = PaymentId::new(Time::from_ms(START_MS + at_ms), randomness(number));
    pay_command("key", 1000, id)
}

fn refund_at(at_ms: u64, number: u32) -> Command {
    let id = RefundId::new(Time::from_ms(START_MS + at_ms), randomness(number));
    refund_command("refund", payment(1), Some(400), id)
}

/// Two tries and what lies between, from a world that `prepare` makes.
fn check(prepare: fn() -> World, make: Try, effects: [usize; 2], movement: MovementId) -> u32 {
    let mut runs = 0;
    for first in &scripts(effects[0]) {
        for between in BETWEEN {
            for second in &scripts(effects[1]) {
                let story = format!("{first:?}, {between:?}, {second:?}");
                let told = std::panic::catch_unwind(|| {
                    let world = prepare();
                    world.run(Job::Request(Box::new(make(0, 11))), first.clone());
                    let at_ms = between.happen(&world, movement);
                    world.run(Job::Request(Box::new(make(at_ms, 12))), second.clone());
                    judge(&world, [make(at_ms + 10_000, 13)]);
                });
                assert!(told.is_ok(), "{story}");
                runs += 1;
            }
        }
    }
    runs
}

#[test]
fn a_payment_survives_every_crash_point() {
    // 0 write intent, 1 commit, 2 tell, 3 note; again: 0 write intent, 1 read ledger, 2 take over,
    // 3 commit, …
    let id = PaymentId::new(Time::from_ms(START_MS), randomness(11));
    let runs = check(World::new, pay_at, [4, 6], MovementId::Payment(id));
    assert_eq!(runs, 29 * 9 * 43);
}

#[test]
fn a_refund_survives_every_crash_point() {
    // 0 read intent, 1 read ledger, 2 write intent, 3 commit, 4 tell, 5 note.
    let id = RefundId::new(Time::from_ms(START_MS), randomness(11));
    let runs = check(with_payment, refund_at, [6, 7], MovementId::Refund(payment(1), id));
    assert_eq!(runs, 43 * 9 * 50);
}

#[test]
fn a_refused_refund_survives_every_crash_point() {
    // 0 read intent, 1 read ledger, 2 write intent, 3 commit, 4 mark refused, 5 tell.
    let too_much: Try = |at_ms, number| {
        let id = RefundId::new(Time::from_ms(START_MS + at_ms), randomness(number));
        refund_command("refund", payment(1), Some(1001), id)
    };
    let runs = check(with_payment, too_much, [6, 7], MovementId::Payment(payment(1)));
    assert_eq!(runs, 43 * 9 * 50);
}

/// A world with one payment that succeeded.
fn with_payment() -> World {
    let world = World::new();
    world.ask(pay_command("key", 1000, payment(1)));
    world.run(Job::Work(MovementId::Payment(payment(1))), Vec::new());
    world
}
