//! The text of a template, or of an assembly's manifest, as JSON in long form.
//!
//! A text is walked once, step by step, and whoever needs it listens: [`parse`] builds the value, [`locate_all`]
//! finds places. Nothing calls itself for a deeper level, so that no text overflows the stack.

mod build;
mod encoding;
mod json;
mod locate;
mod scalar;
mod tags;
mod walk;
mod yaml;

use std::error::Error;
use std::fmt;

use serde_json::Value;

pub use locate::{Position, locate, locate_all};

use build::Builder;

/// The longest text that is read, in bytes; CloudFormation itself refuses templates over 1 MB.
pub const MAX_DOCUMENT_BYTES: usize = 8 * 1024 * 1024;

/// How deep maps and lists may be nested.
///
/// 400 conditions within each other are 800 levels; a value of this depth can be compared, cloned, printed and dropped
/// on the stack of a thread, which is 2 MiB, in a debug build.
pub const MAX_DOCUMENT_DEPTH: usize = 900;

/// Why a text cannot be read as a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFault {
    /// Line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for DocumentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl Error for DocumentFault {}

/// Reads the text of a template or a manifest: JSON if it begins with `{`, YAML if not.
///
/// Short forms such as `!Ref` come out in their long form. A text that begins with `{` and is not JSON is not tried as
/// YAML: CloudFormation does not either, and what is wrong with the JSON is what helps.
///
/// # Errors
///
/// The first thing that is wrong with it, and where.
pub fn parse(text: &str) -> Result<Value, DocumentFault> {
    fits(text.len())?;
    let mut builder = Builder::new(text);
    walk::walk(text, &mut builder).and_then(|()| builder.finish()).map_err(|fault| DocumentFault {
        line: fault.at.map(|at| line(text, at)),
        what: fault.what,
    })
}

/// Reads a template or a manifest from the bytes of a file, as [`parse`] does.
///
/// # Errors
///
/// What [`parse`] finds, and every encoding but UTF-8.
pub fn parse_bytes(bytes: &[u8]) -> Result<Value, DocumentFault> {
    parse(text(bytes)?)
}

/// The text of a template's file.
///
/// # Errors
///
/// A file that is too long, and every encoding but UTF-8.
pub fn text(bytes: &[u8]) -> Result<&str, DocumentFault> {
    fits(bytes.len())?;
    encoding::text(bytes)
}

/// That a text is not too long to be read.
fn fits(bytes: usize) -> Result<(), DocumentFault> {
    if bytes <= MAX_DOCUMENT_BYTES {
        return Ok(());
    }
    let what = format!(
        "the file has {bytes} bytes, and no more than {MAX_DOCUMENT_BYTES} are read; CloudFormation refuses templates over 1 MB"
    );
    Err(DocumentFault { line: None, what })
}

/// The line, from 1, of a byte of a text.
fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}
