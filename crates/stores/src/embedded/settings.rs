//! What whoever opens a file says of it.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use payments::Time;

/// When a write is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syncing {
    /// When it is on the disk.
    Always,
    /// When it is in memory: a process that dies loses it. For tests.
    Never,
}

/// Says what time it is.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How a file is kept.
#[derive(Clone)]
pub struct EmbeddedSettings {
    /// When a write is answered.
    pub syncing: Syncing,
    /// How many writes share one wait for the disk, at most.
    pub batch_max: NonZero<usize>,
    /// How long to wait for a turn, and then for an answer.
    pub wait_max: Duration,
    /// What time it is, for leases of the outbox.
    pub clock: Clock,
}

impl EmbeddedSettings {
    /// A file whose leases run by this clock, and whose writes are answered when they are on the disk; with bounds fit
    /// for a request of a few seconds.
    #[must_use]
    pub fn new(clock: impl Fn() -> Time + Send + Sync + 'static) -> Self {
        Self {
            syncing: Syncing::Always,
            batch_max: const { NonZero::new(256).expect("it is not zero") },
            wait_max: Duration::from_secs(5),
            clock: Arc::new(clock),
        }
    }
}

impl fmt::Debug for EmbeddedSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedSettings")
            .field("syncing", &self.syncing)
            .field("batch_max", &self.batch_max)
            .field("wait_max", &self.wait_max)
            .finish_non_exhaustive()
    }
}
