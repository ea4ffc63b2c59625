//! What is wrong with a request, for the person who must put it right. What was refused is never
//! repeated.

use std::fmt;

/// One thing in a request that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The parameter, such as `amount` or `metadata[order]`.
    pub param: String,
    /// What is wrong, for programs.
    pub code: FaultCode,
    /// What is wrong and what may be there instead, for people.
    pub message: String,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultCode {
    /// The parameter is required.
    Missing,
    /// It is of another JSON type.
    WrongType,
    /// Somewhere in it stands what may be a card number.
    CardNumber,
    /// It has no characters.
    Empty,
    /// It has more characters than allowed.
    TooLong,
    /// There are more of them than allowed.
    TooMany,
    /// It has characters that are for machines, such as a line feed or a zero.
    ControlCharacter,
    /// It does not have the form that it must have.
    Malformed,
    /// No such currency.
    UnknownCurrency,
    /// The amount is zero or below.
    NotPositive,
    /// The amount is above the largest one.
    TooLarge,
}

impl FaultCode {
    /// The stable name that programs compare.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::WrongType => "wrong_type",
            Self::CardNumber => "card_number",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::TooMany => "too_many",
            Self::ControlCharacter => "control_character",
            Self::Malformed => "malformed",
            Self::UnknownCurrency => "unknown_currency",
            Self::NotPositive => "not_positive",
            Self::TooLarge => "too_large",
        }
    }
}

/// Everything wrong with a request, in the order of its parameters; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Nothing when there is no fault.
    pub(crate) fn new(faults: Vec<Fault>) -> Option<Self> {
        (!faults.is_empty()).then_some(Self(faults))
    }

    /// The faults, in the order of the parameters.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }
}

impl<'f> IntoIterator for &'f Faults {
    type Item = &'f Fault;
    type IntoIter = std::slice::Iter<'f, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.param, self.message)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.iter().enumerate() {
            let end_of_last = if index == 0 { "" } else { "\n" };
            write!(f, "{end_of_last}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
