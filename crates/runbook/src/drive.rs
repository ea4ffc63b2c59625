//! The one loop that carries out runs: in AWS, on one machine and in the simulator.
//!
//! It may be dropped at any await. Whoever comes next goes on from the journal.

use std::convert::Infallible;

use fence::Millis;

use crate::action::ActionName;
use crate::driver::Driver;
use crate::journal::RunnerName;
use crate::next::Next;
use crate::ports::{Journal, World};
use crate::progress::Heading;
use crate::stopped::Stopped;

/// Who drives a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// Its name: that of a process that begins, or of an execution of a state machine.
    pub name: RunnerName,
    /// What it does when another has the run.
    pub takeover: Takeover,
}

/// When a runner takes a run that another has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takeover {
    /// When the other has been silent for longer than what it has in hand may take.
    WhenSilent,
    /// At once: a person knows that the other is gone.
    AtOnce,
}

/// Carries on the run of this journal until it is over, or until somebody else must do something.
pub async fn drive(world: &impl World, journal: &impl Journal, runner: &Runner) -> Stopped {
    match go_on(world, journal, runner).await {
        Ok(never) => match never {},
        Err(stopped) => stopped,
    }
}

async fn go_on(
    world: &impl World,
    journal: &impl Journal,
    runner: &Runner,
) -> Result<Infallible, Stopped> {
    let mut driver = Driver::open(world, journal, runner).await?;
    loop {
        let due = driver.due().await?;
        driver.wait_until(due.not_before).await;
        driver.attempt(&due).await?;
    }
}

/// What came of one action, for a state machine that has a state for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Performed {
    /// It is over: done, skipped, given up as best effort, or not due in this run.
    Over,
    /// It is to be attempted again, not before this.
    Again {
        /// When.
        not_before: Millis,
    },
    /// The run has turned back: what is due is on its way back.
    TurnsBack,
    /// Another action is due first.
    TooEarly {
        /// That action.
        due: ActionName,
    },
    /// It waits for somebody.
    Stopped(Stopped),
}

/// Makes one attempt of this action, if it is what is due.
pub async fn perform_one(
    world: &impl World,
    journal: &impl Journal,
    runner: &Runner,
    heading: Heading,
    name: ActionName,
) -> Performed {
    match one(world, journal, runner, heading, name).await {
        Ok(performed) => performed,
        Err(stopped) => Performed::Stopped(stopped),
    }
}

async fn one(
    world: &impl World,
    journal: &impl Journal,
    runner: &Runner,
    heading: Heading,
    name: ActionName,
) -> Result<Performed, Stopped> {
    let mut driver = Driver::open(world, journal, runner).await?;
    let mut has_attempted = false;
    loop {
        if let Some(performed) = beside(&driver, heading, name) {
            return Ok(performed);
        }
        let due = driver.due().await?;
        if (due.heading, due.name) != (heading, name) {
            continue;
        }
        if has_attempted || world.now() < due.not_before {
            return Ok(Performed::Again { not_before: due.not_before });
        }
        has_attempted = driver.attempt(&due).await?;
    }
}

/// What there is to say of an action that is not what is due, whoever has paused the run.
fn beside<W: World, J: Journal>(
    driver: &Driver<'_, W, J>,
    heading: Heading,
    name: ActionName,
) -> Option<Performed> {
    let (plan, is_on) = driver.plan_and_heading()?;
    if is_on == Heading::Back && heading == Heading::Forward {
        return Some(Performed::TurnsBack);
    }
    let due = match driver.unpaused() {
        Next::NotPlanned | Next::Superseded => return None,
        Next::Finished | Next::TurnedBack => return Some(Performed::Over),
        // It is to be written down that it turns back.
        Next::TurnBack { .. } => return None,
        Next::Approval { action, .. } | Next::Person { action, .. } | Next::Act { action, .. } => {
            action.name
        }
        Next::Paused { .. } => unreachable!("a pause was left out"),
    };
    if is_on != heading {
        return Some(Performed::TooEarly { due });
    }
    let place = |name| plan.way(heading).iter().position(|action| action.name == name);
    match (place(name), place(due)) {
        (Some(at), Some(due_at)) if at > due_at => Some(Performed::TooEarly { due }),
        (Some(at), Some(due_at)) if at == due_at => None,
        _ => Some(Performed::Over),
    }
}
