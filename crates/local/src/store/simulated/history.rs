//! What is wrong with what the clients saw, and with what the logs tell.

use todc_utils::linearizability::WGLChecker;
use todc_utils::linearizability::history::Action::{Call as Begin, Response};
use todc_utils::linearizability::history::{Action, History};
use todc_utils::specifications::Specification;

use super::super::evidence::{Proposals, chosen_of, count};
use super::super::log::Line;
use super::super::proposer::Wanted;
use super::client::{Call, Outcome, revision};
use super::world::World;

/// A register with conditional writes.
struct Register;

/// A call, and what came of it.
type Operation = (Wanted, Outcome);

impl Specification for Register {
    type State = Option<String>;
    type Operation = Operation;

    fn init() -> Self::State {
        None
    }

    fn apply((wanted, outcome): &Operation, stored: &Self::State) -> (bool, Self::State) {
        let Wanted::Put { condition, text } = wanted else {
            return (matches!(outcome, Outcome::Read(read) if read == stored), stored.clone());
        };
        let written = Some(text.clone());
        match (outcome, condition.holds(stored.as_deref())) {
            (Outcome::Written | Outcome::Unknown, true) => (true, written),
            (Outcome::Unknown, false) => (true, stored.clone()),
            (Outcome::Refused(told), false) => (told == stored, stored.clone()),
            _ => (false, stored.clone()),
        }
    }
}

pub(super) fn faults(world: &World) -> Vec<String> {
    let mut faults = Vec::new();
    if !WGLChecker::<Register>::is_linearizable(history(&world.calls)) {
        faults.push(format!("not linearizable: {:#?}", world.calls));
    }
    faults.extend(faults_of_logs(world));
    faults
}

/// Every call is a process of its own, because a client that heard nothing goes on. What is unknown may
/// take place after all else; what was not done, or not read, leaves no trace.
fn history(calls: &[Call]) -> History<Operation> {
    let mut actions: Vec<(usize, usize, Action<Operation>)> = Vec::new();
    for (process, Call { wanted, began, ended, .. }) in calls.iter().enumerate() {
        let (end, outcome) = match ended.clone() {
            Some((_, Outcome::NotDone | Outcome::NotRead)) => continue,
            Some((_, Outcome::Unknown)) | None => (usize::MAX, Outcome::Unknown),
            Some(ended) => ended,
        };
        let operation = (wanted.clone(), outcome);
        actions.push((*began, process, Begin(operation.clone())));
        actions.push((end, process, Response(operation)));
    }
    actions.sort_by_key(|(at, process, _)| (*at, *process));
    History::from_actions(actions.into_iter().map(|(_, process, it)| (process, it)).collect())
}

/// The logs tell every revision once and in order: nothing was built on what no majority had. What was
/// written is told, at a time before the writer heard of it.
fn faults_of_logs(world: &World) -> Vec<String> {
    let mut proposals = Proposals::new();
    for (moment, change) in world.logs().flatten() {
        count(&mut proposals, Line::at(*moment as u64, change.clone()));
    }
    let chosen = chosen_of(proposals);
    let revisions: Vec<u64> = chosen.iter().map(|chosen| revision(&chosen.text)).collect();
    let mut faults = Vec::new();
    if revisions.iter().zip(1..).any(|(revision, expected)| *revision != expected) {
        faults.push(format!("the logs tell the revisions {revisions:?}"));
    }
    for call in &world.calls {
        let (Wanted::Put { text, .. }, Some((end, Outcome::Written))) = (&call.wanted, &call.ended)
        else {
            continue;
        };
        let is_told = |at_us: u64| (call.began as u64..=*end as u64).contains(&at_us);
        if !chosen.iter().any(|chosen| chosen.text == *text && is_told(chosen.at_us)) {
            faults.push(format!("the logs do not tell {text}"));
        }
    }
    faults
}
