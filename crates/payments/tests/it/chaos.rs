//! What holds whatever happens: clients that send again, workers, processes that die and take
//! turns, stores that answer wrongly or late, Regions that are lost or exchanged, in any order.

use payments::{Command, MovementId, PaymentId, RefundId, Time};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::oracle::{
    books_are_whole, judge, nothing_acknowledged_is_missing, nothing_moved_twice,
    one_movement_for_each_key,
};
use crate::ports::Mishap;
use crate::support::{START_MS, cases, pay_command, randomness, refund_command};
use crate::task::{Job, Task};
use crate::world::World;

/// Amounts of payments; the processor declines those that end in 7.
const AMOUNTS: [i64; 3] = [1000, 1007, 250];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Happening {
    /// A client sends a payment under one of four keys.
    Pay { key: u8, amount: u8, script: Vec<Mishap> },
    /// A client sends a refund, of the payment of one of the four keys.
    Refund { key: u8, of: u8, amount: Option<i64>, script: Vec<Mishap> },
    /// A worker begins to see to one of the movements.
    Work { movement: usize, script: Vec<Mishap> },
    /// Reconciliation begins to see to one of the intents in quarantine.
    Settle { intent: usize, script: Vec<Mishap> },
    /// One of the processes has some turns.
    Turns { task: usize, count: u8 },
    /// One of the processes dies.
    Kill { task: usize },
    /// What is on its way arrives.
    Arrive,
    /// Claims lapse.
    Lapse,
    /// All processes end, then more time passes than the processor remembers keys.
    Forget,
    /// The active role moves without loss.
    SwitchOver,
    /// The active Region is lost, with its last transactions.
    FailOver { lost: usize },
    /// The same, and reconciliation overlooks payments.
    FailOverCarelessly { lost: usize },
}

fn script() -> impl Strategy<Value = Vec<Mishap>> {
    let mishap = prop_oneof![6 => Just(Mishap::Fine), 1 => select(&Mishap::ALL[..])];
    vec(mishap, 0..10)
}

fn happening() -> impl Strategy<Value = Happening> {
    let amount = prop_oneof![Just(None), select(&[100_i64, 400, 1000][..]).prop_map(Some)];
    prop_oneof![
        6 => (0..4_u8, prop_oneof![9 => Just(0_u8), 1 => Just(1)], script())
            .prop_map(|(key, amount, script)| Happening::Pay { key, amount, script }),
        4 => (0..3_u8, 0..4_u8, amount, script())
            .prop_map(|(key, of, amount, script)| Happening::Refund { key, of, amount, script }),
        6 => (0..20_usize, script()).prop_map(|(movement, script)| Happening::Work { movement, script }),
        2 => (0..20_usize, script()).prop_map(|(intent, script)| Happening::Settle { intent, script }),
        12 => (0..8_usize, 1..12_u8).prop_map(|(task, count)| Happening::Turns { task, count }),
        1 => (0..8_usize).prop_map(|task| Happening::Kill { task }),
        2 => Just(Happening::Arrive),
        2 => Just(Happening::Lapse),
        1 => Just(Happening::Forget),
        1 => Just(Happening::SwitchOver),
        2 => (0..8_usize).prop_map(|lost| Happening::FailOver { lost }),
        1 => (0..8_usize).prop_map(|lost| Happening::FailOverCarelessly { lost }),
    ]
}

/// A world and all who are at work in it.
struct Story {
    world: World,
    tasks: Vec<Task>,
    now_ms: u64,
    number: u32,
    /// The payments that clients of each key name when they ask for refunds.
    payments: Vec<PaymentId>,
}

impl Story {
    fn new() -> Self {
        let (world, tasks) = (World::new(), Vec::new());
        Self { world, tasks, now_ms: 0, number: 0, payments: Vec::new() }
    }

    fn fresh(&mut self) -> (Time, [u8; 10]) {
        self.now_ms += 1;
        self.number += 1;
        (Time::from_ms(START_MS + self.now_ms), randomness(self.number))
    }

    /// A try to pay: each key stands for one amount, or now and then for another by mistake.
    fn pay(&mut self, key: u8, mistake: u8) -> Command {
        let (at, bits) = self.fresh();
        let amount = AMOUNTS[usize::from(key + mistake) % AMOUNTS.len()];
        pay_command(&format!("key {key}").replace(' ', "-"), amount, PaymentId::new(at, bits))
    }

    /// A try to refund the payment that this key stands for by now, if any.
    fn refund(&mut self, key: u8, of: u8, amount: Option<i64>) -> Option<Command> {
        let name = self.pay(of, 0).key();
        let movement =
            self.world.with(|inner| inner.intents.get(&name).map(|intent| intent.movement))?;
        let (at, bits) = self.fresh();
        self.payments.push(movement.payment());
        let fresh = RefundId::new(at, bits);
        Some(refund_command(&format!("refund-{key}"), movement.payment(), amount, fresh))
    }

    fn begin(&mut self, job: Job, script: Vec<Mishap>) {
        let task = self.world.spawn(job, script);
        self.tasks.push(task);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Pay { key, amount, script } => {
                let command = self.pay(key, amount);
                self.begin(Job::Request(Box::new(command)), script);
            }
            Happening::Refund { key, of, amount, script } => {
                if let Some(command) = self.refund(key, of, amount) {
                    self.begin(Job::Request(Box::new(command)), script);
                }
            }
            Happening::Work { movement, script } => {
                if let Some(movement) = self.movement(movement) {
                    self.begin(Job::Work(movement), script);
                }
            }
            Happening::Settle { intent, script } => self.settle(intent, script),
            Happening::Turns { task, count } => self.turns(task, count),
            Happening::Kill { task } => {
                if task < self.tasks.len() {
                    self.tasks.remove(task);
                }
            }
            Happening::Arrive => self.world.deliver(),
            Happening::Lapse => self.now_ms += payments::CLAIM_MS,
            Happening::Forget => {
                self.tasks.drain(..).for_each(|task| drop(task.finish()));
                self.world.forget();
            }
            Happening::SwitchOver => self.world.switch_over(),
            Happening::FailOver { lost } => self.world.fail_over(lost),
            Happening::FailOverCarelessly { lost } => self.world.fail_over_carelessly(lost),
        }
    }

    fn movement(&self, number: usize) -> Option<MovementId> {
        let movements = self.world.with(|inner| inner.ledger().movements());
        let number = number.checked_rem(movements.len())?;
        Some(movements[number].0)
    }

    fn settle(&mut self, number: usize, script: Vec<Mishap>) {
        let held = self.world.held();
        if let Some(number) = number.checked_rem(held.len()) {
            self.begin(Job::Settle(held[number].clone()), script);
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

    /// Every request once more: each key of payments and each key of refunds that was used.
    fn end(mut self) {
        self.tasks.drain(..).for_each(|task| drop(task.finish()));
        self.now_ms += 10 * payments::CLAIM_MS;
        let mut again: Vec<Command> = (0..4).map(|key| self.pay(key, 0)).collect();
        let mut of = std::mem::take(&mut self.payments);
        of.sort();
        of.dedup();
        for payment in of {
            for key in 0..3 {
                let (at, bits) = self.fresh();
                let fresh = RefundId::new(at, bits);
                again.push(refund_command(&format!("refund-{key}"), payment, Some(400), fresh));
            }
        }
        judge(&self.world, again);
    }
}

proptest! {
    #![proptest_config(cases(1_024))]

    #[test]
    fn whatever_happens(happenings in vec(happening(), 0..60)) {
        let mut story = Story::new();
        for happening in happenings {
            story.happen(happening);
            nothing_moved_twice(&story.world);
            one_movement_for_each_key(&story.world);
            nothing_acknowledged_is_missing(&story.world);
            books_are_whole(&story.world);
        }
        story.end();
    }
}
