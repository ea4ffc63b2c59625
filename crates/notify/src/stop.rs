//! Why a worker leaves a row or a callback as it is.

use payments::{Epoch, Event, Gatekeeper, Publishing, may_publish};

use crate::ports::OutboxFault;

/// Why a worker stopped. What it held keeps its lease, and is claimed by somebody when that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It may not tell the event now, or never.
    NotAllowed(Publishing),
    /// The ledger refused its epoch: it is this other one.
    Fenced(Epoch),
    /// The outbox did not answer.
    Unavailable,
}

impl From<OutboxFault> for Stop {
    fn from(fault: OutboxFault) -> Self {
        match fault {
            OutboxFault::Fenced(epoch) => Self::Fenced(epoch),
            OutboxFault::Unavailable => Self::Unavailable,
        }
    }
}

/// Whether an event that was claimed under this epoch may be told at this moment. Asked before every effect, as the
/// gate is (`pay-outbox-not-replayed-by-old-epoch`).
pub(crate) fn allowed(
    gatekeeper: &impl Gatekeeper,
    epoch: Epoch,
    event: &Event,
) -> Result<(), Stop> {
    match may_publish(event.draft.epoch, epoch, gatekeeper.gate()) {
        Publishing::Allowed => Ok(()),
        other => Err(Stop::NotAllowed(other)),
    }
}
