//! What a run does about what a failover lost: the real code of `payments`, over its ports.

use std::collections::BTreeSet;

use payments::{Cut, Intent, MovementId, Reconciled, State};
use runbook::{Failure, Observed, Plan};

use crate::history::Site;
use crate::world::World;
use crate::world::network::Reply;
use crate::world::ports::{Gated, Ports};
use crate::world::runs::Reach;
use crate::world::runs::perform::{Attempt, again};
use crate::world::store::ask;

fn ports(runner: &Reach, target: Site) -> Ports {
    Ports { sim: runner.sim.clone(), site: target, gated: Gated::No }
}

async fn intents(runner: &Reach) -> Result<Vec<Intent>, Failure> {
    let all = |world: &mut World| world.store.intents.values().cloned().collect();
    match ask(&runner.sim, runner.here(), all).await {
        Reply::Answer(intents) => Ok(intents),
        Reply::NotSent | Reply::Silence => Err(again("the intents cannot be read")),
    }
}

/// The movements of the target's ledger whose state counts.
async fn movements(
    runner: &Reach,
    target: Site,
    counts: fn(Option<State>) -> bool,
) -> Result<BTreeSet<MovementId>, Failure> {
    let look = move |world: &mut World| {
        world.database_answers(target).then(|| {
            let movements = world.ledger_movements(target);
            let counted = movements.into_iter().filter(|(_, state)| counts(*state));
            counted.map(|(movement, _)| movement).collect()
        })
    };
    match ports(runner, target).database(look).await {
        Reply::Answer(movements) => Ok(movements),
        Reply::NotSent | Reply::Silence => Err(again("the ledger cannot be read")),
    }
}

/// The intents from before the run's epoch that the target's ledger has not.
pub(super) async fn missing(
    runner: &Reach,
    plan: &Plan,
    target: Site,
) -> Result<Vec<Intent>, Failure> {
    let intents = intents(runner).await?;
    let known = movements(runner, target, |_| true).await?;
    // A drill is over before anything is abandoned.
    let cut = Cut { before: payments::Epoch::new(plan.epoch.number()), latest: None };
    Ok(payments::missing(&intents, &known, cut))
}

/// Puts everything that is missing into quarantine.
pub(super) async fn hold(runner: &Reach, plan: &Plan, target: Site) -> Attempt {
    let missing = missing(runner, plan, target).await?;
    let (ports, epoch) = (ports(runner, target), payments::Epoch::new(plan.epoch.number()));
    let mut held = 0;
    for intent in &missing {
        match payments::quarantine(&ports, &ports, epoch, intent).await {
            // A refund whose payment is not held yet waits for it: payments come first.
            Reconciled::Done | Reconciled::Waits => held += 1,
            Reconciled::Again => return Err(again("a store did not answer")),
        }
    }
    Ok(Observed::Movements(held))
}

/// Asks the processor about everything that is held, and lets it go.
pub(super) async fn settle_all(runner: &Reach, plan: &Plan, target: Site) -> Attempt {
    hold(runner, plan, target).await?;
    let quarantined = movements(runner, target, |state| state == Some(State::Quarantined)).await?;
    let held = payments::held(&intents(runner).await?, &quarantined);
    let left = settle_each(runner, plan, target, &held).await;
    match left {
        0 => Ok(Observed::Movements(0)),
        left => Err(again(&format!("{left} wait for the processor"))),
    }
}

/// How many are left.
async fn settle_each(runner: &Reach, plan: &Plan, target: Site, held: &[Intent]) -> usize {
    let (ports, epoch) = (ports(runner, target), payments::Epoch::new(plan.epoch.number()));
    let mut left = 0;
    for intent in held {
        // Three steps settle one: hold, decide, let go.
        let mut reconciled = Reconciled::Again;
        for _ in 0..4 {
            if reconciled == Reconciled::Again {
                reconciled = payments::settle(&ports, &ports, &ports, epoch, intent).await;
            }
        }
        left += usize::from(reconciled != Reconciled::Done);
    }
    left
}
