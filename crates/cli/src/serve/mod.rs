//! One Region on this machine: the parts that `tideover serve` puts together.

#[cfg(feature = "crash-points")]
pub(crate) mod crash_points;
pub(crate) mod signals;
pub(crate) mod stores;
pub(crate) mod supervised;
pub(crate) mod topic;
pub(crate) mod webhooks;

use payments::Time;
use service::Source;

/// What time it is, for what is not told it by the service.
pub(crate) fn clock() -> Time {
    Source::system().now()
}

/// A port as it is.
#[cfg(not(feature = "crash-points"))]
pub(crate) fn stoppable<P>(port: P) -> P {
    port
}

/// A port that a test can stop at.
#[cfg(feature = "crash-points")]
pub(crate) fn stoppable<P>(port: P) -> crash_points::Stoppable<P> {
    crash_points::Stoppable::new(port)
}
