//! What the database service does: switchover, promotion, detaching. Each goes on by itself once it
//! was asked for, whatever becomes of whoever asked.

use runbook::{Failure, Observed, Refused};

use crate::history::Site;
use crate::scenario::Fault;
use crate::world::World;
use crate::world::database::Role;
use crate::world::network::{Place, Reply, call};
use crate::world::runs::Reach;
use crate::world::runs::perform::{Attempt, again, at};

/// From one look at the service to the next, in milliseconds.
const LOOK_MS: u64 = 1_000;
/// For how long the service tries to stop an old writer that it does not reach, in milliseconds.
const STORAGE_FENCE_MS: u64 = 4_000;

/// Exchanges writer and reader without loss.
pub(super) async fn switch(runner: &Reach, source: Site, target: Site) -> Attempt {
    loop {
        match at(runner, source, move |world| Some(ask_for_switch(world, source, target))).await {
            Err(Failure::TryAgain(_) | Failure::TimedOut) => runner.sim.sleep(LOOK_MS).await,
            settled => return settled,
        }
    }
}

fn ask_for_switch(world: &mut World, source: Site, target: Site) -> Attempt {
    if world.databases.writer == target {
        return Ok(Observed::Done);
    }
    if world.databases.is_moving {
        return Err(again("it is under way"));
    }
    let is_possible = world.databases.writer == source
        && world.exchange_is_possible(source, target)
        && !world.faults.has(Fault::PromotionRefused);
    if !is_possible {
        let cause = "the service refuses the switchover, and the writer is where it was";
        return Err(Failure::Refused(Refused::NothingMoved, cause.to_owned()));
    }
    world.databases.is_moving = true;
    world.databases.volume_mut(source).role = Role::Stopped;
    let at = world.kernel.now() + 1_000 + world.kernel.random.below(4_000);
    world.kernel.deliver(at, Box::new(move |world| end_switch(world, source, target)));
    Err(again("it is under way"))
}

/// The service ends the exchange, or takes it back.
fn end_switch(world: &mut World, source: Site, target: Site) {
    world.catch_up();
    let is_possible = world.exchange_is_possible(source, target);
    if is_possible && !world.databases.is_level() {
        let at = world.kernel.now() + 500;
        world.kernel.deliver(at, Box::new(move |world| end_switch(world, source, target)));
        return;
    }
    world.databases.is_moving = false;
    if is_possible {
        world.exchange();
    } else if world.databases.writer == source {
        world.databases.volume_mut(source).role = Role::Writer;
    }
}

impl World {
    fn exchange_is_possible(&self, source: Site, target: Site) -> bool {
        self.network.connects(Place::Region(source), Place::Region(target))
            && self.database_answers(source)
            && self.database_answers(target)
            // Neither changes its role on a disk on which it cannot write that down.
            && ![source, target].iter().any(|site| self.is_disk_full(*site))
    }
}

/// Promotes the target's database with the loss of what has not reached it.
pub(super) async fn promote(runner: &Reach, target: Site) -> Attempt {
    loop {
        let asked =
            call(&runner.sim, (runner.here(), Place::Region(target)), 5_000, move |world| {
                ask_for_promotion(world, target)
            });
        match asked.await {
            Reply::Answer(Err(Failure::TryAgain(_))) => runner.sim.sleep(LOOK_MS).await,
            Reply::Answer(settled) => return settled,
            Reply::NotSent | Reply::Silence => return Err(Failure::TimedOut),
        }
    }
}

fn ask_for_promotion(world: &mut World, target: Site) -> Option<Attempt> {
    if world.databases.writer == target {
        return Some(Ok(Observed::Done));
    }
    if world.faults.has(Fault::PromotionRefused) {
        let cause = "the versions of the two databases differ".to_owned();
        return Some(Err(Failure::Refused(Refused::Versions, cause)));
    }
    if world.databases.unclear_left > 0 {
        world.databases.unclear_left -= 1;
        if world.kernel.random.chance(50) {
            start_promotion(world, target);
        }
        return None;
    }
    start_promotion(world, target);
    Some(Err(again("it is under way")))
}

fn start_promotion(world: &mut World, target: Site) {
    if world.databases.is_moving {
        return;
    }
    world.databases.is_moving = true;
    let source = target.other();
    let reaches_source = world.network.connects(Place::Region(target), Place::Region(source));
    let stops_source =
        reaches_source && world.faults.runs(source) && !world.faults.has(Fault::StorageFenceFails);
    if stops_source {
        world.databases.volume_mut(source).role = Role::Stopped;
    }
    let fence_ms = if stops_source { 0 } else { STORAGE_FENCE_MS };
    let at = world.kernel.now() + fence_ms + 3_000 + world.kernel.random.below(9_000);
    world.kernel.deliver(at, Box::new(move |world| end_promotion(world, target)));
}

fn end_promotion(world: &mut World, target: Site) {
    world.databases.is_moving = false;
    if world.database_answers(target) {
        world.promote_with_loss(target);
    }
}

/// Takes the target's database out of the global one, which makes it a writer.
pub(super) async fn detach(runner: &Reach, target: Site) -> Attempt {
    at(runner, target, move |world| {
        if !world.database_answers(target) {
            return None;
        }
        world.promote_with_loss(target);
        Some(Ok(Observed::Done))
    })
    .await
}
