//! Lets happen what the scenario has, at its time or at a runner's step.

use std::time::Duration;

use drill::{Agenda, Fired, Happening, RunStep, Scenario, Spoiled, What};
use runbook::ActionName;
use tokio::time::{Instant, sleep};

use super::director::{Director, Waits};
use super::stage::Stage;

/// From one look whether all runs are over to the next.
const LOOK: Duration = Duration::from_millis(10);

/// The lines of the scenario.
pub(super) struct Script {
    pub(super) agenda: Agenda,
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

impl Cue {
    /// What lines hang on in it.
    fn of_lines(self) -> Option<drill::Cue> {
        match self {
            Self::Before(action) => Some(drill::Cue::Before(action)),
            Self::Behind(action) => Some(drill::Cue::Behind(action)),
            Self::Plain | Self::Attempt => None,
        }
    }
}

impl Script {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self { agenda: Agenda::new(scenario), spoiled: None, last_fired: Instant::now() }
    }

    /// The lines that have not happened, but for faults, for people.
    pub(super) fn unfired(&self) -> impl Iterator<Item = String> {
        let others =
            self.agenda.unfired().filter(|when| !matches!(when.happening, Happening::Fault(_)));
        others.map(|when| format!("`{}` never happened", when.happening))
    }

    /// The faults that have not happened: without them a drill is another one.
    pub(super) fn unfired_faults(&self) -> impl Iterator<Item = String> {
        let faults =
            self.agenda.unfired().filter(|when| matches!(when.happening, Happening::Fault(_)));
        faults.map(|when| format!("`{when}` never happened"))
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
        let timed = self.with(|state| {
            state.script.last_fired = Instant::now();
            state.script.agenda.timed()
        });
        for (number, wait_ms) in timed {
            self.fire_later(number, wait_ms);
        }
    }

    fn fire_later(&self, number: usize, wait_ms: u64) {
        let (director, wait) = (self.clone(), self.tempo().real(wait_ms));
        tokio::spawn(async move {
            let waits_for_runs = director.with(|state| state.script.agenda.waits_for_runs(number));
            while waits_for_runs && !director.with(|state| state.are_over()) {
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
            state.script.agenda.due(step, cue.of_lines())
        });
        for number in due {
            self.fire(number).await;
        }
        (cue == Cue::Attempt).then(|| self.with(|state| state.script.spoil()))?
    }

    /// Lets a line happen, and the one that hangs on it wait for its time.
    async fn fire(&self, number: usize) {
        let fired = self.with(|state| {
            let fired = state.script.agenda.fire(number)?;
            state.script.last_fired = Instant::now();
            Some(fired)
        });
        let Some(Fired { happening, next_after_ms }) = fired else { return };
        self.perform(&happening).await;
        if let Some(wait_ms) = next_after_ms {
            self.fire_later(number + 1, wait_ms);
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
