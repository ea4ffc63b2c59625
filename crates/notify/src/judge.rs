//! What a try of a callback means: for the callback, and for its endpoint.

use payments::Time;

use crate::ports::{Called, DeliveryChange};
use crate::schedule::next_try;
use crate::state::{DisabledBecause, EndpointChange, EndpointState};

/// How often a callback has to have failed before the try that makes its endpoint dead. That one comes some seven hours
/// after the first: a deployment, or a night's outage, is over by then.
const DEAD_TRIES_BEFORE: u32 = 5;

/// Decides what becomes of a callback that was tried `tries` times before, and of its endpoint, which was configured
/// at this `revision` and was in this `state`.
///
/// An endpoint is dead when every try of some days has failed, and this callback's own tries of some hours among them.
/// After a quiet spell the last failure may be days ago, and one more says no more than that one.
///
/// Only 2xx means that it was taken: a redirection is not followed, because whoever moved must tell us. 410 says that
/// the endpoint wants no more; what waits for it is kept for a later revision.
#[must_use]
pub fn judge(
    tries: u32,
    state: &EndpointState,
    revision: u64,
    called: Called,
    now: Time,
    random: u64,
) -> (DeliveryChange, EndpointChange) {
    let (status, retry_after) = match called {
        Called::Answered { status, retry_after } => (Some(status), retry_after),
        Called::NoAnswer | Called::Forbidden => (None, None),
    };
    if matches!(status, Some(200..=299)) {
        return (DeliveryChange::Delivered, EndpointChange::Works(revision));
    }
    let again = next_try(tries.saturating_add(1), retry_after, random);
    let delivery = again.map_or(DeliveryChange::GivenUp, DeliveryChange::Again);
    let fails = EndpointChange::Fails(now, revision);
    let endpoint = match status {
        Some(410) => EndpointChange::Disabled(DisabledBecause::Gone, now, revision),
        _ if tries >= DEAD_TRIES_BEFORE && state.after(fails).is_dead(now) => {
            EndpointChange::Disabled(DisabledBecause::Dead, now, revision)
        }
        _ => fails,
    };
    (delivery, endpoint)
}
