//! Who lets happen what the scenario has, and plays the people on duty: what both know of the drill.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use drill::{Random, RunStep, Scenario, Site, Span, What};
use fence::RunId;
use runbook::{ActionName, Plan};
use tokio::time::Instant;

use super::script::Script;
use super::stage::Stage;
use super::tempo::Tempo;

/// For how long nobody looks whether a run that was just planned has a runner.
const FIRST_START: Duration = Duration::from_millis(500);

/// The director of one drill. Cheap to clone; all clones are one.
pub struct Director<S>(Arc<Inner<S>>);

struct Inner<S> {
    scenario: Scenario,
    tempo: Tempo,
    /// The two Regions while the drill is played; they hold the director, so it lets go of them.
    stage: Mutex<Option<Arc<S>>>,
    state: Mutex<State>,
}

/// What changes in the course of a drill.
pub(super) struct State {
    pub(super) random: Random,
    pub(super) script: Script,
    pub(super) runs: Vec<Running>,
    /// How many people have asked for a run that has not begun yet.
    pub(super) asking: u32,
    /// How many runs were asked for: a part of their ids.
    pub(super) asked: u32,
    /// How many steps runners have made.
    pub(super) steps: u64,
    /// How many faults are being mended: that takes its time.
    pub(super) mending: u32,
    /// What went wrong with the drill itself, for people.
    pub(super) mishaps: Vec<String>,
    /// The orders that found no run, for people.
    pub(super) unheard: Vec<String>,
}

/// A run.
#[derive(Clone)]
pub(super) struct Running {
    pub(super) plan: Plan,
    /// Before this nobody starts another runner.
    pub(super) restart_at: Instant,
    pub(super) waits: Waits,
    pub(super) is_over: bool,
}

/// What a run waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// Its runner goes on.
    Nothing,
    /// It is over.
    Over,
    /// People, who approve of this action.
    Approval(ActionName),
    /// A person, who decides about an action that failed.
    Person {
        /// The action.
        action: ActionName,
        /// Whether the control record refused it.
        by_record: bool,
    },
    /// Another runner, a pause, or the journal.
    Time,
}

impl<S> Clone for Director<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Stage> Director<S> {
    /// The director of a scenario that is [fixed](Scenario::fixed).
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64, tempo: Tempo) -> Self {
        let state = State {
            random: Random::new(seed).fork("people"),
            script: Script::new(scenario),
            runs: Vec::new(),
            asking: 0,
            asked: 0,
            steps: 0,
            mending: 0,
            mishaps: Vec::new(),
            unheard: Vec::new(),
        };
        let (stage, state) = (Mutex::new(None), Mutex::new(state));
        Self(Arc::new(Inner { scenario: scenario.clone(), tempo, stage, state }))
    }

    /// Has a stage to play on from now on.
    pub fn enter(&self, stage: Arc<S>) {
        *lock(&self.0.stage) = Some(stage);
    }

    /// Has none any more: whatever it still wants to do comes to nothing.
    pub fn leave(&self) {
        *lock(&self.0.stage) = None;
    }

    pub(super) fn stage(&self) -> Option<Arc<S>> {
        lock(&self.0.stage).clone()
    }

    pub(super) fn scenario(&self) -> &Scenario {
        &self.0.scenario
    }

    pub(super) fn tempo(&self) -> Tempo {
        self.0.tempo
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut lock(&self.0.state))
    }

    /// One time of this span, as long as it is here.
    pub(super) fn within(&self, span: Span) -> Duration {
        let tempo = self.0.tempo;
        self.with(|state| tempo.within(span, &mut state.random))
    }

    /// How long a person takes to decide.
    pub(super) fn decision(&self) -> Duration {
        self.within(self.scenario().operator.decide_ms)
    }

    pub(super) fn note_run(&self, run: &RunId, step: RunStep) {
        if let Some(stage) = self.stage() {
            stage.note(What::Run { run: run.to_string(), step });
        }
    }

    /// Something did not come to what it should: the drill is not the one that was asked for.
    pub(super) fn mishap(&self, cause: impl std::fmt::Display) {
        self.with(|state| state.mishaps.push(cause.to_string()));
    }

    /// What did not come to what it should, for people: a fault that never happened above all.
    #[must_use]
    pub fn mishaps(&self) -> Vec<String> {
        self.with(|state| {
            state.script.unfired_faults().chain(state.mishaps.iter().cloned()).collect()
        })
    }

    /// An order found no run that is open: nothing happened.
    pub(super) fn found_nobody(&self, order: &str) {
        self.with(|state| state.unheard.push(format!("`{order}` found no run that is open")));
    }

    /// What the scenario has and nobody played, for people: lines whose moment never came, and orders
    /// that found no run.
    #[must_use]
    pub fn unplayed(&self) -> Vec<String> {
        self.with(|state| state.script.unfired().chain(state.unheard.iter().cloned()).collect())
    }

    /// How many steps runners have made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.with(|state| state.steps)
    }

    /// Whether everything has happened, no run is open and nobody wants one.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.with(|state| !state.script.agenda.waits_for_time() && state.are_over())
    }

    /// When a line happened last.
    pub(super) fn last_fired(&self) -> Instant {
        self.with(|state| state.script.last_fired)
    }

    /// What has not happened yet, for people.
    #[must_use]
    pub fn left(&self) -> Vec<String> {
        self.with(|state| {
            let line = "a line of the scenario has not happened".to_owned();
            let line = state.script.agenda.waits_for_time().then_some(line);
            let open = state.open().map(|run| format!("run `{}` is open", run.plan.run));
            line.into_iter().chain(open).collect()
        })
    }
}

impl State {
    pub(super) fn open(&self) -> impl DoubleEndedIterator<Item = &Running> {
        self.runs.iter().filter(|run| !run.is_over)
    }

    pub(super) fn find(&mut self, run: &str) -> Option<&mut Running> {
        self.runs.iter_mut().rev().find(|one| one.plan.run.as_str() == run)
    }

    pub(super) fn are_over(&self) -> bool {
        self.asking == 0 && self.open().next().is_none()
    }

    /// A run has its plan; a switchover that goes on as a failover has a new one.
    pub(super) fn begin(&mut self, plan: Plan) {
        self.runs.retain(|run| run.plan.run != plan.run);
        // Its first runner is about to start.
        let restart_at = Instant::now() + FIRST_START;
        self.runs.push(Running { plan, restart_at, waits: Waits::Nothing, is_over: false });
    }
}

impl Running {
    pub(super) fn target(&self) -> Site {
        Site::of(&self.plan.target).unwrap_or(Site::Standby)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
