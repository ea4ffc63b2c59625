//! Answers what is asked of the ledger of one Region.

use std::time::Duration;

use payments::{AllIntents, Epoch, MovementId, NotAll, Processor};
use stores::{PgLedger, Raised, Standing, StoreError};

use crate::asked::{Answer, Ask, Recovered};
use crate::{lost, told};

/// What is needed to answer.
pub struct Recovery<'r, I, P> {
    /// The ledger that is asked.
    pub ledger: &'r PgLedger,
    /// All intents.
    pub intents: &'r I,
    /// Who knows what became of a charge.
    pub processor: &'r P,
    /// Whether there is time for one movement more: asked before each. One takes as long as a question to the processor
    /// and three to the stores.
    pub has_time: &'r (dyn Fn() -> bool + Sync),
    /// For how long what was told before a Region was lost is told again: as long as its topic and its bucket may have
    /// taken to pass on what they were given.
    pub told_again: Duration,
}

/// Why there is no success: the answer that says so.
pub(crate) type Answered = Result<Answer, Answer>;

/// Answers. Everything may be asked again, whatever was answered, and has effect once.
pub async fn answer<I: AllIntents, P: Processor>(
    ask: &Ask,
    recovery: &Recovery<'_, I, P>,
) -> Answer {
    let answered = match ask {
        Ask::Migrate => migrate(recovery.ledger).await,
        Ask::Standing => standing(recovery.ledger).await.map(Answer::Standing),
        Ask::Tail => tail(recovery.ledger).await,
        Ask::Outbox => outbox(recovery.ledger).await,
        Ask::Missing { epoch } => lost::missing(recovery, Epoch::new(*epoch)).await,
        Ask::Recovered { epoch, after } => recovered(recovery.ledger, *epoch, after).await,
        Ask::RaiseEpoch { epoch, region } => raise(recovery.ledger, *epoch, region).await,
        Ask::Hold { epoch } => lost::hold(recovery, Epoch::new(*epoch)).await,
        Ask::Settle { epoch } => settle(recovery, Epoch::new(*epoch)).await,
    };
    answered.unwrap_or_else(|failed| failed)
}

pub(crate) fn again(cause: impl Into<String>) -> Answer {
    Answer::TryAgain { cause: cause.into() }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn silent(error: StoreError) -> Answer {
    Answer::silent(&error)
}

pub(crate) fn not_all(NotAll { cause }: NotAll) -> Answer {
    again(cause)
}

/// Sees that the tables have what is needed to hold and to settle, where nobody has since the program is a newer one. Those of
/// a later version have it.
pub(crate) async fn prepare(ledger: &PgLedger) -> Result<(), Answer> {
    match ledger.migrate().await {
        Ok(()) | Err(StoreError::Newer { .. }) => Ok(()),
        Err(error) => Err(silent(error)),
    }
}

async fn settle<I: AllIntents, P: Processor>(
    recovery: &Recovery<'_, I, P>,
    epoch: Epoch,
) -> Answered {
    told::tell_again(recovery, epoch).await?;
    lost::settle(recovery, epoch).await
}

async fn migrate(ledger: &PgLedger) -> Answered {
    ledger.migrate().await.map(|()| Answer::Done).map_err(silent)
}

async fn standing(ledger: &PgLedger) -> Result<Standing, Answer> {
    ledger.standing().await.map_err(silent)
}

/// Where the ledger ends, if it takes writes.
async fn tail(ledger: &PgLedger) -> Answered {
    let Standing { is_writer, position, .. } = standing(ledger).await?;
    if !is_writer {
        return Err(again("the database takes no writes yet"));
    }
    let end = ledger.end().await.map_err(silent)?;
    Ok(Answer::Tail { position, movements: end.movements, faults: end.faults.len() as u64 })
}

async fn outbox(ledger: &PgLedger) -> Answered {
    let count = ledger.events_waiting().await.map_err(silent)?;
    Ok(Answer::count(count))
}

async fn recovered(ledger: &PgLedger, epoch: u64, after: &str) -> Answered {
    let page = ledger.recovered(Epoch::new(epoch), after).await.map_err(silent)?;
    let movements = page.iter().map(|row| Recovered {
        id: row.id(),
        payment: match row.movement {
            MovementId::Payment(_) => None,
            MovementId::Refund(payment, _) => Some(payment.to_string()),
        },
        minor_units: row.money.amount.minor_units(),
        currency: row.money.currency.code().to_owned(),
        accepted_epoch: row.accepted.number(),
        accepted_at: row.movement.time().as_ms(),
        state: row.state.name().to_owned(),
    });
    Ok(Answer::Recovered { movements: movements.collect() })
}

async fn raise(ledger: &PgLedger, epoch: u64, region: &str) -> Answered {
    match ledger.raise_epoch(Epoch::new(epoch), region).await {
        Ok(Raised::Done) => Ok(Answer::Epoch { epoch }),
        Ok(Raised::Passed(row)) => {
            Err(Answer::Refused { cause: format!("the ledger is in epoch {}", row.number()) })
        }
        Err(error) => Err(silent(error)),
    }
}
