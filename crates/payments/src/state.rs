//! The life of a movement of money, as a table: what it is, what can happen to it, what it is then.
//!
//! From [`State::Unknown`] the processor is called again in one way only: it was asked just before, had
//! not seen the call, and the key is the same (`pay-unknown-is-a-state`). Why that charges nobody twice
//! is told in [`crate::work()`]. No edge leads from there back to [`State::Posted`], from which it is
//! called without being asked, but for a call that certainly never left.

/// Where a payment or a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// There is an intent, and nothing in the ledger.
    Accepted,
    /// The ledger has it, as pending; the processor has not been called.
    Posted,
    /// The processor is being called.
    Processing,
    /// The processor was called and did not answer: it may have moved the money or not.
    Unknown,
    /// A failover with loss took it out of the ledger: it may have gone any length.
    Quarantined,
    /// The money moved.
    Succeeded,
    /// The money did not move and will not.
    Declined,
}

/// What the processor says has become of a movement; the last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The money moved.
    Succeeded,
    /// It did not, and will not.
    Declined,
}

/// What can happen to a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The ledger took it.
    Posted,
    /// The processor is about to be called.
    Begun,
    /// The call certainly never left.
    NotSent,
    /// The call was not answered, or its caller died.
    TimedOut,
    /// The processor was asked, and had not seen the call: it is about to be called again, under the
    /// same key.
    CalledAgain,
    /// The call was answered.
    Answered(Verdict),
    /// The processor was asked what became of it.
    Found(Verdict),
    /// It is not in the ledger that a failover with loss left.
    Lost,
    /// The processor was asked, and had not seen it: it starts again, under the same key.
    Released,
    /// A person found the last word to be wrong: a correcting entry is written.
    Corrected(Verdict),
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Posted,
        Self::Processing,
        Self::Unknown,
        Self::Quarantined,
        Self::Succeeded,
        Self::Declined,
    ];

    /// What it is after this; nothing when this cannot happen to it, and must not be acted on.
    ///
    /// A final state stays what it is when the same is said again. A call that is answered after
    /// its time-out does not decide: whoever hears of it asks.
    #[must_use]
    pub fn after(self, change: Change) -> Option<Self> {
        match (self, change) {
            (_, Change::Lost) => Some(Self::Quarantined),
            (Self::Accepted, Change::Posted) => Some(Self::Posted),
            (Self::Posted, Change::Begun) | (Self::Unknown, Change::CalledAgain) => {
                Some(Self::Processing)
            }
            (Self::Processing, Change::NotSent) => Some(Self::Posted),
            (Self::Processing, Change::TimedOut) => Some(Self::Unknown),
            (Self::Processing, Change::Answered(verdict)) => Some(verdict.state()),
            (Self::Posted | Self::Unknown | Self::Quarantined, Change::Found(verdict)) => {
                Some(verdict.state())
            }
            (Self::Quarantined, Change::Released) => Some(Self::Posted),
            (
                Self::Succeeded | Self::Declined,
                Change::Answered(verdict) | Change::Found(verdict),
            ) => Some(self).filter(|_| self == verdict.state()),
            (Self::Succeeded | Self::Declined, Change::Corrected(verdict)) => {
                Some(verdict.state()).filter(|state| *state != self)
            }
            _ => None,
        }
    }

    /// Whether the last word has been said.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Declined)
    }

    /// The stable name that programs compare.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Posted => "posted",
            Self::Processing => "processing",
            Self::Unknown => "unknown",
            Self::Quarantined => "quarantined",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
        }
    }

    /// The state of this name, as a store gave it back.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Verdict {
    /// The state that it leads to.
    #[must_use]
    pub fn state(self) -> State {
        match self {
            Self::Succeeded => State::Succeeded,
            Self::Declined => State::Declined,
        }
    }
}
