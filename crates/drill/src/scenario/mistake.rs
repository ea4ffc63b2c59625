//! What is wrong in the text of a scenario, for the person who must put it right.

use std::fmt;

/// One thing in the text of a scenario that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is there.
    pub found: String,
    /// What may be there instead.
    pub allowed: String,
    /// The word that was probably meant.
    pub meant: Option<&'static str>,
}

impl fmt::Display for Mistake {
    /// Without the file, which the caller writes before it: `file:line:column: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, found, allowed, meant } = self;
        write!(f, "{line}:{column}: found {found}; allowed: {allowed}")?;
        match meant {
            Some(word) => write!(f, "; did you mean `{word}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Mistake {}
