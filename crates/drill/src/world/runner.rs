//! Runners: processes that carry runs on, in the Region that is to be opened.

use fence::RunId;
use runbook::{RunnerName, Stopped, Takeover, drive};

use crate::history::{RunStep, Site};
use crate::sim::{ProcessId, Sim};
use crate::world::World;
use crate::world::people::{approve_later, decide};
use crate::world::runs::Reach;

/// How long a runner waits before it looks again at a run that it cannot carry on, in milliseconds.
const PAUSE_MS: u64 = 2_000;

/// Starts the runner of a run, or another one after it has died: a person knows that it has.
pub(crate) fn start_runner(sim: &Sim, run: &RunId) {
    let started = sim.with(|world| {
        let process = world.start_runner(run)?;
        world.runs.find(run)?.runner = Some(process.1);
        Some(process)
    });
    if let Some((home, process)) = started {
        let task = carry_on(sim.clone(), run.clone(), (home, process), Takeover::AtOnce);
        sim.spawn(process, task);
    }
}

/// Starts one more runner of the run that is open, which takes it or respects who has it.
pub(crate) fn second_runner(sim: &Sim) {
    let started = sim.with(|world| {
        let run = world.runs.open().last()?.id.clone();
        let is_rude = world.kernel.random.chance(50);
        let takeover = if is_rude { Takeover::AtOnce } else { Takeover::WhenSilent };
        Some((world.start_runner(&run)?, run, takeover))
    });
    if let Some(((home, process), run, takeover)) = started {
        sim.spawn(process, carry_on(sim.clone(), run, (home, process), takeover));
    }
}

impl World {
    fn start_runner(&mut self, run: &RunId) -> Option<(Site, ProcessId)> {
        let home = self.runs.find(run).filter(|run| !run.is_over)?.target;
        if !self.faults.runs(home) {
            return None;
        }
        self.note_run(run, RunStep::Began);
        Some((home, self.kernel.start(Some(home))))
    }
}

/// Carries a run on until it is over, or until another runner has it.
async fn carry_on(sim: Sim, run: RunId, (home, process): (Site, ProcessId), takeover: Takeover) {
    let number = sim.with(|world| world.runs.count_runner());
    let reach = Reach::new(&sim, &run, home, process);
    let mut runner =
        runbook::Runner { name: RunnerName(format!("{run}-runner-{number}")), takeover };
    let mut told = None;
    loop {
        let stopped = drive(&reach, &reach, &runner).await;
        // From here on it takes nothing from anybody.
        runner.takeover = Takeover::WhenSilent;
        if told.as_ref() != Some(&stopped) {
            sim.with(|world| world.note_run(&run, RunStep::Stopped(stopped.to_string())));
            told = Some(stopped.clone());
        }
        match stopped {
            Stopped::Finished | Stopped::TurnedBack | Stopped::Superseded | Stopped::NotPlanned => {
                sim.with(|world| world.runs.end(&run));
                return;
            }
            Stopped::WaitsForApproval { action, .. } => approve_later(&sim, &run, action),
            Stopped::WaitsForPerson { action, failure, .. } => {
                decide(&sim, &run, action, &failure).await;
            }
            Stopped::OtherRunner { .. } if sim.with(|world| world.has_other(&run, process)) => {
                return;
            }
            Stopped::OtherRunner { .. }
            | Stopped::Paused { .. }
            | Stopped::JournalSilent { .. } => {}
        }
        sim.sleep(PAUSE_MS).await;
    }
}

impl World {
    /// Whether another process is the run's runner and lives.
    fn has_other(&mut self, run: &RunId, process: ProcessId) -> bool {
        let runner = self.runs.find(run).and_then(|run| run.runner);
        runner.is_some_and(|runner| runner != process && self.kernel.is_alive(runner))
    }
}
