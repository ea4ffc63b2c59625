//! What a failover lost, or may have lost: how much it is, holding it, and putting it right, by the rules of `payments`.
//!
//! All intents are read, and the ledger is asked for those alone that it may lack, by their names: how much is read of it, and
//! kept of them, does not grow with what there is.

use std::collections::BTreeMap;

use payments::{
    AllIntents, Cut, Epoch, Intent, IntentReader as _, IntentState, MovementId, Processor, Read,
    Reconciled, ScopedKey,
};

use crate::answer::{Answered, Recovery, again, not_all, prepare, silent};
use crate::asked::{Answer, Missing};

/// How often a movement that a store was changed under is taken up again: three steps settle one, which are to hold it,
/// to decide, and to let it go.
const STEPS_MAX: u32 = 4;

/// What is found among all intents; payments before refunds.
#[derive(Default)]
struct Found {
    /// Those that the ledger lacks.
    missing: Vec<Intent>,
    /// Those that it lacks because nobody ever went on with them.
    abandoned: Vec<Intent>,
    /// The names of those that say of themselves that they are held.
    held: BTreeMap<MovementId, ScopedKey>,
}

/// Reads all intents, and asks the ledger for those from before this epoch.
async fn find<I: AllIntents, P>(
    recovery: &Recovery<'_, I, P>,
    before: Epoch,
) -> Result<Found, Answer> {
    let latest = recovery.ledger.latest_payment(before).await.map_err(silent)?;
    let (mut reader, mut found) = (recovery.intents.reader(), Found::default());
    while let Some(page) = reader.next().await.map_err(not_all)? {
        found.sort_in(recovery, &page, Cut { before, latest }).await?;
    }
    found.missing.sort_by_key(|intent| intent.movement);
    found.abandoned.sort_by_key(|intent| intent.movement);
    Ok(found)
}

impl Found {
    async fn sort_in<I, P>(
        &mut self,
        recovery: &Recovery<'_, I, P>,
        page: &[Intent],
        cut: Cut,
    ) -> Result<(), Answer> {
        let asked = page.iter().filter(|intent| cut.concerns(intent));
        let asked: Vec<MovementId> = asked.map(|intent| intent.movement).collect();
        let known = recovery.ledger.known(&asked).await.map_err(silent)?;
        self.missing.extend(payments::missing(page, &known, cut));
        self.abandoned.extend(payments::abandoned(page, &known, cut));
        let held = page.iter().filter(|intent| intent.state == IntentState::Quarantined);
        self.held.extend(held.map(|intent| (intent.movement, intent.key)));
        Ok(())
    }
}

/// How many intents from before this epoch the ledger lacks.
pub(crate) async fn missing<I: AllIntents, P>(
    recovery: &Recovery<'_, I, P>,
    before: Epoch,
) -> Answered {
    find(recovery, before).await.map(|found| told(&found.missing))
}

/// What is missing, for whoever is to decide about it.
fn told(all: &[Intent]) -> Answer {
    let named = all.iter().take(Missing::NAMED_MAX).map(|intent| match intent.movement {
        MovementId::Payment(payment) => payment.to_string(),
        MovementId::Refund(_, refund) => refund.to_string(),
    });
    let money = payments::loss(all).money.into_iter();
    let money = money.map(|(currency, units)| {
        (currency.code().to_owned(), u64::try_from(units).unwrap_or(u64::MAX))
    });
    let missing = Missing { named: named.collect(), money: money.collect() };
    Answer::Count { count: all.len() as u64, missing }
}

/// Puts everything that is missing into quarantine; how much that is.
pub(crate) async fn hold<I: AllIntents, P>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
) -> Answered {
    prepare(recovery.ledger).await?;
    let found = find(recovery, epoch).await?;
    hold_each(recovery, epoch, &found.missing).await?;
    Ok(Answer::count(found.missing.len() as u64))
}

async fn hold_each<I: AllIntents, P>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
    missing: &[Intent],
) -> Result<(), Answer> {
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
    Ok(())
}

/// Asks the processor about everything that is held, and lets it go; and what was abandoned.
pub(crate) async fn settle<I: AllIntents, P: Processor>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
) -> Answered {
    prepare(recovery.ledger).await?;
    let found = find(recovery, epoch).await?;
    hold_each(recovery, epoch, &found.missing).await?;
    // The ledger may hold what its intent does not say, and what was just held says so only now.
    let mut held = found.held;
    held.extend(recovery.ledger.quarantined().await.map_err(silent)?);
    let held: Vec<ScopedKey> = held.into_values().collect();
    match settle_each(recovery, epoch, &held).await {
        (0, 0) => give_up_each(recovery, epoch, &found.abandoned).await,
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
    held: &[ScopedKey],
) -> (usize, usize) {
    let mut waiting = 0;
    for (asked, key) in held.iter().enumerate() {
        if !(recovery.has_time)() {
            return (waiting, held.len() - asked);
        }
        waiting += usize::from(settle_one(recovery, epoch, key).await != Reconciled::Done);
    }
    (waiting, 0)
}

async fn settle_one<I: AllIntents, P: Processor>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
    key: &ScopedKey,
) -> Reconciled {
    let Recovery { ledger, intents, processor, .. } = recovery;
    let Read::Found(intent) = intents.read(key).await else { return Reconciled::Again };
    let mut reconciled = Reconciled::Again;
    for _ in 0..STEPS_MAX {
        if reconciled == Reconciled::Again {
            reconciled = payments::settle(*intents, *ledger, *processor, epoch, &intent).await;
        }
    }
    reconciled
}

/// Lets go what was abandoned; nothing is left then.
async fn give_up_each<I: AllIntents, P>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
    abandoned: &[Intent],
) -> Answered {
    for (done, intent) in abandoned.iter().enumerate() {
        let is_done = (recovery.has_time)()
            && payments::give_up(recovery.intents, epoch, intent).await == Reconciled::Done;
        if !is_done {
            let left = abandoned.len() - done;
            return Err(again(format!("{left} that were abandoned are not let go yet")));
        }
    }
    Ok(Answer::count(0))
}
