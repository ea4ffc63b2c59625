//! Runs: their journals in the strongly consistent store, their runners, and what happens at each
//! step of a runner.

use std::collections::BTreeMap;

use fence::{DurationMs, Millis, NoAnswer, RunId};
use planted::{Bug, is_planted};
use runbook::{
    Action, ActionName, Appended, Entry, Event, Failure, Journal, Observed, Plan, Refused,
};

use crate::history::{RunStep, Site, What};
use crate::scenario::{Cue, Spoiled};
use crate::sim::{ProcessId, Sim};
use crate::world::World;
use crate::world::network::{Place, Reply};
use crate::world::script::fire_cues;
use crate::world::store::{Asker, Control, answered, ask};

mod database;
mod perform;
mod reconcile;

/// All runs of a drill.
#[derive(Default)]
pub(crate) struct Runs {
    pub(crate) list: Vec<Running>,
    runners: u32,
    /// How many steps runners have made: every journal entry and every effect is one.
    pub(crate) steps: u64,
    /// How many people have asked for a run that has not begun yet.
    pub(crate) asking: u32,
    /// Until when the people on duty have been asked to approve what.
    pub(crate) asked: BTreeMap<(RunId, ActionName), u64>,
    /// What the next attempts come to, and how many.
    pub(crate) spoiled: Option<(Spoiled, u32)>,
}

/// A run.
pub(crate) struct Running {
    pub(crate) id: RunId,
    pub(crate) source: Site,
    pub(crate) target: Site,
    /// The process of its runner.
    pub(crate) runner: Option<ProcessId>,
    /// Until when nobody starts another one.
    pub(crate) restart_at: u64,
    pub(crate) is_over: bool,
}

impl Runs {
    pub(crate) fn open(&self) -> impl Iterator<Item = &Running> {
        self.list.iter().filter(|run| !run.is_over)
    }

    pub(crate) fn find(&mut self, id: &RunId) -> Option<&mut Running> {
        self.list.iter_mut().rev().find(|run| run.id == *id)
    }

    /// What this attempt comes to, if it is to go wrong.
    pub(crate) fn spoil(&mut self) -> Option<Spoiled> {
        let (how, left) = self.spoiled?;
        self.spoiled = (left > 1).then_some((how, left - 1));
        Some(how)
    }

    /// Whether no run is open and nobody wants one.
    pub(crate) fn are_over(&self) -> bool {
        self.asking == 0 && self.open().next().is_none()
    }

    /// A run has its plan; a switchover that goes on as a failover has a new one.
    pub(crate) fn begin(&mut self, id: &RunId, source: Site, target: Site) {
        self.end(id);
        let (id, runner) = (id.clone(), None);
        self.list.push(Running { id, source, target, runner, restart_at: 0, is_over: false });
    }

    /// Nothing is left to do in a run.
    pub(crate) fn end(&mut self, id: &RunId) {
        if let Some(run) = self.find(id) {
            run.is_over = true;
        }
    }

    /// A number for a new runner.
    pub(crate) fn count_runner(&mut self) -> u32 {
        self.runners += 1;
        self.runners
    }
}

impl World {
    pub(crate) fn note_run(&mut self, run: &RunId, step: RunStep) {
        self.note(What::Run { run: run.to_string(), step });
    }
}

/// What one runner reaches: it runs in the Region that is to be opened.
#[derive(Clone)]
pub(crate) struct Reach {
    pub(crate) sim: Sim,
    pub(crate) run: RunId,
    pub(crate) home: Site,
    pub(crate) process: ProcessId,
    pub(crate) control: Control,
}

impl Reach {
    pub(crate) fn new(sim: &Sim, run: &RunId, home: Site, process: ProcessId) -> Self {
        let control = Control { sim: sim.clone(), from: Place::Region(home), asker: Asker::Runner };
        Self { sim: sim.clone(), run: run.clone(), home, process, control }
    }

    pub(crate) fn here(&self) -> Place {
        Place::Region(self.home)
    }

    /// Counts a step, lets happen what the scenario has for it, and goes no further in a process
    /// that died of that.
    async fn step(&self, cue: Option<Cue>) {
        let number = self.sim.with(|world| {
            world.runs.steps += 1;
            world.runs.steps - 1
        });
        fire_cues(&self.sim, number, cue);
        while !self.sim.with(|world| world.kernel.is_alive(self.process)) {
            std::future::pending::<()>().await;
        }
    }
}

impl Journal for Reach {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        read(&self.sim, self.here(), &self.run).await
    }

    async fn append(&self, entry: &Entry) -> Appended {
        let before = match &entry.event {
            Event::Ended { action, result: Ok(_), .. } => Some(Cue::Behind(*action)),
            _ => None,
        };
        self.step(before).await;
        let appended = append(&self.sim, self.here(), &self.run, entry).await;
        let after = match &entry.event {
            Event::Began { action, .. } => Some(Cue::Before(*action)),
            _ => None,
        };
        self.step(after).await;
        appended
    }
}

/// Reads a journal from a place.
pub(crate) async fn read(sim: &Sim, from: Place, run: &RunId) -> Result<Vec<Entry>, NoAnswer> {
    let run = run.clone();
    let look = move |world: &mut World| world.store.journals.get(&run).cloned();
    answered(ask(sim, from, look).await).map(Option::unwrap_or_default)
}

/// Writes an entry from a place, if its number is the next one.
pub(crate) async fn append(sim: &Sim, from: Place, run: &RunId, entry: &Entry) -> Appended {
    let (run, entry) = (run.clone(), entry.clone());
    let write = move |world: &mut World| world.append(&run, &entry);
    match ask(sim, from, write).await {
        Reply::Answer(appended) => appended,
        Reply::NotSent | Reply::Silence => Appended::Unknown,
    }
}

impl World {
    fn append(&mut self, run: &RunId, entry: &Entry) -> Appended {
        let journal = self.store.journals.entry(run.clone()).or_default();
        let position = usize::try_from(entry.position).unwrap_or(usize::MAX);
        match journal.get(position) {
            // An earlier try of the same write took place unseen.
            Some(written) if written == entry => Appended::Written,
            None if position == journal.len() => {
                journal.push(entry.clone());
                self.note_run(run, RunStep::Journaled(Box::new(entry.clone())));
                Appended::Written
            }
            Some(_) if is_planted(Bug::JournalOverwritten) => {
                journal[position] = entry.clone();
                self.note_run(run, RunStep::Journaled(Box::new(entry.clone())));
                Appended::Written
            }
            Some(_) | None => Appended::Taken,
        }
    }
}

impl runbook::World for Reach {
    fn now(&self) -> Millis {
        self.sim.with(|world| world.clock(Some(self.home)))
    }

    async fn wait(&self, span: DurationMs) {
        self.sim.sleep(span.0).await;
    }

    fn control(&self) -> &impl fence::ControlStore {
        &self.control
    }

    async fn perform(&self, plan: &Plan, action: &Action) -> Result<Observed, Failure> {
        self.step(None).await;
        let result = match self.sim.with(|world| world.runs.spoil()) {
            None => perform::perform(self, plan, action).await,
            Some(Spoiled::Interrupted) => Err(perform::again("it was interrupted")),
            Some(Spoiled::Refused) => {
                Err(Failure::Refused(Refused::Other, "it was refused".to_owned()))
            }
            Some(Spoiled::Unclear) => {
                // Whatever came of it, nobody hears.
                let _ = perform::perform(self, plan, action).await;
                Err(Failure::TimedOut)
            }
        };
        self.sim.with(|world| {
            let (action, done) = (action.name, result.is_ok());
            world.note_run(&plan.run, RunStep::Performed { action, done });
        });
        self.step(None).await;
        result
    }
}
