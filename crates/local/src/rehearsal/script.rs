//! Lets happen what the scenario has, at its time or at a runner's step.

use std::time::Duration;

use drill::{Happening, RunStep, Scenario, Spoiled, Trigger, What, When};
use runbook::ActionName;
use tokio::time::{Instant, sleep};

use super::director::{Director, Waits};
use super::stage::Stage;

/// From one look whether all runs are over to the next, in milliseconds.
const LOOK: Duration = Duration::from_millis(10);

/// The lines of the scenario, and which have happened.
pub(super) struct Script {
    lines: Vec<When>,
    has_fired: Vec<bool>,
    spoiled: Option<(Spoiled, u32)>,
    pub(super) last_fired: Instant,
}

/// A moment of a runner that a line may hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// No line does.
    Plain,
    /// It has begun this action.
    Before(ActionName),
    /// This action has had its effect.
    Behind(ActionName),
    /// It is about to attempt an action, which may go wrong.
    Attempt,
}

impl Script {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let lines = scenario.happenings.clone();
        let has_fired = vec![false; lines.len()];
        Self { lines, has_fired, spoiled: None, last_fired: Instant::now() }
    }

    /// Whether a line waits for its time; what hangs on an action that no run does any more is not
    /// waited for, nor what hangs on such a line.
    pub(super) fn waits_for_time(&self) -> bool {
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

    /// The lines that have not happened, for people.
    pub(super) fn unfired(&self) -> impl Iterator<Item = String> {
        let lines = self.lines.iter().zip(&self.has_fired);
        let unfired = lines.filter(|(_, has_fired)| !**has_fired);
        unfired.map(|(when, _)| format!("`{}` never happened", when.happening))
    }

    /// Whether a later line mends something.
    pub(super) fn will_mend(&self) -> bool {
        let mut left = self.lines.iter().zip(&self.has_fired);
        left.any(|(when, fired)| !fired && matches!(when.happening, Happening::Mend(_)))
    }

    fn due(&self, step: u64, cue: Cue) -> Vec<usize> {
        let is_due = |when: &When| match when.trigger {
            Trigger::RunnerStep(span) => span.least == step,
            Trigger::Before(action) => cue == Cue::Before(action),
            Trigger::Behind(action) => cue == Cue::Behind(action),
            Trigger::At(_) | Trigger::After(_) | Trigger::RunOver(_) => false,
        };
        let lines = self.lines.iter().zip(&self.has_fired).enumerate();
        let due = lines.filter(|(_, (when, has_fired))| !**has_fired && is_due(when));
        due.map(|(number, _)| number).collect()
    }

    /// What this attempt comes to, if it is to go wrong.
    fn spoil(&mut self) -> Option<Spoiled> {
        let (how, left) = self.spoiled?;
        self.spoiled = (left > 1).then_some((how, left - 1));
        Some(how)
    }
}

impl<S: Stage> Director<S> {
    /// Lets every line wait for its time, if a time is what it waits for. Its times count from the
    /// line before it when it hangs on that.
    pub fn begin(&self) {
        let lines = self.with(|state| {
            state.script.last_fired = Instant::now();
            state.script.lines.clone()
        });
        for (number, when) in lines.into_iter().enumerate() {
            let hangs = matches!(when.trigger, Trigger::After(_) | Trigger::RunOver(_));
            if let Trigger::At(span) | Trigger::After(span) | Trigger::RunOver(span) = when.trigger
                && (!hangs || number == 0)
            {
                self.fire_later(number, span.least);
            }
        }
    }

    fn fire_later(&self, number: usize, wait_ms: u64) {
        let (director, wait) = (self.clone(), self.tempo().real(wait_ms));
        tokio::spawn(async move {
            let waits_for_run = director
                .with(|state| matches!(state.script.lines[number].trigger, Trigger::RunOver(_)));
            while waits_for_run && !director.with(|state| state.are_over()) {
                sleep(LOOK).await;
            }
            sleep(wait).await;
            director.fire(number).await;
        });
    }

    /// A runner makes a step: lets happen what hangs on it, and says what its next attempt comes to.
    pub async fn step(&self, run: &str, cue: Cue) -> Option<Spoiled> {
        let due = self.with(|state| {
            let step = state.steps;
            state.steps += 1;
            if let Some(run) = state.find(run) {
                run.waits = Waits::Nothing;
            }
            state.script.due(step, cue)
        });
        for number in due {
            self.fire(number).await;
        }
        (cue == Cue::Attempt).then(|| self.with(|state| state.script.spoil()))?
    }

    /// Lets a line happen, and the one that hangs on it wait for its time.
    async fn fire(&self, number: usize) {
        let (happening, next) = self.with(|state| {
            let script = &mut state.script;
            if std::mem::replace(&mut script.has_fired[number], true) {
                return (None, None);
            }
            script.last_fired = Instant::now();
            let next = script.lines.get(number + 1).map(|when| when.trigger);
            (Some(script.lines[number].happening.clone()), next)
        });
        let Some(happening) = happening else { return };
        self.perform(&happening).await;
        if let Some(Trigger::After(span) | Trigger::RunOver(span)) = next {
            self.fire_later(number + 1, span.least);
        }
    }

    async fn perform(&self, happening: &Happening) {
        let (Some(stage), line) = (self.stage(), happening.to_string()) else { return };
        let tempo = self.tempo();
        let changed = match happening {
            Happening::Fault(fault) => stage.change(tempo.fault(*fault), true, &line).await,
            Happening::Mend(fault) => {
                self.with(|state| state.mending += 1);
                let mended = stage.change(tempo.fault(*fault), false, &line).await;
                self.with(|state| state.mending -= 1);
                mended
            }
            order => {
                stage.note(What::Happened { line: line.clone(), is_fault: false });
                self.give_order(&stage, order).await
            }
        };
        if let Err(cause) = changed {
            self.mishap(format!("`{line}`: {cause}"));
        }
    }

    async fn give_order(&self, stage: &S, order: &Happening) -> Result<(), String> {
        match order {
            Happening::Run(kind) => self.request(*kind, "operator"),
            Happening::RivalRun(kind) => self.request(*kind, "rival"),
            Happening::Abort => self.abort(),
            Happening::Pause(span) => self.pause(self.tempo().real(span.least)),
            Happening::KillRunner(span) => {
                return self.kill_runner(self.tempo().real(span.least)).await;
            }
            Happening::SecondRunner => return self.second_runner(stage).await,
            Happening::RestartService(site) => return stage.restart_service(*site).await,
            Happening::Spoil(how, times) => {
                self.with(|state| state.script.spoiled = Some((*how, *times)));
            }
            Happening::ShortenJournal(_) => {
                return Err("a journal is not shortened here: no store does that".to_owned());
            }
            Happening::Fault(_) | Happening::Mend(_) => unreachable!("these are no orders"),
        }
        Ok(())
    }

    /// The runner of the run that is open dies; another goes on after this time.
    async fn kill_runner(&self, rest: Duration) -> Result<(), String> {
        let Some(stage) = self.stage() else { return Ok(()) };
        let Some(run) = self.open_run() else {
            self.found_nobody("kill runner");
            return Ok(());
        };
        self.with(|state| {
            if let Some(running) = state.find(run.as_str()) {
                running.restart_at = Instant::now() + rest;
            }
        });
        stage.kill_runner(&run).await
    }

    /// Starts one more runner of the run that is open, which takes it or respects who has it.
    async fn second_runner(&self, stage: &S) -> Result<(), String> {
        let open = self.with(|state| {
            let is_rude = state.random.chance(50);
            state.open().next_back().map(|run| (run.plan.clone(), is_rude))
        });
        match open {
            Some((plan, is_rude)) => stage.start_runner(&plan, is_rude).await,
            None => {
                self.found_nobody("second runner");
                Ok(())
            }
        }
    }

    /// Its runner has stopped, and says why.
    pub fn stopped(&self, run: &str, waits: Waits) {
        self.with(|state| {
            if let Some(run) = state.find(run) {
                run.waits = waits;
                run.is_over |= waits == Waits::Over;
            }
        });
        self.see_to(run, waits);
    }

    /// A run was begun that the scenario did not name: somebody watches it from here on.
    pub(super) fn note_not_planned(&self, run: &fence::RunId, reasons: String) {
        self.note_run(run, RunStep::NotPlanned(reasons));
    }
}
