//! A time limit without a runtime: two futures side by side.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use fence::Millis;

use crate::ports::World;

/// What `work` came to, or nothing when the instant was there first. Then the work is dropped where
/// it stands.
///
/// Whoever stood still beyond the instant makes no further call: the clock is asked before the work,
/// and not the timer alone, which may have stood still as well.
pub(crate) async fn within<T>(
    world: &impl World,
    until: Millis,
    work: impl Future<Output = T>,
) -> Option<T> {
    let limit = world.wait(until.since(world.now()));
    let (mut work, mut limit) = (pin!(work), pin!(limit));
    poll_fn(|context| {
        if world.now() >= until || limit.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        work.as_mut().poll(context).map(Some)
    })
    .await
}
