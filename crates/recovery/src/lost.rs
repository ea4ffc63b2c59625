//! What a failover lost, or may have lost: how much it is, holding it, and putting it right, by the rules of `payments`.

use std::collections::BTreeSet;

use payments::{AllIntents, Epoch, Intent, MovementId, Processor, Reconciled, State};
use stores::PgLedger;

use crate::answer::{Answered, Recovery, again, not_all, silent};
use crate::asked::Answer;

/// How often a movement that a store was changed under is taken up again: three steps settle one, which are to hold it,
/// to decide, and to let it go.
const STEPS_MAX: u32 = 4;

/// The movements of the ledger whose state counts, refused refunds too.
async fn movements(
    ledger: &PgLedger,
    counts: fn(Option<State>) -> bool,
) -> Result<BTreeSet<MovementId>, Answer> {
    let mut found = BTreeSet::new();
    let walked = ledger.walk(|records, _| {
        let movements = records.iter().flat_map(|record| record.movements());
        found.extend(movements.filter(|(_, state)| counts(*state)).map(|(movement, _)| movement));
    });
    walked.await.map_err(silent)?;
    Ok(found)
}

/// The intents that are chosen from each page of all, payments before refunds.
async fn chosen(
    intents: &impl AllIntents,
    choose: impl Fn(&[Intent]) -> Vec<Intent> + Send + Sync,
) -> Result<Vec<Intent>, Answer> {
    let mut all = Vec::new();
    intents.show(|page| all.extend(choose(&page))).await.map_err(not_all)?;
    all.sort_by_key(|intent| intent.movement);
    Ok(all)
}

/// The intents from before this epoch that the ledger has not.
pub(crate) async fn missing<I: AllIntents, P>(
    recovery: &Recovery<'_, I, P>,
    before: Epoch,
) -> Result<Vec<Intent>, Answer> {
    let known = movements(recovery.ledger, |_| true).await?;
    chosen(recovery.intents, |page| payments::missing(page, &known, before)).await
}

/// Puts everything that is missing into quarantine; how much that is.
pub(crate) async fn hold<I: AllIntents, P>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
) -> Answered {
    let missing = missing(recovery, epoch).await?;
    for (held, intent) in missing.iter().enumerate() {
        if !(recovery.has_time)() {
            let left = missing.len() - held;
            return Err(again(format!("{left} of {} are not held yet", missing.len())));
        }
        let Recovery { ledger, intents, .. } = recovery;
        match payments::quarantine(*intents, *ledger, epoch, intent).await {
            // A refund whose payment is not held yet waits for it: payments come first.
            Reconciled::Done | Reconciled::Waits => {}
            Reconciled::Again => return Err(again("a store did not answer")),
        }
    }
    Ok(Answer::Count { count: missing.len() as u64 })
}

/// Asks the processor about everything that is held, and lets it go.
pub(crate) async fn settle<I: AllIntents, P: Processor>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
) -> Answered {
    hold(recovery, epoch).await?;
    let is_held = |state| state == Some(State::Quarantined);
    let quarantined = movements(recovery.ledger, is_held).await?;
    let held = chosen(recovery.intents, |page| payments::held(page, &quarantined)).await?;
    match settle_each(recovery, epoch, &held).await {
        (0, 0) => Ok(Answer::Count { count: 0 }),
        (waiting, 0) => Err(again(format!("{waiting} wait for the processor"))),
        (waiting, unasked) => {
            let left = waiting + unasked;
            Err(again(format!(
                "{left} are left, and there was no time to ask about {unasked} of them"
            )))
        }
    }
}

/// How many of which nothing is known yet, and how many there was no time for.
async fn settle_each<I: AllIntents, P: Processor>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
    held: &[Intent],
) -> (usize, usize) {
    let mut waiting = 0;
    for (asked, intent) in held.iter().enumerate() {
        if !(recovery.has_time)() {
            return (waiting, held.len() - asked);
        }
        waiting += usize::from(settle_one(recovery, epoch, intent).await != Reconciled::Done);
    }
    (waiting, 0)
}

async fn settle_one<I: AllIntents, P: Processor>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
    intent: &Intent,
) -> Reconciled {
    let Recovery { ledger, intents, processor, .. } = recovery;
    let mut reconciled = Reconciled::Again;
    for _ in 0..STEPS_MAX {
        if reconciled == Reconciled::Again {
            reconciled = payments::settle(*intents, *ledger, *processor, epoch, intent).await;
        }
    }
    reconciled
}
