//! The payment service of each Region: one process that keeps its gate, answers clients and works
//! off the outbox.

use fence::{Decision, Epoch, Gate, Millis};
use payments::{Acknowledgement, Command, Outcome, Refusal, pay};

use crate::history::{Answer, Site, What};
use crate::sim::{Line, ProcessId, Sim};
use crate::world::World;
use crate::world::keeper::keep;
use crate::world::network::Place;
use crate::world::ports::{Gated, Ports};
use crate::world::worker::work_off;

/// Whether events and schedules of a Region reach its worker: what a run turns off and on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Intake {
    #[default]
    On,
    Off,
}

/// The services that run.
#[derive(Default)]
pub(crate) struct Services {
    running: [Option<Running>; 2],
    intake: [Intake; 2],
    starts: u32,
}

struct Running {
    process: ProcessId,
    gate: Gate,
    /// Requests and movements that are seen to.
    open: u32,
    /// What was noted of the gate last.
    noted: Option<Epoch>,
}

impl Services {
    pub(crate) fn count_starts(&mut self) -> u32 {
        self.starts += 1;
        self.starts
    }

    /// Whether events and schedules reach the Region's worker.
    pub(crate) fn intake(&self, site: Site) -> Intake {
        self.intake[site.index()]
    }

    pub(crate) fn set_intake(&mut self, site: Site, intake: Intake) {
        self.intake[site.index()] = intake;
    }

    pub(crate) fn process(&self, site: Site) -> Option<ProcessId> {
        self.running[site.index()].as_ref().map(|running| running.process)
    }

    pub(crate) fn gate(&self, site: Site) -> Option<&Gate> {
        self.running[site.index()].as_ref().map(|running| &running.gate)
    }

    pub(crate) fn gate_mut(&mut self, site: Site) -> Option<&mut Gate> {
        self.running[site.index()].as_mut().map(|running| &mut running.gate)
    }

    /// The epochs under which the gate is open at this instant.
    pub(crate) fn decision(&self, site: Site, now: Millis) -> Option<(Epoch, Epoch)> {
        match self.gate(site)?.decide(now) {
            Decision::Open { epoch, nothing_lost_since, .. } => Some((epoch, nothing_lost_since)),
            Decision::Closed { .. } => None,
        }
    }

    pub(crate) fn is_idle(&self, site: Site) -> bool {
        self.running[site.index()].as_ref().is_none_or(|running| running.open == 0)
    }

    fn add_open(&mut self, site: Site, change: i32) {
        if let Some(running) = &mut self.running[site.index()] {
            running.open = running.open.saturating_add_signed(change);
        }
    }
}

impl World {
    /// Notes it when the gate of a Region has opened or closed.
    pub(crate) fn note_gate(&mut self, site: Site) {
        let now = self.clock(Some(site));
        let Some(running) = &mut self.services.running[site.index()] else { return };
        let (open, left_ms, reason) = match running.gate.decide(now) {
            Decision::Open { epoch, until, .. } => (Some(epoch), Some(until.since(now).0), ""),
            Decision::Closed { reason, .. } => (None, None, reason.code()),
        };
        if let Some(left_ms) = left_ms {
            // It closes by itself then, unless it is renewed.
            let at = self.kernel.now().saturating_add(left_ms);
            self.kernel.deliver(at, Box::new(move |world| world.note_gate_closing(site)));
        }
        if std::mem::replace(&mut running.noted, open) != open {
            self.note(What::Gate { site, open: open.map(Epoch::number), reason });
        }
    }

    /// The service of a Region has ended, and its gate with it.
    pub(crate) fn service_ended(&mut self, site: Site) {
        let ended = self.services.running[site.index()].take();
        if ended.is_some_and(|running| running.noted.is_some()) {
            self.note(What::Gate { site, open: None, reason: "ended" });
        }
    }

    /// Notes that a gate has closed by itself, if it has.
    fn note_gate_closing(&mut self, site: Site) {
        if self.gate(site) == payments::Gate::Closed {
            self.note_gate(site);
        }
    }
}

/// Something that is seen to; counted as long as it is.
pub(crate) struct Open {
    sim: Sim,
    site: Site,
}

impl Open {
    pub(crate) fn new(sim: &Sim, site: Site) -> Self {
        sim.with(|world| world.services.add_open(site, 1));
        Self { sim: sim.clone(), site }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.sim.with(|world| world.services.add_open(self.site, -1));
    }
}

/// Starts the service of a Region.
pub(crate) fn start_service(sim: &Sim, site: Site) {
    let process = sim.with(|world| {
        let process = world.kernel.start(Some(site));
        let gate = Gate::new(world.holder(site), world.timing);
        world.services.running[site.index()] =
            Some(Running { process, gate, open: 0, noted: None });
        process
    });
    sim.spawn(process, keep(sim.clone(), site));
    sim.spawn(process, work_off(sim.clone(), site));
}

/// Every process of a Region's service dies, and others begin: a deployment.
pub(crate) fn restart_service(sim: &Sim, site: Site) {
    let has_died = sim.with(|world| {
        let process = world.services.process(site)?;
        world.kernel.kill(process);
        world.service_ended(site);
        Some(())
    });
    if has_died.is_some() {
        start_service(sim, site);
    }
}

/// Lets a request in; the answer goes back on the line.
pub(crate) fn admit_in(
    world: &mut World,
    sim: Sim,
    site: Site,
    command: Command,
    line: Line<Answer>,
) {
    if let Some(process) = world.services.process(site) {
        world.kernel.spawn(process, Box::pin(handle(sim, site, command, line)));
    }
}

async fn handle(sim: Sim, site: Site, command: Command, line: Line<Answer>) {
    let open = Open::new(&sim, site);
    let ports = Ports { sim: sim.clone(), site, gated: Gated::Yes };
    let told = pay(&ports, &ports, &ports, &command).await;
    let answer = answer(&told.outcome);
    sim.with(|world| {
        if let Some(travel) = world.travel_ms(Place::Region(site), Place::Outside) {
            line.answer(&mut world.kernel, travel, answer);
        }
    });
    if let Some(note) = told.note {
        payments::Intents::write(&ports, &note).await;
    }
    drop(open);
}

fn answer(outcome: &Outcome) -> Answer {
    match outcome {
        Outcome::Acknowledged(acknowledgement, _) => {
            Answer::Acknowledged(Acknowledgement::movement(acknowledgement))
        }
        // This one uses no key up.
        Outcome::Refused(Refusal::PaymentMissing, _) => Answer::TryAgain,
        Outcome::Refused(..) | Outcome::KeyReused | Outcome::KeyFault(_) | Outcome::Invalid(_) => {
            Answer::Refused
        }
        Outcome::Quarantined(_) => Answer::Pending,
        Outcome::RegionSwitching => Answer::Switching,
        Outcome::Unresolved | Outcome::InProgress => Answer::TryAgain,
    }
}
