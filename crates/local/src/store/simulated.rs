//! The core in every disorder: letters lost, doubled and late, replicas that die and come back with
//! their logs, clients that give up and ask elsewhere. Judged by a checker that shares no code.

mod client;
mod history;
mod world;

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use history::faults;
use world::{Event, Mutant, World};

/// How often each thing happened, over all cases.
#[derive(Debug, Default)]
struct Tally {
    read: usize,
    written: usize,
    refused: usize,
    unknown: usize,
    not_done: usize,
    retried: usize,
    /// How often a write needed no promise.
    prepared: usize,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let client = || 0..world::CLIENTS;
    let pick = any::<prop::sample::Index>;
    let event = prop_oneof![
        12 => (client(), 0..world::ENDPOINTS, 0..4_u8)
            .prop_map(|(client, endpoint, what)| Event::Begin { client, endpoint, what }),
        60 => pick().prop_map(Event::Deliver),
        6 => pick().prop_map(Event::DeliverAndKeep),
        6 => pick().prop_map(Event::Lose),
        8 => client().prop_map(Event::Resume),
        3 => client().prop_map(Event::GiveUp),
        2 => (0..world::REPLICAS).prop_map(Event::Die),
    ];
    prop::collection::vec(event, 40..220)
}

fn play(mutant: Mutant, events: &[Event], tally: &mut Tally) -> Vec<String> {
    let mut world = World::new(mutant);
    events.iter().for_each(|event| world.happen(event));
    world.heal();
    world.tally(tally);
    faults(&world)
}

fn run(mutant: Mutant, cases: u32, tally: &RefCell<Tally>) -> Result<(), String> {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let judged = runner.run(&events(), |events| {
        let faults = play(mutant, &events, &mut tally.borrow_mut());
        if faults.is_empty() { Ok(()) } else { Err(TestCaseError::fail(faults.join("\n"))) }
    });
    judged.map_err(|error| error.to_string())
}

#[test]
fn every_register_is_linearizable() {
    let tally = RefCell::new(Tally::default());
    run(Mutant::Sound, 1_000, &tally).unwrap_or_else(|fault| panic!("{fault}"));
    let Tally { read, written, refused, unknown, not_done, retried, prepared } = tally.into_inner();
    let all = [read, written, refused, unknown, not_done, retried, prepared];
    assert!(all.iter().all(|times| *times > 100), "{all:?}");
}

#[test]
fn what_is_broken_is_noticed() {
    for mutant in Mutant::BROKEN {
        let fault = run(mutant, 3_000, &RefCell::new(Tally::default()));
        assert!(fault.is_err(), "{mutant:?} is not noticed");
    }
}
