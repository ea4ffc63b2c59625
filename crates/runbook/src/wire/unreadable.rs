//! Why an entry cannot be read, and what to do about it.

use std::fmt;

use super::FORMAT;

/// Why an entry cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON object.
    NotJson {
        /// What the parser said.
        cause: String,
    },
    /// It says that this program would misread it.
    Newer {
        /// The format from which on it can be read.
        readable_by: u64,
    },
    /// A member is missing.
    Missing {
        /// Where.
        field: String,
    },
    /// A member is not what it should be.
    Malformed {
        /// Where.
        field: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// A word is not known here.
    Unknown {
        /// Where.
        field: String,
        /// The word.
        word: String,
    },
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { cause } => write!(f, "an entry of the journal is no JSON: {cause}"),
            Self::Newer { readable_by } => write!(
                f,
                "the journal was written by a newer tideover, in a form that is read from format \
                 {readable_by} on; this one reads up to {FORMAT}: go on with the newer one"
            ),
            Self::Missing { field } => write!(f, "an entry of the journal has no `{field}`"),
            Self::Malformed { field, wanted } => {
                write!(f, "in an entry of the journal `{field}` is not {wanted}")
            }
            Self::Unknown { field, word } => write!(
                f,
                "in an entry of the journal `{field}` is `{word}`, which this tideover does not \
                 know: go on with the one that wrote it"
            ),
        }
    }
}

impl std::error::Error for Unreadable {}
