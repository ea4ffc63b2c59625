//! What each action does in the simulated world.

use runbook::{Action, ActionName, Evidence, Failure, Observed, Plan, Plane, Refused, Tail};

use crate::history::Site;
use crate::scenario::Fault;
use crate::world::World;
use crate::world::database::Role;
use crate::world::network::{Place, Reply, call};
use crate::world::runs::{Reach, database, reconcile};
use crate::world::service::Intake;

/// How long one call of an action is waited for, in milliseconds.
const CALL_LIMIT_MS: u64 = 3_000;
/// From one look to the next, in milliseconds.
const LOOK_MS: u64 = 1_000;
/// From one look for a Region that is away to the next, in milliseconds.
const PATIENCE_MS: u64 = 5_000;

/// What came of an attempt.
pub(super) type Attempt = Result<Observed, Failure>;

/// Makes one attempt.
pub(super) async fn perform(runner: &Reach, plan: &Plan, action: &Action) -> Attempt {
    let (source, target) = runner.sim.with(|world| {
        check_control_planes(world, action)?;
        Ok((world.site_of(&plan.source), world.site_of(&plan.target)))
    })?;
    match action.name {
        ActionName::CheckPreconditions => check(runner, source, target).await,
        ActionName::SnapshotEvidence => snapshot(runner, plan, target).await,
        ActionName::StopIntake | ActionName::StopSource | ActionName::HoldSource => {
            at(runner, source, move |world| set(world, source, Intake::Off)).await
        }
        ActionName::DrainOutbox => drain(runner, source).await,
        ActionName::RecordTail => tail(runner, source).await.map(Observed::Tail),
        ActionName::SwitchDatabase => database::switch(runner, source, target).await,
        ActionName::PromoteDatabase => database::promote(runner, target).await,
        ActionName::DetachDatabase => database::detach(runner, target).await,
        ActionName::VerifyDatabase => tail(runner, target).await.map(Observed::Database),
        ActionName::RaiseEpoch => raise_epoch(runner, plan, action).await,
        ActionName::HoldMissing => reconcile::hold(runner, plan, target).await,
        ActionName::AskProcessor | ActionName::SettleMissing => {
            reconcile::settle_all(runner, plan, target).await
        }
        ActionName::StartWorkers => {
            at(runner, target, move |world| set(world, target, Intake::On)).await
        }
        ActionName::ReopenSource => {
            at(runner, source, move |world| set(world, source, Intake::On)).await
        }
        ActionName::TryPayment => try_payment(runner, target).await,
        ActionName::ConfirmTraffic => confirm_traffic(runner, target).await,
        ActionName::AwaitSource => await_source(runner, source).await,
        ActionName::RescueTail => rescue(runner, source, target).await,
        ActionName::RestoreProtection => restore(runner, source).await,
        ActionName::ConfirmWriter => confirm_writer(runner, source).await,
        _ => {
            let site = runner.sim.with(|world| world.site_of(&action.region));
            at(runner, site, |_| Some(Ok(Observed::Done))).await
        }
    }
}

fn set(world: &mut World, site: Site, intake: Intake) -> Option<Attempt> {
    world.services.set_intake(site, intake);
    Some(Ok(Observed::Done))
}

fn check_control_planes(world: &World, action: &Action) -> Result<(), Failure> {
    let is_down = |call: &runbook::Call| {
        let site = Site::of(&call.region);
        call.plane == Plane::Control
            && site.is_some_and(|site| world.faults.has(Fault::ControlPlanesLost(site)))
    };
    match action.calls.iter().find(|call| is_down(call)) {
        Some(call) => Err(again(&format!("the control plane in {} refuses", call.region))),
        None => Ok(()),
    }
}

pub(super) fn again(cause: &str) -> Failure {
    Failure::TryAgain(cause.to_owned())
}

/// Does something in a Region; nothing when whoever is asked there is not there.
pub(super) async fn at<T: Send + 'static>(
    runner: &Reach,
    site: Site,
    effect: impl FnOnce(&mut World) -> Option<Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    match call(&runner.sim, (runner.here(), Place::Region(site)), CALL_LIMIT_MS, effect).await {
        Reply::Answer(answer) => answer,
        Reply::NotSent => Err(again("no connection")),
        Reply::Silence => Err(Failure::TimedOut),
    }
}

/// Asks until the answer is there; the loop drops this at the action's time limit.
pub(super) async fn until(
    runner: &Reach,
    site: Site,
    is_so: impl Fn(&mut World) -> bool + Clone + Send + 'static,
) -> Attempt {
    loop {
        let look = is_so.clone();
        let seen = at(runner, site, move |world| {
            Some(if look(world) { Ok(Observed::Done) } else { Err(again("not yet")) })
        });
        if let Ok(observed) = seen.await {
            return Ok(observed);
        }
        runner.sim.sleep(LOOK_MS).await;
    }
}

async fn check(runner: &Reach, source: Site, target: Site) -> Attempt {
    at(runner, source, move |world| {
        let holds = world.database_answers(source)
            && world.database_answers(target)
            && world.databases.writer == source
            && world.replication_is_close();
        let refusal =
            || Failure::Refused(Refused::Precondition, "the databases are not level".to_owned());
        Some(holds.then_some(Observed::Done).ok_or_else(refusal))
    })
    .await
}

async fn snapshot(runner: &Reach, plan: &Plan, target: Site) -> Attempt {
    // Nobody knows how far a writer had come that does not answer.
    let lag_ms = runner.sim.with(|world| {
        let is_seen = world.replication_works();
        is_seen.then(|| world.replica_lag_ms())
    });
    let missing = reconcile::missing(runner, plan, target).await;
    let intents_missing = missing.ok().map(|missing| missing.len() as u64);
    Ok(Observed::Evidence(Evidence { lag_ms, intents_missing, ..Evidence::default() }))
}

async fn drain(runner: &Reach, source: Site) -> Attempt {
    until(runner, source, move |world| world.services.is_idle(source)).await
}

/// Where the ledger of a Region ends, if it takes writes.
async fn tail(runner: &Reach, site: Site) -> Result<Tail, Failure> {
    at(runner, site, move |world| {
        let volume = world.databases.volume(site);
        world.database_answers(site).then(|| match volume.role {
            Role::Writer => Ok(Tail {
                position: Some(volume.position()),
                movements: volume.movements().len() as u64,
                faults: volume.faults(),
            }),
            Role::Replica | Role::Stopped => Err(again("the database takes no writes yet")),
        })
    })
    .await
}

async fn raise_epoch(runner: &Reach, plan: &Plan, action: &Action) -> Attempt {
    let (epoch, site) = (plan.epoch, runner.sim.with(|world| world.site_of(&action.region)));
    at(runner, site, move |world| {
        if !world.database_answers(site) {
            return None;
        }
        let row = world.raise_epoch(site, payments::Epoch::new(epoch.number()));
        Some(match row {
            Some(row) if row.number() == epoch.number() => Ok(Observed::Epoch(epoch)),
            Some(row) => {
                let cause = format!("the ledger is in epoch {}", row.number());
                Err(Failure::Refused(Refused::Database, cause))
            }
            None => Err(again("the database takes no writes yet")),
        })
    })
    .await
}

/// Asks the Region's own name whether it may take money.
async fn try_payment(runner: &Reach, target: Site) -> Attempt {
    at(runner, target, move |world| {
        let is_ready = world.gate(target) != payments::Gate::Closed && world.api_answers(target);
        Some(if is_ready { Ok(Observed::Done) } else { Err(again("the gate is closed yet")) })
    })
    .await
}

async fn confirm_traffic(runner: &Reach, target: Site) -> Attempt {
    loop {
        if runner.sim.with(|world| world.dns.answer == target) {
            return Ok(Observed::Done);
        }
        runner.sim.sleep(LOOK_MS * 5).await;
    }
}

async fn await_source(runner: &Reach, source: Site) -> Attempt {
    loop {
        let answer = at(runner, source, |_| Some(Ok(Observed::Done))).await;
        if answer.is_ok() {
            return answer;
        }
        runner.sim.sleep(PATIENCE_MS).await;
    }
}

/// Reads out of the old volume what the ledger has not.
async fn rescue(runner: &Reach, source: Site, target: Site) -> Attempt {
    at(runner, source, move |world| {
        let known = world.databases.volume(target).movements();
        let Some(rescued) = &world.databases.rescued else {
            // A switchover that went on as a failover may have moved the roles after all: nothing was cut off.
            let is_replica = world.databases.volume(source).role == Role::Replica;
            return is_replica.then_some(Ok(Observed::Movements(0)));
        };
        let rescued = rescued.movements();
        let only_there = rescued.keys().filter(|movement| !known.contains_key(movement)).count();
        Some(Ok(Observed::Movements(only_there as u64)))
    })
    .await
}

async fn restore(runner: &Reach, source: Site) -> Attempt {
    until(runner, source, move |world| {
        world.database_answers(source) && world.replication_is_close()
    })
    .await
}

async fn confirm_writer(runner: &Reach, source: Site) -> Attempt {
    at(runner, source, move |world| {
        let databases = &world.databases;
        let is_writer = databases.writer == source
            && databases.volume(source).role == Role::Writer
            && !databases.is_moving;
        let answers = world.database_answers(source);
        let refusal = || again("the source's database is not the writer");
        answers.then(|| is_writer.then_some(Observed::Done).ok_or_else(refusal))
    })
    .await
}
