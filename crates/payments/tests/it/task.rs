//! Processes: a job of one of the loops, a turn at a time.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use payments::{
    Command, Intent, Intents, MovementId, Outcome, Reconciled, Worked, give_up, pay, process,
    quarantine, settle,
};

use crate::ports::{Mishap, Ports, Script};

/// Something that a process does.
#[derive(Clone, Debug)]
pub(crate) enum Job {
    Request(Box<Command>),
    Work(MovementId),
    Quarantine(Intent),
    Settle(Intent),
    GiveUp(Intent),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Told(Outcome),
    Worked(Worked),
    Reconciled(Reconciled),
}

async fn carry_out(mut ports: Ports, job: Job) -> Done {
    let epoch = ports.epoch;
    ports.is_gated = matches!(job, Job::Request(_) | Job::Work(_));
    match job {
        Job::Request(command) => {
            let answer = pay(&ports, &ports, &ports, &command).await;
            ports.is_gated = false;
            ports.tell(command.key(), answer.outcome.clone()).await;
            if let Some(note) = answer.note {
                Intents::write(&ports, &note).await;
            }
            Done::Told(answer.outcome)
        }
        Job::Work(movement) => {
            Done::Worked(process(&ports, &ports, &ports, &ports, movement).await)
        }
        Job::Quarantine(intent) => {
            Done::Reconciled(quarantine(&ports, &ports, epoch, &intent).await)
        }
        Job::Settle(intent) => {
            Done::Reconciled(settle(&ports, &ports, &ports, epoch, &intent).await)
        }
        Job::GiveUp(intent) => Done::Reconciled(give_up(&ports, epoch, &intent).await),
    }
}

/// A process at a job.
pub(crate) struct Task {
    future: Pin<Box<dyn Future<Output = Done> + Send>>,
    script: Arc<Mutex<Script>>,
}

impl Task {
    /// A process that has not begun its job; `script` is what goes wrong with its effects.
    pub(crate) fn new(ports: Ports, job: Job, script: Vec<Mishap>) -> Self {
        ports.script.lock().unwrap().mishaps = script;
        let script = ports.script.clone();
        Self { future: Box::pin(carry_out(ports, job)), script }
    }

    /// Lets it have one turn.
    pub(crate) fn step(&mut self) -> Poll<Option<Done>> {
        let mut context = Context::from_waker(Waker::noop());
        match self.future.as_mut().poll(&mut context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.script.lock().unwrap().is_dead => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Lets it have all turns.
    pub(crate) fn finish(mut self) -> Option<Done> {
        loop {
            if let Poll::Ready(done) = self.step() {
                return done;
            }
        }
    }
}
