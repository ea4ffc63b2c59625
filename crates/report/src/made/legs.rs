//! The legs of a run: under each plan the way forward, and after it turned back the way back. An attempt belongs to the
//! leg in which it began.

use std::collections::BTreeMap;

use ::fence::{Author, Millis};
use runbook::{ActionName, Entry, Event, Failure, Heading, Observed, Plan, RunnerName};

/// One leg.
pub(crate) struct Leg<'j> {
    /// The number of its plan, from 1.
    pub(super) number: usize,
    pub(super) plan: &'j Plan,
    pub(super) heading: Heading,
    tries: BTreeMap<ActionName, Vec<Try<'j>>>,
    skips: BTreeMap<ActionName, (&'j Author, &'j str)>,
}

/// One attempt.
pub(crate) struct Try<'j> {
    pub(super) number: u32,
    pub(super) runner: &'j RunnerName,
    pub(super) began_at: Millis,
    /// When it ended and what came of it, if somebody wrote it.
    pub(super) ended: Option<(Millis, &'j Result<Observed, Failure>)>,
}

impl<'j> Leg<'j> {
    fn new(number: usize, plan: &'j Plan, heading: Heading) -> Self {
        Self { number, plan, heading, tries: BTreeMap::new(), skips: BTreeMap::new() }
    }

    /// The attempts of an action, in order.
    pub(super) fn tries(&self, action: ActionName) -> &[Try<'j>] {
        self.tries.get(&action).map_or(&[], Vec::as_slice)
    }

    /// Who skipped an action, and why.
    pub(super) fn skipped(&self, action: ActionName) -> Option<(&'j Author, &'j str)> {
        self.skips.get(&action).copied()
    }

    /// What was seen of an action that was done, and when.
    pub(super) fn done(&self, action: ActionName) -> Option<(Millis, &'j Observed)> {
        self.tries(action).iter().rev().find_map(|attempt| match attempt.ended {
            Some((at, Ok(observed))) => Some((at, observed)),
            _ => None,
        })
    }

    /// Whether anybody has done anything about an action.
    pub(super) fn has_touched(&self, action: ActionName) -> bool {
        self.tries.contains_key(&action) || self.skips.contains_key(&action)
    }
}

/// The legs of the run, in order.
pub(super) fn legs(entries: &[Entry]) -> Vec<Leg<'_>> {
    let (mut legs, mut plans): (Vec<Leg<'_>>, usize) = (Vec::new(), 0);
    for entry in entries {
        match (&entry.event, legs.last_mut()) {
            (Event::Planned { plan, .. }, _) => {
                plans += 1;
                legs.push(Leg::new(plans, plan, Heading::Forward));
            }
            (Event::Aborted { .. }, Some(leg)) if leg.heading == Heading::Forward => {
                let plan = leg.plan;
                legs.push(Leg::new(plans, plan, Heading::Back));
            }
            (Event::Began { action, attempt, runner }, Some(leg)) => {
                let began = Try { number: *attempt, runner, began_at: entry.at, ended: None };
                leg.tries.entry(*action).or_default().push(began);
            }
            (Event::Ended { action, attempt, runner, result }, Some(_)) => {
                end(&mut legs, *action, (*attempt, runner), (entry.at, result));
            }
            (Event::Skipped { action, by, reason }, Some(leg)) => {
                leg.skips.insert(*action, (by, reason));
            }
            _ => {}
        }
    }
    legs
}

/// Notes the end of an attempt where it began.
fn end<'j>(
    legs: &mut [Leg<'j>],
    action: ActionName,
    (number, runner): (u32, &'j RunnerName),
    ended: (Millis, &'j Result<Observed, Failure>),
) {
    let tries = legs.iter_mut().rev().filter_map(|leg| leg.tries.get_mut(&action));
    let mut tries = tries.flat_map(|tries| tries.iter_mut().rev());
    let is_it =
        |one: &&mut Try<'j>| one.number == number && one.runner == runner && one.ended.is_none();
    if let Some(attempt) = tries.find(is_it) {
        attempt.ended = Some(ended);
    }
}
