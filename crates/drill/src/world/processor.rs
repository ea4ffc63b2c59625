//! The processor: the simulated one that is shipped, somewhere outside of both Regions.

use std::time::Duration;

use payments::{MovementId, ProcessorKey, Sent, Status, Time};
use processor::{Asked, Behaviour, CardProcessor, Old, Terms, Travel};

use crate::history::{Site, What};
use crate::scenario::Fault;
use crate::sim::{Line, Sim};
use crate::world::World;
use crate::world::network::{Place, Reply, call};

/// How long a worker waits for the processor, in milliseconds.
const LIMIT_MS: u64 = 5_000;

/// For how long the processor knows a key again, in milliseconds: longer than a call can be on its
/// way, and much shorter than in reality, so that whoever calls again without asking first is seen
/// to charge twice.
const REMEMBERS_MS: u64 = 15_000;

/// The processor, called by the word of the trade because its crate has taken the other.
pub(crate) struct Acquirer {
    books: CardProcessor,
}

impl Acquirer {
    pub(crate) fn new() -> Self {
        let replays = Duration::from_millis(REMEMBERS_MS);
        let terms = Terms { replays, old: Old::Forgotten, ..Terms::default() };
        Self { books: CardProcessor::new(terms) }
    }
}

/// A call as a Region makes it.
#[derive(Clone)]
pub(crate) struct Calling {
    pub(crate) asked: Asked,
    pub(crate) key: ProcessorKey,
    pub(crate) movement: MovementId,
    pub(crate) site: Site,
}

impl World {
    /// The processor's own clock.
    fn processor_time(&self) -> Time {
        Time::from_ms(self.clock(None).0)
    }

    fn take_call(&mut self, calling: &Calling) -> Behaviour {
        let now = self.processor_time();
        let moved_before = self.acquirer.books.movements().len();
        let behaviour = self.acquirer.books.call(&calling.asked, now);
        if self.acquirer.books.movements().len() > moved_before {
            self.note(What::Moved {
                key: calling.key,
                movement: calling.movement,
                minor_units: calling.asked.money.amount.minor_units(),
                from: calling.site,
            });
        }
        behaviour
    }
}

/// Asks the processor to move money.
pub(crate) async fn send(sim: &Sim, calling: Calling) -> Sent {
    let from = Place::Region(calling.site);
    let line = sim.with(|world| {
        let line = Line::open(&world.kernel, LIMIT_MS);
        line.be_silent(&mut world.kernel);
        match world.travel_ms(from, Place::Outside) {
            _ if world.faults.has(Fault::ProcessorAway) => {
                line.answer(&mut world.kernel, 15, Sent::NotSent);
            }
            Some(travel) => {
                let (line, at) = (line.clone(), world.kernel.now() + travel);
                world.kernel.deliver(at, Box::new(move |world| act(world, &calling, &line)));
            }
            None => {}
        }
        line
    });
    line.wait(sim).await.unwrap_or(Sent::NoAnswer)
}

/// Acts the processor's behaviour out.
fn act(world: &mut World, calling: &Calling, line: &Line<Sent>) {
    let is_silent = world.faults.has(Fault::ProcessorSilent);
    if is_silent && world.kernel.random.chance(50) {
        return;
    }
    let Behaviour { answer, travel } = world.take_call(calling);
    let back = world.travel_ms(Place::Outside, Place::Region(calling.site));
    let late_ms = match travel {
        Travel::AtOnce | Travel::Twice => 0,
        Travel::Late(span) => u64::try_from(span.as_millis()).unwrap_or(u64::MAX),
        Travel::Never => return,
    };
    if let Some(back) = back.filter(|_| !is_silent) {
        line.answer(&mut world.kernel, back.saturating_add(late_ms), answer.sent());
    }
}

/// Asks the processor what became of a key.
pub(crate) async fn status(sim: &Sim, site: Site, key: ProcessorKey) -> Status {
    let way = (Place::Region(site), Place::Outside);
    let look = move |world: &mut World| {
        let is_there =
            !world.faults.has(Fault::ProcessorAway) && !world.faults.has(Fault::ProcessorSilent);
        let now = world.processor_time();
        is_there.then(|| world.acquirer.books.status(&key.to_string(), now))
    };
    match call(sim, way, LIMIT_MS, look).await {
        Reply::Answer(status) => status,
        Reply::NotSent | Reply::Silence => Status::NoAnswer,
    }
}
