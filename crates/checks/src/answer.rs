//! The answer of a template to a question: absent, known, or not to be known before deployment.

use std::fmt;

/// What a template says about one thing.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<T> {
    /// It is not there, so that the service's default holds.
    Absent,
    /// It is this.
    Known(T),
    /// It is there, and only a deployment could say what it is.
    Unknown(Unknown),
}

/// Why something cannot be known, such as ``parameter `Zone` has no default``.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown(pub String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<T> Answer<T> {
    /// The same answer about something that follows from it.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Absent => Answer::Absent,
            Self::Known(value) => Answer::Known(change(value)),
            Self::Unknown(why) => Answer::Unknown(why),
        }
    }

    /// What is known; `None` if it is absent or unknown.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }
}
