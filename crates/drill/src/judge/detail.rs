//! The parts of violations that are sets of their own, and their words.

use std::fmt::{self, Formatter};

use payments::{Money, MovementId, State};

use crate::judge::subject::{At, Seconds};
use crate::judge::words::opened;

/// When it was noticed that something acknowledged is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissedWhen {
    /// When this Region was opened: its ledger has it not.
    Opened(At),
    /// When it was acknowledged: the ledger that counted then had it not.
    Acknowledged,
    /// When the drill ended.
    End,
}

/// What the ledger says of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Books {
    /// Nothing.
    Missing,
    /// That it was refused.
    Refused,
    /// This.
    Say(State, Money),
}

/// The outcome of a request, as a client hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A 2xx for this movement.
    Movement(MovementId),
    /// A refusal that stays.
    Refusal,
}

/// What is done too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Premature {
    /// A database was promoted that no open run is to open.
    PromotedWithoutRun,
    /// A database was promoted while the run could still turn back.
    PromotedBeforePointOfNoReturn,
    /// A database was promoted before the run had waited for the fence.
    PromotedBeforeFence,
    /// A Region was opened whose database is not the writer.
    OpenedBeforePromotion,
    /// A Region was opened before its ledger had the epoch.
    OpenedBeforeEpoch,
    /// A Region was opened by a failover before it held what is missing.
    OpenedBeforeHolding,
    /// DNS led to a Region that had not been opened.
    DirectedBeforeOpen,
}

impl Premature {
    /// The sentence for what happened there.
    pub(super) fn write(self, f: &mut Formatter<'_>, at: At) -> fmt::Result {
        match self {
            Self::PromotedWithoutRun => {
                write!(f, "the database was promoted in {at} and no open run has that target")
            }
            Self::PromotedBeforePointOfNoReturn => {
                write!(f, "the database was promoted in {at} before the run's point of no return")
            }
            Self::PromotedBeforeFence => {
                write!(f, "the database was promoted in {at} before `wait-for-fence` had ended")
            }
            Self::OpenedBeforePromotion => {
                write!(f, "{} and its database had not been promoted", opened(at))
            }
            Self::OpenedBeforeEpoch => {
                write!(f, "{} and its ledger's epoch row had not been raised", opened(at))
            }
            Self::OpenedBeforeHolding => {
                write!(f, "{} by a failover before `hold-missing` had ended", opened(at))
            }
            Self::DirectedBeforeOpen => {
                write!(f, "DNS led to {at}, and the control record did not send traffic there")
            }
        }
    }
}

impl fmt::Display for MissedWhen {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened(At { ms, site }) => {
                write!(f, "when {} was opened at {}", site.region(), Seconds(*ms))
            }
            Self::Acknowledged => f.write_str("of the Region that was open then"),
            Self::End => f.write_str("at the end"),
        }
    }
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("does not have it"),
            Self::Refused => f.write_str("refused it"),
            Self::Say(state, money) => write!(f, "has it as {} with {money}", state.name()),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Movement(movement) => write!(f, "`{movement}`"),
            Self::Refusal => f.write_str("a refusal"),
        }
    }
}
