//! What whoever opens a file says of it.

use std::fmt;
use std::sync::Arc;

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
    /// What time it is, for leases of the outbox.
    pub clock: Clock,
}

impl EmbeddedSettings {
    /// A file whose leases run by this clock, and whose writes are answered when they are on the disk.
    #[must_use]
    pub fn new(clock: impl Fn() -> Time + Send + Sync + 'static) -> Self {
        Self { syncing: Syncing::Always, clock: Arc::new(clock) }
    }
}

impl fmt::Debug for EmbeddedSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedSettings").field("syncing", &self.syncing).finish_non_exhaustive()
    }
}
