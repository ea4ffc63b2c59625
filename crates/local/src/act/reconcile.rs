//! What a run does about what a failover lost: the real code of `payments`, over the real stores.

use std::collections::BTreeSet;

use drill::Site;
use payments::{Intent, MovementId, PaymentRecord, Reconciled, State};
use runbook::{Failure, Observed, Plan};

use crate::act::perform::{Attempt, again};
use crate::act::reach::Reach;

async fn intents(reach: &Reach) -> Result<Vec<Intent>, Failure> {
    reach.store.all_intents().await.map_err(|silent| again(&silent.to_string()))
}

/// The movements of the target's ledger whose state counts.
async fn movements(
    reach: &Reach,
    target: Site,
    counts: fn(Option<State>) -> bool,
) -> Result<BTreeSet<MovementId>, Failure> {
    let whole = reach.ledger(target).everything().await;
    let (records, _) = whole.map_err(|error| again(&error.to_string()))?;
    let movements = records.iter().flat_map(PaymentRecord::movements);
    Ok(movements.filter(|(_, state)| counts(*state)).map(|(movement, _)| movement).collect())
}

/// The intents from before the run's epoch that the target's ledger has not.
pub(crate) async fn missing(
    reach: &Reach,
    plan: &Plan,
    target: Site,
) -> Result<Vec<Intent>, Failure> {
    let intents = intents(reach).await?;
    let known = movements(reach, target, |_| true).await?;
    Ok(payments::missing(&intents, &known, payments::Epoch::new(plan.epoch.number())))
}

/// Puts everything that is missing into quarantine.
pub(crate) async fn hold(reach: &Reach, plan: &Plan, target: Site) -> Attempt {
    let missing = missing(reach, plan, target).await?;
    let epoch = payments::Epoch::new(plan.epoch.number());
    let mut held = 0;
    for intent in &missing {
        match payments::quarantine(&reach.store, reach.ledger(target), epoch, intent).await {
            // A refund whose payment is not held yet waits for it: payments come first.
            Reconciled::Done | Reconciled::Waits => held += 1,
            Reconciled::Again => return Err(again("a store did not answer")),
        }
    }
    Ok(Observed::Movements(held))
}

/// Asks the processor about everything that is held, and lets it go.
pub(crate) async fn settle_all(reach: &Reach, plan: &Plan, target: Site) -> Attempt {
    hold(reach, plan, target).await?;
    let is_held = |state| state == Some(State::Quarantined);
    let quarantined = movements(reach, target, is_held).await?;
    let held = payments::held(&intents(reach).await?, &quarantined);
    match settle_each(reach, plan, target, &held).await {
        0 => Ok(Observed::Movements(0)),
        left => Err(again(&format!("{left} wait for the processor"))),
    }
}

/// How many are left.
async fn settle_each(reach: &Reach, plan: &Plan, target: Site, held: &[Intent]) -> usize {
    let epoch = payments::Epoch::new(plan.epoch.number());
    let (intents, ledger, processor) = (&reach.store, reach.ledger(target), &reach.processor);
    let mut left = 0;
    for intent in held {
        // Three steps settle one: hold, decide, let go.
        let mut reconciled = Reconciled::Again;
        for _ in 0..4 {
            if reconciled == Reconciled::Again {
                reconciled = payments::settle(intents, ledger, processor, epoch, intent).await;
            }
        }
        left += usize::from(reconciled != Reconciled::Done);
    }
    left
}
