//! How long a run waits until no gate of its source can be open any more.

use planted::{Bug, is_planted};

use crate::lease::Lease;
use crate::name::{Epoch, RegionName};
use crate::time::{DurationMs, Millis, Timing};

/// How long a run has to wait before it passes the point of no return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FenceWait {
    /// So long; then ask again.
    Wait(DurationMs),
    /// Not at all.
    Over(Stopped),
}

/// Knowledge that no gate of a Region is open under an epoch before this one, and that none will
/// be: to be had only from [`fence_wait`], and needed to pass the point of no return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    region: RegionName,
    epoch: Epoch,
}

impl Stopped {
    /// The Region whose gates are closed.
    #[must_use]
    pub fn region(&self) -> &RegionName {
        &self.region
    }

    /// The epoch before which they are.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }
}

/// How long a run that reserved `epoch` waits for the Region of `lease`, at `now` by its own clock.
///
/// The lease's epoch tells whether another renewal can come. Once it is the run's, none can: the
/// last gate closes when its holder's clock shows [`Lease::expires_at`], and that clock is behind
/// this one by the clock bound at most. Before that, a renewal may be under way, and nothing but
/// revoking the lease ends the wait.
#[must_use]
pub fn fence_wait(lease: &Lease, epoch: Epoch, timing: &Timing, now: Millis) -> FenceWait {
    if lease.epoch < epoch && !is_planted(Bug::LeaseNotRevoked) {
        return FenceWait::Wait(timing.lease_length.plus(timing.clock_bound));
    }
    let behind =
        if is_planted(Bug::ClockBoundLeftOut) { DurationMs::ZERO } else { timing.clock_bound };
    let closed_at = lease.expires_at().map(|until| until.plus(behind));
    match closed_at {
        Some(closed_at) if now < closed_at && !is_planted(Bug::LeaseNotWaitedFor) => {
            FenceWait::Wait(closed_at.since(now))
        }
        _ => FenceWait::Over(Stopped { region: lease.region.clone(), epoch }),
    }
}
