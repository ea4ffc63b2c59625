//! What went wrong, as a person sees it: exit code and hint.

use std::fmt;
use std::process::ExitCode;

/// The file, or what follows from it, is wrong; the text lists every fault.
#[derive(Debug)]
pub(crate) struct WrongInput(pub(crate) String);

impl std::error::Error for WrongInput {}

impl fmt::Display for WrongInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What to type next, attached to an error as context's context.
#[derive(Debug)]
pub(crate) struct Hint {
    pub(crate) text: String,
    pub(crate) error: String,
}

impl std::error::Error for Hint {}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

/// An error with a hint.
pub(crate) fn with_hint(error: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hint { text: hint.into(), error: error.into() }.into()
}

/// The hint of an error, if it has one.
pub(crate) fn hint(error: &anyhow::Error) -> Option<&str> {
    error.downcast_ref::<Hint>().map(|hint| hint.text.as_str())
}

/// The documented exit code of an error.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    ExitCode::from(if error.is::<WrongInput>() { 3 } else { 1 })
}
