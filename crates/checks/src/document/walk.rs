//! The steps of a walk through a text, the same for JSON and for YAML, and who is told of them.

use std::borrow::Cow;

use serde_json::Value;

use super::{json, yaml};

/// One step through a text. A function's short form makes the steps of its long form.
#[derive(Debug)]
pub(super) enum Step<'text> {
    /// A map begins.
    Map,
    /// A list begins.
    List,
    /// The map or list that began last ends.
    End,
    /// A key; its value is next.
    Key(Cow<'text, str>),
    /// The key `<<` of YAML, whose value's keys belong into this map.
    Merge,
    /// A word.
    Text(Cow<'text, str>),
    /// A number, a boolean or null.
    Plain(Value),
    /// The next value can be meant again by this number.
    Anchor(usize),
    /// The value with this number, again.
    Alias(usize),
}

/// Whoever is told of each step and of the byte at which it stands.
pub(super) trait Listener<'text> {
    /// Takes the next step.
    fn step(&mut self, step: Step<'text>, at: usize) -> Result<(), Fault>;
}

/// What is wrong, and at which byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: Option<usize>,
    pub(super) what: String,
}

impl Fault {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at: Some(at), what: what.into() }
    }

    pub(super) fn nowhere(what: impl Into<String>) -> Self {
        Self { at: None, what: what.into() }
    }
}

/// What is open at some point of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Map,
    List,
}

/// Walks through a text, whichever its format.
///
/// # Errors
///
/// The first thing that is wrong with the text, and whatever the listener finds.
pub(super) fn walk<'text>(
    text: &'text str,
    listener: &mut impl Listener<'text>,
) -> Result<(), Fault> {
    // Editors write it; it stays in the text, so that the places are those of the file.
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = text.get(start..).unwrap_or_default();
    if let Some(at) = text.find('\0') {
        return Err(Fault::new(at, "a NUL character: this is not a text, or it is not in UTF-8"));
    }
    match body.trim_start().as_bytes().first() {
        None => Err(Fault::nowhere("the file is empty")),
        Some(b'{') => json::walk(text, start, listener),
        Some(_) => yaml::walk(body, start, listener),
    }
}
