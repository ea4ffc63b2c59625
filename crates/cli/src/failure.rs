//! What went wrong, as a person sees it: exit code and hint.

use std::fmt;
use std::io;
use std::process::ExitCode;

use fence::RunId;

/// The exit code of a command line that is wrong.
pub(crate) const WRONG_COMMAND: u8 = 2;
/// The exit code of a run that waits for somebody.
pub(crate) const WAITS: u8 = 6;
/// The exit code of what was refused, with nothing changed.
pub(crate) const REFUSED: u8 = 7;
/// The exit code of what somebody interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// The file, or what follows from it, is wrong; the text lists every fault.
#[derive(Debug)]
pub(crate) struct WrongInput {
    pub(crate) faults: String,
    pub(crate) hint: Option<&'static str>,
}

impl WrongInput {
    pub(crate) fn new(faults: impl ToString) -> Self {
        Self { faults: faults.to_string(), hint: None }
    }
}

impl std::error::Error for WrongInput {}

impl fmt::Display for WrongInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.faults)
    }
}

/// An error of the world outside, with what to type next.
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

/// An end that has an exit code of its own, with what to type next.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: u8,
    pub(crate) error: String,
    pub(crate) hint: String,
}

impl Ended {
    /// A run that waits for somebody, or came to no good end.
    pub(crate) fn waits(run: &RunId, text: &str, hint: &str) -> Self {
        Self { code: WAITS, error: format!("run {run} {text}"), hint: hint.to_owned() }
    }
}

impl std::error::Error for Ended {}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

/// An error with a hint.
pub(crate) fn with_hint(error: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hint { text: hint.into(), error: error.into() }.into()
}

/// An error of what was refused, with nothing changed.
pub(crate) fn refused(error: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Ended { code: REFUSED, error: error.into(), hint: hint.into() }.into()
}

/// The same error, said of something by name; its hint stays.
pub(crate) fn about(error: anyhow::Error, name: &str) -> anyhow::Error {
    match error.downcast::<Hint>() {
        Ok(hint) => Hint { error: format!("`{name}`: {}", hint.error), ..hint }.into(),
        Err(error) => error.context(format!("`{name}`")),
    }
}

/// The hint of an error, if it has one.
pub(crate) fn hint(error: &anyhow::Error) -> Option<&str> {
    if let Some(wrong) = error.downcast_ref::<WrongInput>() {
        return wrong.hint;
    }
    let ended = error.downcast_ref::<Ended>().map(|ended| ended.hint.as_str());
    ended.or_else(|| error.downcast_ref::<Hint>().map(|hint| hint.text.as_str()))
}

/// Whether whoever reads our output has seen enough of it, as `head` does.
pub(crate) fn reader_has_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The documented exit code of an error.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    let ended = error.downcast_ref::<Ended>().map(|ended| ended.code);
    ExitCode::from(ended.unwrap_or(if error.is::<WrongInput>() { 3 } else { 1 }))
}
