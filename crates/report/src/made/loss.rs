//! What was lost, as it was estimated and as it was, and what became of it.

use std::collections::BTreeMap;

use ::fence::Millis;
use payments::State;
use runbook::{ActionName, Observed, PlanKind, Tail};

use super::{Source, words};
use crate::known::Movement;
use crate::report::{LedgerEnd, LedgerEnds, Loss, Reconciled, Reconciliation};

pub(super) fn loss(source: &Source<'_>) -> Loss {
    let summary = &source.summary;
    Loss {
        may_lose: source.plan().kind == PlanKind::Failover,
        lag_at_decision_ms: summary.evidence.and_then(|evidence| evidence.lag_ms),
        estimated_movements: summary.evidence.and_then(|evidence| evidence.intents_missing),
        actual_movements: actual(source),
        ledgers: LedgerEnds {
            source: summary.tail.map(ledger_end),
            target: summary.database.map(ledger_end),
        },
        rescued_rows: counted(source, ActionName::RescueTail),
    }
}

fn ledger_end(tail: &Tail) -> LedgerEnd {
    LedgerEnd { position: tail.position, movements: tail.movements, faults: tail.faults }
}

/// What the opened ledger lacked, one by one; nothing where that is not known, or is not all of it. A list may name more
/// than the journal has counted, because a second attempt to hold them finds those that the first has held; one that names
/// fewer is not the list of what was held.
pub(super) fn named<'s>(source: &'s Source<'_>) -> Option<&'s [Movement]> {
    source.known.movements.as_deref().filter(|movements| names_all(source, movements))
}

fn names_all(source: &Source<'_>, movements: &[Movement]) -> bool {
    source.summary.held.is_none_or(|held| held <= movements.len() as u64)
}

/// Why a list is not taken for what was lost.
pub(super) fn why_not_named(source: &Source<'_>) -> Option<String> {
    let movements = source.known.movements.as_deref()?;
    let (held, named) = (source.summary.held?, movements.len());
    let why = || format!("the run has held {held}, of which {named} were told one by one");
    (!names_all(source, movements)).then(why)
}

/// How many movements the opened ledger lacked.
fn actual(source: &Source<'_>) -> Option<u64> {
    let summary = &source.summary;
    if let Some(movements) = &source.known.movements {
        return names_all(source, movements).then_some(movements.len() as u64);
    }
    if source.standing.status() == "turned-back" {
        return Some(0);
    }
    match source.plan().kind {
        PlanKind::Failover => summary.held,
        PlanKind::Switchover | PlanKind::Failback => {
            let (source, target) = summary.tail.zip(summary.database)?;
            Some(source.movements.saturating_sub(target.movements))
        }
    }
}

/// The number that an action of the last leg has told.
fn counted(source: &Source<'_>, action: ActionName) -> Option<u64> {
    match source.last_leg().done(action) {
        Some((_, Observed::Movements(number))) => Some(*number),
        _ => None,
    }
}

pub(super) fn reconciliation(source: &Source<'_>, loss: &Loss) -> Reconciliation {
    let nothing = || (loss.actual_movements == Some(0)).then(Vec::new);
    let movements = named(source).map_or_else(nothing, |movements| {
        let mut movements: Vec<Reconciled> = movements.iter().map(reconciled).collect();
        movements.sort_by(|one, other| {
            (&one.accepted_at, &one.id).cmp(&(&other.accepted_at, &other.id))
        });
        Some(movements)
    });
    let asked = [ActionName::SettleMissing, ActionName::AskProcessor];
    Reconciliation {
        held: source.summary.held,
        left: asked.into_iter().find_map(|action| counted(source, action)),
        outcomes: movements.as_deref().map(outcomes),
        movements,
    }
}

fn outcomes(movements: &[Reconciled]) -> BTreeMap<String, u64> {
    let mut outcomes = BTreeMap::new();
    for movement in movements {
        *outcomes.entry(movement.state.clone()).or_default() += 1;
    }
    outcomes
}

fn reconciled(movement: &Movement) -> Reconciled {
    Reconciled {
        id: movement.id.clone(),
        payment: movement.payment.clone(),
        minor_units: movement.minor_units,
        currency: movement.currency.clone(),
        accepted_at: words::instant(Millis(movement.accepted_at)),
        accepted_epoch: movement.accepted_epoch,
        was_acknowledged: movement.was_acknowledged,
        lost: "its row in the ledger; its intent was kept",
        state: movement.state.clone(),
        became: became(&movement.state).to_owned(),
    }
}

/// What became of a movement, by the state of its record.
fn became(state: &str) -> &'static str {
    match State::find(state) {
        Some(State::Succeeded) => "the money moved, once",
        Some(State::Declined) => "no money moved, and none will",
        Some(State::Quarantined) => "nobody knows yet: it waits for the processor's answer",
        Some(State::Accepted | State::Posted | State::Processing | State::Unknown) => {
            "it is carried out under its own key; the processor has not said the last word"
        }
        None if state == "refused" => "it was refused, and no money moved",
        None => "this program does not know that state",
    }
}
