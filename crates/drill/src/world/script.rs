//! Lets happen what the scenario has, at its time or at a runner's step.

use crate::history::What;
use crate::scenario::{Agenda, Cue, Fired, Happening, Scenario};
use crate::sim::Sim;
use crate::world::faults::{Change, change};
use crate::world::operator::{kill_runner, request, shorten_journal};
use crate::world::people::{abort, pause};
use crate::world::runner::second_runner;
use crate::world::service::restart_service;

/// From one look whether all runs are over to the next, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// The lines of the scenario.
pub(crate) struct Script {
    pub(crate) agenda: Agenda,
    pub(crate) last_fired_ms: u64,
}

impl Script {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self { agenda: Agenda::new(scenario), last_fired_ms: 0 }
    }
}

/// Lets every line wait for its time, if a time is what it waits for. Its times count from the line
/// before it when it hangs on that.
pub(crate) fn await_times(sim: &Sim) {
    for (number, wait_ms) in sim.with(|world| world.script.agenda.timed()) {
        fire_later(sim, number, wait_ms);
    }
}

fn fire_later(sim: &Sim, number: usize, wait_ms: u64) {
    let (outside, later) = (sim.with(|world| world.progress.outside()), sim.clone());
    sim.spawn(outside, async move {
        let waits_for_runs = later.with(|world| world.script.agenda.waits_for_runs(number));
        while waits_for_runs && !later.with(|world| world.runs.are_over()) {
            later.sleep(LOOK_MS).await;
        }
        later.sleep(wait_ms).await;
        fire(&later, number);
    });
}

/// Lets happen what hangs on a runner's step.
pub(crate) fn fire_cues(sim: &Sim, step: u64, cue: Option<Cue>) {
    for number in sim.with(|world| world.script.agenda.due(step, cue)) {
        fire(sim, number);
    }
}

/// Lets a line happen, and the one that hangs on it wait for its time.
fn fire(sim: &Sim, number: usize) {
    let fired = sim.with(|world| {
        let fired = world.script.agenda.fire(number)?;
        world.script.last_fired_ms = world.kernel.now();
        Some(fired)
    });
    let Some(Fired { happening, next_after_ms }) = fired else { return };
    perform(sim, &happening);
    if let Some(wait_ms) = next_after_ms {
        fire_later(sim, number + 1, wait_ms);
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
