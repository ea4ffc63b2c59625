//! How the source was kept from writing.

use ::fence::Millis;
use runbook::{ActionName, Heading, Observed};

use super::legs::Leg;
use super::{Source, words};
use crate::report::{Fence, Step};

pub(super) fn fence(source: &Source<'_>, steps: &[Step]) -> Fence {
    let plan = source.plan();
    let closed = forward(source, ActionName::WaitForFence).map(|(_, at)| at);
    let passed = forward(source, ActionName::PassPointOfNoReturn).map(|(_, at)| at);
    let given_back = back(source, ActionName::Abort);
    let (outcome, told) = outcome(source, closed.or(passed), given_back);
    let epoch = source.legs.iter().rev().find_map(|leg| leg.done(ActionName::RaiseEpoch));
    Fence {
        outcome,
        told,
        lease_length_ms: plan.timing.lease_length.0,
        clock_bound_ms: plan.timing.clock_bound.0,
        source_told_to_stop: words::came_of(
            steps,
            &[ActionName::StopSource, ActionName::StopIntake],
        ),
        waited_ms: waited_ms(source),
        closed_at: closed.map(words::instant),
        point_of_no_return_at: passed.map(words::instant),
        epoch_in_ledger: epoch.and_then(|(_, observed)| match observed {
            Observed::Epoch(epoch) => Some(epoch.number()),
            _ => None,
        }),
    }
}

fn outcome(
    source: &Source<'_>,
    closed: Option<Millis>,
    given_back: Option<Millis>,
) -> (&'static str, String) {
    let plan = source.plan();
    let (from, to, region) = (plan.seen, plan.epoch, &plan.source);
    match (closed, given_back) {
        (_, Some(at)) => {
            let at = words::instant(at);
            ("given-back", format!("{region} was opened again at {at}, under epoch {to}"))
        }
        (Some(at), None) => {
            let at = words::instant(at);
            let told = format!("from {at} no gate of {region} could be open under epoch {from}");
            ("closed", told)
        }
        (None, None) => ("not-reached", format!("{region} was not kept from writing")),
    }
}

/// When an action of the latest way forward was done.
fn forward<'l>(source: &'l Source<'_>, action: ActionName) -> Option<(&'l Leg<'l>, Millis)> {
    let legs = source.legs.iter().rev().filter(|leg| leg.heading == Heading::Forward);
    let mut done = legs.filter_map(|leg| leg.done(action).map(|(at, _)| (leg, at)));
    done.next()
}

fn back(source: &Source<'_>, action: ActionName) -> Option<Millis> {
    let leg = source.last_leg();
    (leg.heading == Heading::Back).then(|| leg.done(action).map(|(at, _)| at))?
}

fn waited_ms(source: &Source<'_>) -> Option<u64> {
    let (leg, closed_at) = forward(source, ActionName::WaitForFence)?;
    let began_at = leg.tries(ActionName::WaitForFence).first()?.began_at;
    Some(closed_at.since(began_at).0)
}
