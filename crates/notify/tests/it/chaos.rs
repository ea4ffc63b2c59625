//! What holds whatever happens: clients, workers that die and take turns, receivers and a processor that answer as
//! they like, a configuration that cannot be read, Regions that take turns, in any order.

use std::sync::Arc;

use notify::Called;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::oracle::{always, judge};
use crate::ports::Mishap;
use crate::support::{cases, pay_command, refund_command};
use crate::task::{Job, Task};
use crate::world::{TAKEN, World, configuration};

/// Cards that behave in every way.
const TOKENS: [&str; 8] = [
    "tok_visa_abcd",
    "tok_decline_abcd",
    "tok_timeout_abcd",
    "tok_late_60000_abcd",
    "tok_twice_abcd",
    "tok_pending_2_abcd",
    "tok_refuse_2_abcd",
    "tok_refund_timeout_abcd",
];

/// Addresses of the configuration.
const ADDRESSES: [&str; 2] = ["https://all.example/", "https://last.example/hooks"];

/// What receivers answer.
const ANSWERS: [Called; 5] = [
    TAKEN,
    Called::Answered { status: 500, retry_after: None },
    Called::Answered { status: 410, retry_after: None },
    Called::NoAnswer,
    Called::Forbidden,
];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Happening {
    /// A client pays with one of the cards, or sends again what it sent.
    Pay { number: u32, token: usize },
    /// A client wants money back, of one of the payments.
    Refund { number: u32, of: u32 },
    /// A worker begins to see to a row.
    Tell(Vec<Mishap>),
    /// A worker begins to see to a callback.
    Deliver(Vec<Mishap>),
    /// One of the workers has some turns.
    Turns { task: usize, count: u8 },
    /// One of the workers dies.
    Kill { task: usize },
    /// Seconds, minutes or days pass.
    Pass { ms: u64 },
    /// The active role moves.
    SwitchOver,
    /// A receiver answers differently from now on.
    Answer { address: usize, answer: usize },
    /// The configuration can be read, at this revision, or not.
    Configure(Option<u32>),
}

fn script() -> impl Strategy<Value = Vec<Mishap>> {
    let mishap = prop_oneof![8 => Just(Mishap::Fine), 1 => select(&Mishap::ALL[..])];
    vec(mishap, 0..13)
}

fn happening() -> impl Strategy<Value = Happening> {
    let times = [500, 30_000, 900_000, 3 * 86_400_000];
    prop_oneof![
        4 => (1..5_u32, 0..TOKENS.len())
            .prop_map(|(number, token)| Happening::Pay { number, token }),
        2 => (1..5_u32, 1..5_u32).prop_map(|(number, of)| Happening::Refund { number, of }),
        8 => script().prop_map(Happening::Tell),
        8 => script().prop_map(Happening::Deliver),
        12 => (0..8_usize, 1..12_u8).prop_map(|(task, count)| Happening::Turns { task, count }),
        1 => (0..8_usize).prop_map(|task| Happening::Kill { task }),
        4 => select(times.to_vec()).prop_map(|ms| Happening::Pass { ms }),
        1 => Just(Happening::SwitchOver),
        2 => (0..ADDRESSES.len(), 0..ANSWERS.len())
            .prop_map(|(address, answer)| Happening::Answer { address, answer }),
        1 => prop_oneof![Just(None), (1..4_u32).prop_map(Some)].prop_map(Happening::Configure),
    ]
}

/// A world and all who are at work in it.
struct Story {
    world: World,
    tasks: Vec<Task>,
}

impl Story {
    fn begin(&mut self, job: Job, script: Vec<Mishap>) {
        let task = self.world.spawn(job, script);
        self.tasks.push(task);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Pay { number, token } => {
                self.world.ask(pay_command(number, TOKENS[token]));
            }
            Happening::Refund { number, of } => {
                self.world.ask(refund_command(number, of, 400));
            }
            Happening::Tell(script) => self.begin(Job::Tell, script),
            Happening::Deliver(script) => self.begin(Job::Deliver, script),
            Happening::Turns { task, count } => self.turns(task, count),
            Happening::Kill { task } => {
                if task < self.tasks.len() {
                    self.tasks.remove(task);
                }
            }
            Happening::Pass { ms } => self.world.pass(ms),
            Happening::SwitchOver => self.world.switch_over(),
            Happening::Answer { address, answer } => self.world.with(|inner| {
                inner.receivers.insert(ADDRESSES[address].to_owned(), ANSWERS[answer]);
            }),
            Happening::Configure(revision) => self.world.with(|inner| {
                inner.endpoints = revision.map(|revision| Arc::new(configuration(revision)));
            }),
        }
    }

    fn turns(&mut self, task: usize, count: u8) {
        let Some(number) = task.checked_rem(self.tasks.len()) else { return };
        for _ in 0..count {
            if self.tasks[number].step().is_ready() {
                self.tasks.remove(number);
                return;
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn whatever_happens(happenings in vec(happening(), 0..80)) {
        let mut story = Story { world: World::new(), tasks: Vec::new() };
        for happening in happenings {
            story.happen(happening);
            always(&story.world);
        }
        story.tasks.drain(..).for_each(|task| drop(task.finish()));
        judge(&story.world);
    }
}
