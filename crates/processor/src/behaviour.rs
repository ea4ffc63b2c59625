//! What the processor does when it was called, as data for whoever acts it out.

use std::time::Duration;

use payments::{Sent, Verdict};

/// What it answers, and how that travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// What it answers.
    pub answer: Answer,
    /// How the answer travels.
    pub travel: Travel,
}

/// What the processor answers to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The last word.
    Decided(Verdict),
    /// It is at work on it: ask for the status.
    Pending,
    /// It is not there: nothing was done, and the key is as it was. Act it out as a connection that is refused, or as
    /// an answer that says the same.
    NotTaken,
    /// The key came with another call before. No money was moved by this one.
    Mismatch,
    /// The key is older than it replays answers. No money was moved: ask for the status.
    TooOld,
}

/// How an answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// At once.
    AtOnce,
    /// After this time.
    Late(Duration),
    /// It does not arrive.
    Never,
    /// It arrives twice.
    Twice,
}

impl Answer {
    /// What a caller knows who hears it. That it was refused says nothing of what an earlier call did.
    #[must_use]
    pub fn sent(self) -> Sent {
        match self {
            Self::Decided(verdict) => Sent::Answered(verdict),
            Self::NotTaken => Sent::NotSent,
            Self::Pending | Self::Mismatch | Self::TooOld => Sent::NoAnswer,
        }
    }
}

impl Behaviour {
    /// This answer, at once.
    pub(crate) fn at_once(answer: Answer) -> Self {
        Self { answer, travel: Travel::AtOnce }
    }
}
