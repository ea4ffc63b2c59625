//! What the loop needs of the world, in this crate's words.

use std::future::Future;

use fence::{ControlStore, DurationMs, Millis, NoAnswer};

use crate::action::Action;
use crate::journal::Entry;
use crate::observed::{Failure, Observed};
use crate::plan::Plan;

/// Where actions are done.
pub trait World: Sync {
    /// The clock of whoever drives, within the clock bound of every other.
    fn now(&self) -> Millis;

    /// How many milliseconds that clock is certainly ahead of the system's others, or behind when below
    /// zero, as far as that was seen of late; zero where nobody can see it.
    fn clock_ahead_ms(&self) -> i64 {
        0
    }

    /// Lets time pass.
    fn wait(&self, span: DurationMs) -> impl Future<Output = ()> + Send;

    /// The store of the control record and the leases. Actions on it are done by the loop itself,
    /// by the means of `fence`, and never come to [`World::perform`].
    fn control(&self) -> &impl ControlStore;

    /// Makes one attempt. It is called again after a death or an unclear answer, perhaps while an
    /// earlier attempt is still on its way, and has effect once. The loop drops it at the action's
    /// time limit.
    fn perform(
        &self,
        plan: &Plan,
        action: &Action,
    ) -> impl Future<Output = Result<Observed, Failure>> + Send;
}

/// Where the run is written down. It survives the loss of either Region.
pub trait Journal: Sync {
    /// All entries in their order.
    fn read(&self) -> impl Future<Output = Result<Vec<Entry>, NoAnswer>> + Send;

    /// Writes the entry if its number is the next one.
    fn append(&self, entry: &Entry) -> impl Future<Output = Appended> + Send;
}

/// What came of writing an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is written.
    Written,
    /// Somebody else has written an entry of this number.
    Taken,
    /// It may be written, or come to be: read before anything else is done.
    Unknown,
}
