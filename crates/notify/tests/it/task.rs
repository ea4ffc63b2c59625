//! Processes: a job, a turn at a time.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use notify::{
    ClaimedDelivery, ClaimedEvent, DeliverPorts, Delivered, EndpointSource, Outbox, TellPorts,
    Told, deliver, tell,
};
use payments::{Command, Epoch, Intents, Outcome, Time, pay};

use crate::ports::{Mishap, Ports, Script};
use crate::support::MIDDLE;
use crate::world::LEASE_MS;

/// Something that a process does.
#[derive(Clone, Debug)]
pub(crate) enum Job {
    Request(Box<Command>),
    /// Claim a row of the outbox and see to it.
    Tell,
    /// Claim a callback and send it.
    Deliver,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Answered(Outcome),
    Told(Told),
    Delivered(Delivered),
    /// Nothing was due, or nothing could be claimed.
    Idle,
}

const LEASE: Duration = Duration::from_millis(LEASE_MS);

async fn carry_out(ports: Ports, job: Job) -> Done {
    match job {
        Job::Request(command) => {
            let answer = pay(&ports, &ports, &ports, &command).await;
            if let Some(note) = answer.note {
                Intents::write(&ports, &note).await;
            }
            Done::Answered(answer.outcome)
        }
        Job::Tell => {
            let claimed = ports.claim_events(ports.epoch, 1, LEASE).await;
            match claimed.as_deref() {
                Ok([claimed]) => Done::Told(tell_one(&ports, claimed).await),
                _ => Done::Idle,
            }
        }
        Job::Deliver => {
            let Ok(endpoints) = EndpointSource::endpoints(&ports).await else { return Done::Idle };
            let revisions = endpoints.revisions();
            let claimed = ports.claim_deliveries(ports.epoch, &revisions, 1, LEASE).await;
            match claimed.as_deref() {
                Ok([claimed]) => Done::Delivered(deliver_one(&ports, ports.epoch, claimed).await),
                _ => Done::Idle,
            }
        }
    }
}

pub(crate) async fn tell_one(ports: &Ports, claimed: &ClaimedEvent) -> Told {
    let world = TellPorts {
        gatekeeper: ports,
        intents: ports,
        ledger: ports,
        processor: ports,
        outbox: ports,
        topic: ports,
        receipts: ports,
        endpoints: ports,
    };
    tell(&world, ports.epoch, claimed, MIDDLE).await
}

async fn deliver_one(ports: &Ports, epoch: Epoch, claimed: &ClaimedDelivery) -> Delivered {
    let world = DeliverPorts { gatekeeper: ports, outbox: ports, caller: ports, endpoints: ports };
    let now = Time::from_ms(ports.world.with(|inner| inner.now_ms));
    deliver(&world, epoch, claimed, now, MIDDLE).await
}

/// A process at a job.
pub(crate) struct Task {
    future: Pin<Box<dyn Future<Output = Done> + Send>>,
    pub(crate) script: Arc<Mutex<Script>>,
}

impl Task {
    /// A process that has not begun its job; `script` is what goes wrong with its effects.
    pub(crate) fn new(ports: Ports, job: Job, script: Vec<Mishap>) -> Self {
        ports.script.lock().unwrap().mishaps = script;
        let script = ports.script.clone();
        Self { future: Box::pin(carry_out(ports, job)), script }
    }

    /// Lets it have one turn; nothing when it died.
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
