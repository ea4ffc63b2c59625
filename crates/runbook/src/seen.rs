//! Whether what the world tells of an action is what the run needs.
//!
//! The world looks; whether the run may go on with what it saw is decided here, once for all worlds.

use crate::action::ActionName;
use crate::journal::Entry;
use crate::observed::{Failure, Observed, Refused, Tail};
use crate::plan::Plan;
use crate::progress::Progress;

/// What counts of an attempt that the world calls a success.
pub(crate) fn accept(
    name: ActionName,
    observed: Observed,
    plan: &Plan,
    progress: &Progress,
    entries: &[Entry],
) -> Result<Observed, Failure> {
    match (name, &observed) {
        (ActionName::RecordTail, Observed::Tail(tail)) => whole(tail),
        (ActionName::VerifyDatabase, Observed::Database(found)) => {
            let tail = match progress.observed(ActionName::RecordTail, entries) {
                Some(Observed::Tail(tail)) => tail,
                _ => &Tail::default(),
            };
            whole(found).and(far_enough(found, tail))
        }
        (ActionName::RaiseEpoch, Observed::Epoch(epoch)) if *epoch > plan.epoch => {
            Err(database(format!("the ledger is in epoch {epoch}, beyond {}", plan.epoch)))
        }
        (ActionName::RaiseEpoch, Observed::Epoch(epoch)) if *epoch < plan.epoch => {
            Err(database(format!("the ledger stays in epoch {epoch}, below {}", plan.epoch)))
        }
        (ActionName::RaiseEpoch, Observed::Epoch(_)) => Ok(()),
        (ActionName::RecordTail | ActionName::VerifyDatabase | ActionName::RaiseEpoch, other) => {
            Err(database(format!("`{name}` told nothing of the database, but {other:?}")))
        }
        (ActionName::AskProcessor | ActionName::SettleMissing, Observed::Movements(left))
            if *left > 0 =>
        {
            Err(Failure::TryAgain(format!("{left} movements are left in quarantine")))
        }
        _ => Ok(()),
    }
    .map(|()| observed)
}

fn whole(tail: &Tail) -> Result<(), Failure> {
    match tail.faults {
        0 => Ok(()),
        faults => Err(database(format!("the books have {faults} faults"))),
    }
}

/// Everything that the source had, the target must have: a switchover loses nothing.
fn far_enough(found: &Tail, tail: &Tail) -> Result<(), Failure> {
    if found.movements < tail.movements {
        let (found, tail) = (found.movements, tail.movements);
        return Err(database(format!("it has {found} movements, the source had {tail}")));
    }
    match (found.position, tail.position) {
        (Some(found), Some(tail)) if found < tail => {
            Err(database(format!("it ends at {found}, the source ended at {tail}")))
        }
        _ => Ok(()),
    }
}

fn database(text: String) -> Failure {
    Failure::Refused(Refused::Database, text)
}
