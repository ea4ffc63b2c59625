//! Conducts a drill: starts everything, lets happen what the scenario has at its time, and ends when
//! nothing is left to do, or when that takes too long.

use payments::State;

use crate::history::{Answer, End, History, Site, What};
use crate::scenario::{Operator, Scenario};
use crate::sim::{Executor, ProcessId, Sim};
use crate::world::World;
use crate::world::clients::{ask_again, pay_all};
use crate::world::dns::check_health;
use crate::world::operator::{supervise, watch};
use crate::world::script::await_times;
use crate::world::service::{Intake, start_service};

/// How long after everything has happened a drill may go on, in milliseconds: more than the hour for which a runner
/// that died in the longest action still has the run.
const PATIENCE_MS: u64 = 90 * 60_000;
/// From one look at what is left to the next, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// How far a drill has come.
#[derive(Default)]
pub(crate) struct Progress {
    /// The process of everything that is in no Region.
    outside: Option<ProcessId>,
    pub(crate) operator: Operator,
    phase: Phase,
}

/// What a drill is at.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Things happen, clients pay.
    #[default]
    Playing,
    /// Everything has come to rest, and clients ask for everything once more.
    Asking,
    /// It is over.
    Over,
}

impl Progress {
    /// The process of everything that is in no Region.
    pub(crate) fn outside(&self) -> ProcessId {
        self.outside.expect("it is started first")
    }
}

/// Plays a scenario that is [fixed](Scenario::fixed) with a seed, and tells what happened.
#[must_use]
pub fn simulate(scenario: &Scenario, seed: u64) -> History {
    simulate_lines(scenario, seed).0
}

/// The same, and of each line of the scenario whether it has happened: one may wait for what no run comes to.
#[must_use]
pub fn simulate_lines(scenario: &Scenario, seed: u64) -> (History, Vec<bool>) {
    play(scenario, seed).with(|world| {
        let has_happened = world.script.agenda.has_fired().to_vec();
        (end(world, scenario, seed), has_happened)
    })
}

/// How many steps the runners of this drill make: what a [`crate::Trigger::RunnerStep`] counts.
#[must_use]
pub fn runner_steps(scenario: &Scenario, seed: u64) -> u64 {
    play(scenario, seed).with(|world| world.runs.steps)
}

fn play(scenario: &Scenario, seed: u64) -> Sim {
    let sim = Sim::new(World::new(scenario, seed));
    let mut executor = Executor::new(sim.clone());
    begin(&sim, scenario);
    let mut look_at = LOOK_MS;
    while executor.turn() {
        let now = sim.with(|world| world.kernel.now());
        if now >= look_at {
            look_at = now + LOOK_MS;
            if look(&sim) == Phase::Over {
                break;
            }
        }
    }
    drop(executor);
    // What is still on its way holds the world, which holds it.
    drop(sim.with(|world| world.kernel.take_all()));
    sim
}

fn begin(sim: &Sim, scenario: &Scenario) {
    let outside = sim.with(|world| {
        let outside = world.kernel.start(None);
        world.progress.outside = Some(outside);
        world.progress.operator = scenario.operator;
        world.clients.at_work = scenario.workload.clients;
        world.services.set_intake(Site::Standby, Intake::Off);
        world.note(What::Record(Box::new(world.store.record.clone())));
        world.note(What::Dns { to: world.dns.answer });
        outside
    });
    for site in Site::ALL {
        start_service(sim, site);
    }
    sim.spawn(outside, check_health(sim.clone()));
    sim.spawn(outside, supervise(sim.clone()));
    if let Some(seen) = scenario.operator.watch {
        sim.spawn(outside, watch(sim.clone(), seen));
    }
    for client in 0..scenario.workload.clients {
        sim.spawn(outside, pay_all(sim.clone(), client));
    }
    await_times(sim);
}

/// Looks whether a phase is over, and begins the next.
fn look(sim: &Sim) -> Phase {
    let (phase, clients) = sim.with(|world| {
        world.note_lag();
        let is_late = world.kernel.now() > world.script.last_fired_ms + PATIENCE_MS;
        let is_done = world.clients.at_work == 0 && world.left().is_empty();
        world.progress.phase = match world.progress.phase {
            _ if is_late => Phase::Over,
            Phase::Playing if is_done => Phase::Asking,
            Phase::Asking if is_done => Phase::Over,
            phase => return (phase, 0),
        };
        let clients = world.clients.workload.clients;
        if world.progress.phase == Phase::Asking {
            world.clients.at_work = clients;
        }
        (world.progress.phase, clients)
    });
    if phase == Phase::Asking && clients > 0 {
        let outside = sim.with(|world| world.progress.outside());
        for client in 0..clients {
            sim.spawn(outside, ask_again(sim.clone(), client));
        }
    }
    phase
}

impl World {
    /// What is left to do, for people.
    fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        if self.script.agenda.waits_for_time() {
            left.push("a line of the scenario has not happened".to_owned());
        }
        if let Some(run) = self.runs.open().next() {
            left.push(format!("run `{}` is open", run.id));
        }
        let active = self.store.record.active_region().map(|region| self.site_of(region));
        let Some(active) = active else {
            left.push("no Region is active".to_owned());
            return left;
        };
        if !self.databases.volume(active).outbox.is_empty() {
            left.push("the outbox is not empty".to_owned());
        }
        let movements = self.databases.volume(active).movements();
        let is_open = |state: &&Option<State>| state.is_some_and(|state| !state.is_final());
        let open = movements.values().filter(is_open).count();
        if open > 0 {
            left.push(format!("{open} movements are not settled"));
        }
        left
    }

    /// The same with what clients still wait for.
    fn left_at_the_end(&self) -> Vec<String> {
        let mut left = self.left();
        for (request, answer) in self.clients.requests.iter().zip(&self.clients.finals) {
            if !matches!(answer, Some(Answer::Acknowledged(_) | Answer::Refused) | None) {
                left.push(format!("`{}` has no answer that stays", request.key));
            }
        }
        if self.clients.at_work > 0 {
            left.push(format!("{} clients are still at work", self.clients.at_work));
        }
        left
    }
}

fn end(world: &mut World, scenario: &Scenario, seed: u64) -> History {
    let is_over = world.progress.phase == Phase::Over;
    let left = world.left_at_the_end();
    let active = world.store.record.active_region().map(|region| world.site_of(region));
    let volume = world.databases.volume(active.unwrap_or(world.databases.writer));
    let end = End {
        at_ms: world.kernel.now(),
        is_at_rest: is_over && left.is_empty(),
        left,
        record: Some(world.store.record.clone()),
        payments: volume.records.values().cloned().collect(),
        postings: volume.postings(),
        intents: world.store.intents.values().cloned().collect(),
    };
    History {
        scenario: scenario.name.clone(),
        seed,
        requests: std::mem::take(&mut world.clients.requests),
        moments: std::mem::take(&mut world.moments),
        end,
    }
}
