//! Lets happen what the scenario has, at its time or at a runner's step.

use runbook::ActionName;

use crate::history::What;
use crate::scenario::{Happening, Scenario, Trigger, When};
use crate::sim::Sim;
use crate::world::faults::{Change, change};
use crate::world::operator::{kill_runner, request, shorten_journal};
use crate::world::people::{abort, pause};
use crate::world::runner::second_runner;
use crate::world::service::restart_service;

/// From one look whether all runs are over to the next, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// The lines of the scenario, and which have happened.
pub(crate) struct Script {
    lines: Vec<When>,
    has_fired: Vec<bool>,
    pub(crate) last_fired_ms: u64,
}

impl Script {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let lines = scenario.happenings.clone();
        Self { has_fired: vec![false; lines.len()], lines, last_fired_ms: 0 }
    }

    pub(crate) fn length(&self) -> usize {
        self.lines.len()
    }

    /// Whether a line waits for its time; what hangs on an action that no run does any more is not
    /// waited for, nor what hangs on such a line.
    pub(crate) fn waits_for_time(&self) -> bool {
        let mut is_reached = true;
        self.lines.iter().zip(&self.has_fired).any(|(when, has_fired)| {
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
        let lines = self.lines.iter().zip(&self.has_fired);
        let mut left = lines.filter(|(_, has_fired)| !**has_fired).map(|(when, _)| when);
        left.any(|when| matches!(when.happening, Happening::Mend(_)))
    }
}

/// A moment of a runner that something may hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// It has begun this action.
    Before(ActionName),
    /// This action has had its effect.
    Behind(ActionName),
}

/// Waits for the time of a line, if a time is what it waits for. Its times count from the line
/// before it when it hangs on that.
pub(crate) fn await_time(sim: &Sim, number: usize) {
    let when = sim.with(|world| world.script.lines[number].trigger);
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
        let waits_for_run =
            later.with(|world| matches!(world.script.lines[number].trigger, Trigger::RunOver(_)));
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
        let lines = world.script.lines.iter().zip(&world.script.has_fired).enumerate();
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
        let script = &mut world.script;
        if std::mem::replace(&mut script.has_fired[number], true) {
            return (None, None);
        }
        script.last_fired_ms = now;
        let next = script.lines.get(number + 1).map(|when| when.trigger);
        (Some(script.lines[number].happening.clone()), next)
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
