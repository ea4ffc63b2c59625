//! Conducts a drill: starts everything, lets happen what the scenario has at its time, and ends when
//! nothing is left to do, or when that takes too long.

use runbook::ActionName;

use crate::history::{Answer, End, History, Site, What};
use crate::scenario::{Happening, Scenario, Trigger, When};
use crate::sim::{Executor, ProcessId, Sim};
use crate::world::World;
use crate::world::clients::{ask_again, pay_all};
use crate::world::dns::check_health;
use crate::world::faults::{Change, change};
use crate::world::operator::{kill_runner, request, shorten_journal, supervise, watch};
use crate::world::people::{abort, pause};
use crate::world::runner::second_runner;
use crate::world::service::{Intake, restart_service, start_service};

/// How long after everything has happened a drill may go on, in milliseconds.
const PATIENCE_MS: u64 = 45 * 60_000;
/// From one look at what is left to the next, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// How far a drill has come.
#[derive(Default)]
pub(crate) struct Progress {
    script: Vec<When>,
    has_fired: Vec<bool>,
    last_fired_ms: u64,
    /// The process of everything that is in no Region.
    outside: Option<ProcessId>,
    pub(crate) operator: crate::scenario::Operator,
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

/// A moment of a runner that something may hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// It has begun this action.
    Before(ActionName),
    /// This action has had its effect.
    Behind(ActionName),
}

impl Progress {
    /// The process of everything that is in no Region.
    pub(crate) fn outside(&self) -> ProcessId {
        self.outside.expect("it is started first")
    }

    /// Whether a line waits for its time; what hangs on an action that no run does any more is not
    /// waited for, nor what hangs on such a line.
    fn waits_for_time(&self) -> bool {
        let mut is_reached = true;
        self.script.iter().zip(&self.has_fired).any(|(when, has_fired)| {
            let waits = match when.trigger {
                Trigger::At(_) => true,
                Trigger::After(_) | Trigger::RunOver(_) => is_reached,
                Trigger::Before(_) | Trigger::Behind(_) | Trigger::RunnerStep(_) => false,
            };
            is_reached = *has_fired || waits;
            waits && !has_fired
        })
    }

    /// Whether a later line mends something.
    pub(crate) fn will_mend(&self) -> bool {
        let lines = self.script.iter().zip(&self.has_fired);
        let mut left = lines.filter(|(_, has_fired)| !**has_fired).map(|(when, _)| when);
        left.any(|when| matches!(when.happening, Happening::Mend(_)))
    }
}

/// Plays a scenario that is [fixed](Scenario::fixed) with a seed, and tells what happened.
#[must_use]
pub fn simulate(scenario: &Scenario, seed: u64) -> History {
    play(scenario, seed).with(|world| end(world, scenario, seed))
}

/// How many steps the runners of this drill make: what a [`Trigger::RunnerStep`] counts.
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
    sim
}

fn begin(sim: &Sim, scenario: &Scenario) {
    let outside = sim.with(|world| {
        let outside = world.kernel.start(None);
        world.progress.outside = Some(outside);
        world.progress.script = scenario.happenings.clone();
        world.progress.has_fired = vec![false; scenario.happenings.len()];
        world.progress.operator = scenario.operator;
        world.clients.at_work = scenario.workload.clients;
        world.services.set_intake(Site::Standby, Intake::Off);
        world.note(What::Record(Box::new(world.store.record.clone())));
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
    for number in 0..scenario.happenings.len() {
        await_time(sim, number);
    }
}

/// Waits for the time of a line, if a time is what it waits for. Its times count from the line
/// before it when it hangs on that.
fn await_time(sim: &Sim, number: usize) {
    let when = sim.with(|world| world.progress.script[number].trigger);
    let hangs = matches!(when, Trigger::After(_) | Trigger::RunOver(_)) && number > 0;
    let wait_ms = match when {
        Trigger::At(span) | Trigger::After(span) if !hangs => span.least,
        _ => return,
    };
    fire_later(sim, number, wait_ms);
}

fn fire_later(sim: &Sim, number: usize, wait_ms: u64) {
    let (outside, later) = (sim.with(|world| world.progress.outside()), sim.clone());
    sim.spawn(outside, async move {
        let waits_for_run = later
            .with(|world| matches!(world.progress.script[number].trigger, Trigger::RunOver(_)));
        while waits_for_run && !later.with(|world| world.runs.are_over()) {
            later.sleep(LOOK_MS).await;
        }
        later.sleep(wait_ms).await;
        fire(&later, number);
    });
}

/// Lets happen what hangs on a runner's step.
pub(crate) fn fire_cues(sim: &Sim, step: u64, cue: Option<Cue>) {
    let due: Vec<usize> = sim.with(|world| {
        let lines = world.progress.script.iter().zip(&world.progress.has_fired).enumerate();
        let is_due = |when: &When| match when.trigger {
            Trigger::RunnerStep(span) => span.least == step,
            Trigger::Before(action) => cue == Some(Cue::Before(action)),
            Trigger::Behind(action) => cue == Some(Cue::Behind(action)),
            _ => false,
        };
        lines
            .filter(|(_, (when, has_fired))| !**has_fired && is_due(when))
            .map(|line| line.0)
            .collect()
    });
    for number in due {
        fire(sim, number);
    }
}

/// Lets a line happen, and the one that hangs on it wait for its time.
fn fire(sim: &Sim, number: usize) {
    let (happening, next) = sim.with(|world| {
        let now = world.kernel.now();
        let progress = &mut world.progress;
        if std::mem::replace(&mut progress.has_fired[number], true) {
            return (None, None);
        }
        progress.last_fired_ms = now;
        let next = progress.script.get(number + 1).map(|when| when.trigger);
        (Some(progress.script[number].happening.clone()), next)
    });
    let Some(happening) = happening else { return };
    perform(sim, &happening);
    if let Some(Trigger::After(span) | Trigger::RunOver(span)) = next {
        fire_later(sim, number + 1, span.least);
    }
}

fn perform(sim: &Sim, happening: &Happening) {
    let line = happening.to_string();
    match happening {
        Happening::Fault(fault) => change(sim, *fault, Change::Begins, line),
        Happening::Mend(fault) => change(sim, *fault, Change::Ends, line),
        order => {
            sim.with(|world| {
                world.note(What::Happened { line, is_fault: false });
            });
            give(sim, order);
        }
    }
}

fn give(sim: &Sim, order: &Happening) {
    match order {
        Happening::Run(kind) => request(sim, *kind, "operator"),
        Happening::RivalRun(kind) => request(sim, *kind, "rival"),
        Happening::Abort => abort(sim),
        Happening::Pause(span) => pause(sim, span.least),
        Happening::KillRunner(span) => kill_runner(sim, span.least),
        Happening::SecondRunner => second_runner(sim),
        Happening::RestartService(site) => restart_service(sim, *site),
        Happening::Spoil(how, times) => sim.with(|world| world.runs.spoiled = Some((*how, *times))),
        Happening::ShortenJournal(lines) => shorten_journal(sim, *lines),
        Happening::Fault(_) | Happening::Mend(_) => unreachable!("these are no orders"),
    }
}

/// Looks whether a phase is over, and begins the next.
fn look(sim: &Sim) -> Phase {
    let (phase, clients) = sim.with(|world| {
        world.note_lag();
        let is_late = world.kernel.now() > world.progress.last_fired_ms + PATIENCE_MS;
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
        if self.progress.waits_for_time() {
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
