//! The network: who reaches whom, how long a message travels, and which messages are lost.

use crate::history::Site;
use crate::scenario::Fault;
use crate::sim::{Line, Sim};
use crate::world::World;
use crate::world::faults::Faults;

/// Where a message comes from or goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Region(Site),
    Witness,
    /// Clients, operators, the processor, DNS.
    Outside,
}

impl Place {
    fn index(self) -> usize {
        match self {
            Self::Region(site) => site.index(),
            Self::Witness => 2,
            Self::Outside => 3,
        }
    }
}

const PLACES: [Place; 4] =
    [Place::Region(Site::Primary), Place::Region(Site::Standby), Place::Witness, Place::Outside];

/// Milliseconds one way between places, at least: us-east-1, us-east-2, us-west-2, elsewhere.
const TRAVEL_MS: [[u64; 4]; 4] =
    [[1, 6, 30, 15], [6, 1, 25, 15], [30, 25, 1, 30], [15, 15, 30, 15]];

/// Who reaches whom, drawn anew whenever a fault begins or ends.
pub(crate) struct Network {
    reaches: [[bool; 4]; 4],
    slowness: [[u64; 4]; 4],
    lost_percent: u32,
}

impl Default for Network {
    fn default() -> Self {
        Self { reaches: [[true; 4]; 4], slowness: [[1; 4]; 4], lost_percent: 0 }
    }
}

impl Network {
    pub(crate) fn redraw(&mut self, faults: &Faults) {
        for from in PLACES {
            for to in PLACES {
                self.reaches[from.index()][to.index()] = reaches(faults, from, to);
                self.slowness[from.index()][to.index()] = slowness(faults, from, to);
            }
        }
        let lost = |fault| match fault {
            Fault::MessagesLost(percent) => Some(percent),
            _ => None,
        };
        self.lost_percent = faults.find(lost).unwrap_or(0);
    }

    /// Whether messages get from one place to another.
    pub(crate) fn reaches(&self, from: Place, to: Place) -> bool {
        self.reaches[from.index()][to.index()]
    }

    /// Whether messages get through both ways.
    pub(crate) fn connects(&self, one: Place, other: Place) -> bool {
        self.reaches(one, other) && self.reaches(other, one)
    }
}

fn reaches(faults: &Faults, from: Place, to: Place) -> bool {
    let is_lost =
        |place| matches!(place, Place::Region(site) if faults.has(Fault::RegionLost(site)));
    let is_border = from != to && from != Place::Outside && to != Place::Outside;
    let is_isolated =
        |place| matches!(place, Place::Region(site) if faults.has(Fault::RegionIsolated(site)));
    let is_cut = match (from, to) {
        (Place::Region(one), Place::Region(other)) => faults.has(Fault::OneWayCut(one, other)),
        _ => false,
    };
    let no_witness =
        (from == Place::Witness || to == Place::Witness) && faults.has(Fault::WitnessLost);
    let is_torn = is_border && (is_isolated(from) || is_isolated(to));
    !(is_lost(from) || is_lost(to) || is_torn || is_cut || no_witness)
}

fn slowness(faults: &Faults, from: Place, to: Place) -> u64 {
    let factor = |place| match place {
        Place::Region(site) if from != to => faults.find(|fault| match fault {
            Fault::RegionSlow(slow, factor) if slow == site => Some(u64::from(factor)),
            _ => None,
        }),
        _ => None,
    };
    factor(from).unwrap_or(1).max(factor(to).unwrap_or(1))
}

/// What a caller knows after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply<T> {
    /// It was answered.
    Answer(T),
    /// No byte of it can have arrived.
    NotSent,
    /// Nobody knows whether it arrived, or will.
    Silence,
}

impl World {
    /// How long a message travels, or that it does not arrive.
    pub(crate) fn travel_ms(&mut self, from: Place, to: Place) -> Option<u64> {
        let (row, column) = (from.index(), to.index());
        let is_lost = !self.network.reaches[row][column]
            || (row != column && self.kernel.random.chance(self.network.lost_percent));
        if is_lost {
            return None;
        }
        let least = TRAVEL_MS[row][column];
        let drawn = least + self.kernel.random.below(least + 1);
        Some(drawn.saturating_mul(self.network.slowness[row][column]))
    }
}

/// What is done where a message arrives; no answer when whoever is asked is not there.
pub(crate) type Effect<T> = Box<dyn FnOnce(&mut World) -> Option<T> + Send>;

/// Asks at another place. The question may arrive after the caller has given up or died; the answer
/// may be lost.
pub(crate) async fn call<T: Send + 'static>(
    sim: &Sim,
    way: (Place, Place),
    limit_ms: u64,
    effect: impl FnOnce(&mut World) -> Option<T> + Send + 'static,
) -> Reply<T> {
    call_slowly(sim, way, limit_ms, 0, effect).await
}

/// The same, where whoever is asked takes so many milliseconds.
pub(crate) async fn call_slowly<T: Send + 'static>(
    sim: &Sim,
    way: (Place, Place),
    limit_ms: u64,
    work_ms: u64,
    effect: impl FnOnce(&mut World) -> Option<T> + Send + 'static,
) -> Reply<T> {
    let sent = sim.with(|world| {
        let line = Line::open(&world.kernel, limit_ms);
        let travel = world.travel_ms(way.0, way.1);
        match travel {
            Some(travel) => {
                let at = world.kernel.now().saturating_add(travel).saturating_add(work_ms);
                if at > world.kernel.now().saturating_add(limit_ms) {
                    line.be_silent(&mut world.kernel);
                }
                arrive(world, at, way, line.clone(), Box::new(effect));
            }
            None => line.be_silent(&mut world.kernel),
        }
        // Without a connection the caller knows, mostly, that nothing was sent.
        let knows = travel.is_none() && world.kernel.random.chance(50);
        (line, knows)
    });
    let (line, knows) = sent;
    match line.wait(sim).await {
        Some(answer) => Reply::Answer(answer),
        None if knows => Reply::NotSent,
        None => Reply::Silence,
    }
}

fn arrive<T: Send + 'static>(
    world: &mut World,
    at: u64,
    way: (Place, Place),
    line: Line<T>,
    effect: Effect<T>,
) {
    let delivery = move |world: &mut World| match way.1 {
        Place::Region(site) if world.kernel.is_frozen(site) => {
            line.be_silent(&mut world.kernel);
            let again = move |world: &mut World| land(world, way, &line, effect);
            world.kernel.hold_delivery(site, Box::new(again));
        }
        _ => land(world, way, &line, effect),
    };
    world.kernel.deliver(at, Box::new(delivery));
}

fn land<T>(world: &mut World, way: (Place, Place), line: &Line<T>, effect: Effect<T>) {
    // A place that was lost meanwhile takes nothing in; a cut lets pass what is on its way.
    let is_there = match way.1 {
        Place::Region(site) => !world.faults.has(Fault::RegionLost(site)),
        Place::Witness | Place::Outside => true,
    };
    let answer = if is_there { effect(world) } else { None };
    let back = answer.and_then(|answer| Some((world.travel_ms(way.1, way.0)?, answer)));
    match back {
        Some((travel, answer)) => line.answer(&mut world.kernel, travel, answer),
        None => line.be_silent(&mut world.kernel),
    }
}
