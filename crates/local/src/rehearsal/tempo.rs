//! The times of a scenario as a live drill keeps them: divided, because recovery is faster here by
//! about as much.

use std::time::Duration;

use drill::{Fault, Random, Span};

/// By how much times are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tempo(pub u64);

impl Tempo {
    /// So many milliseconds of the scenario.
    #[must_use]
    pub const fn real(self, ms: u64) -> Duration {
        Duration::from_micros(ms.saturating_mul(1_000) / self.0)
    }

    /// One time of this span of the scenario.
    #[must_use]
    pub fn within(self, span: Span, random: &mut Random) -> Duration {
        self.real(random.within(span))
    }

    /// A fault that is a time, as long as it is here.
    #[must_use]
    pub const fn fault(self, fault: Fault) -> Fault {
        match fault {
            Fault::ReplicationLag(ms) => Fault::ReplicationLag(ms / self.0),
            other => other,
        }
    }
}
